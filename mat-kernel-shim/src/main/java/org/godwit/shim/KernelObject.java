package org.godwit.shim;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Our BPF maps and programs as open file descriptors: freshly loaded, adopted, or new programs on adopted maps. */
final class KernelObject implements AutoCloseable {

    private static final List<String> MAPS = List.of(Abi.MAP_CONFIG, Abi.MAP_SLOTS, Abi.MAP_OWN, Abi.MAP_PEERS,
            Abi.MAP_PEER_MOAS, Abi.MAP_EXEMPT, Abi.MAP_PLAIN, Abi.MAP_NOTE, Abi.MAP_HOOKS, Abi.MAP_GATEWAY,
            Abi.MAP_PROXIES, Abi.MAP_PROXIED, Abi.MAP_LANDING, Abi.MAP_EVENTS, Abi.MAP_HELD, Abi.MAP_COUNTERS);
    private static final List<String> PROGRAMS = List.of(Abi.PROGRAM_EGRESS, Abi.PROGRAM_INGRESS,
            Abi.PROGRAM_NIC_EGRESS, Abi.PROGRAM_GATEWAY_EGRESS, Abi.PROGRAM_GATEWAY_INGRESS);
    private static final String LINK = "mat_notify_peers_link";
    private static final Path KERNEL_TYPES = Path.of("/sys/kernel/btf/vmlinux");
    private static final long NONE = 0;

    private final Map<String, Integer> fds = new HashMap<>();
    private final long object;
    private long link = NONE;

    private KernelObject(long object) {
        this.object = object;
    }

    /** @param notice is told what this kernel cannot do, though we live without it */
    static KernelObject load(ProgramBuild build, Consumer<String> notice) {
        return load(build, Map.of(), notice);
    }

    /** @param maps those that are there already, by name; the object gets file descriptors of its own */
    private static KernelObject load(ProgramBuild build, Map<String, Integer> maps, Consumer<String> notice) {
        if (!Files.exists(KERNEL_TYPES)) {
            notice.accept("the kernel has no " + KERNEL_TYPES + ": netdev_notify_peers cannot be traced");
            return new KernelObject(Libbpf.load(build.elf(), Abi.PROGRAM_NOTIFY_PEERS, maps)).resolve();
        }
        try {
            KernelObject loaded = new KernelObject(Libbpf.load(build.elf(), "", maps)).resolve();
            loaded.trace(notice);
            return loaded;
        } catch (ShimException e) {
            // Perhaps it is only the tracing program that is refused; if not, this fails too and tells why.
            KernelObject loaded = new KernelObject(Libbpf.load(build.elf(), Abi.PROGRAM_NOTIFY_PEERS, maps)).resolve();
            notice.accept("netdev_notify_peers cannot be traced here: " + e.getMessage().lines().findFirst().get());
            return loaded;
        }
    }

    private KernelObject resolve() {
        MAPS.forEach(name -> fds.put(name, Libbpf.mapFd(object, name)));
        PROGRAMS.forEach(name -> fds.put(name, Libbpf.programFd(object, name)));
        return this;
    }

    private void trace(Consumer<String> notice) {
        try {
            link = Libbpf.attach(object, Abi.PROGRAM_NOTIFY_PEERS);
        } catch (ShimException e) {
            notice.accept("netdev_notify_peers cannot be traced here: " + e.getMessage());
        }
    }

    /**
     * Adopts what is pinned. If the pinned programs are of another build, this one's take their place, with the maps as they
     * are: the pins say so at the end, and {@link Attachment#attach} then replaces the old program on each interface at one
     * stroke.
     *
     * @throws ShimException when the maps have a form that this build does not know; nothing has changed then
     */
    static KernelObject adopt(Pins pins, ProgramBuild build, Consumer<String> notice) {
        checkVersion(pins);
        return pins.areOf(build) ? open(pins) : upgrade(pins, build, notice);
    }

    private static KernelObject open(Pins pins) {
        KernelObject adopted = new KernelObject(NONE);
        try {
            MAPS.forEach(name -> adopted.fds.put(name, pins.open(name)));
            PROGRAMS.forEach(name -> adopted.fds.put(name, pins.open(name)));
            return adopted;
        } catch (ShimException e) {
            adopted.close();
            throw e;
        }
    }

    private static void checkVersion(Pins pins) {
        int config = pins.open(Abi.MAP_CONFIG);
        try (Arena arena = Arena.ofConfined()) {
            int version = new SharedWords(config, arena).abiVersion();
            if (version != Abi.VERSION) {
                throw otherForm(pins, "version " + version + " of our contract with the kernel, this build speaks "
                        + Abi.VERSION);
            }
        } finally {
            Libc.close(config);
        }
    }

    private static ShimException otherForm(Pins pins, String what) {
        return new ShimException(
                "what is pinned in " + pins.folder() + " is of " + what + ": its state cannot be taken "
                        + "over; take it away (godwit-guest-agent uninstall) and start the agent again");
    }

    private static KernelObject upgrade(Pins pins, ProgramBuild build, Consumer<String> notice) {
        Map<String, Integer> old = new HashMap<>();
        try {
            MAPS.stream().filter(pins::has).forEach(name -> old.put(name, pins.open(name)));
            Map<String, Integer> kept = new HashMap<>(old);
            Libbpf.shapes(build.elf(), MAPS).forEach((name, asked) -> {
                Optional<MapShape> pinned = Optional.ofNullable(old.get(name)).map(Libbpf::shape);
                if (name.equals(Abi.MAP_COUNTERS) && pinned.filter(shape -> shape.growsInto(asked)).isPresent()) {
                    kept.remove(name);
                } else if (pinned.filter(shape -> !shape.equals(asked)).isPresent()) {
                    throw otherForm(pins, "another build, whose map " + name + " is " + pinned.get()
                            + ", while this one's is " + asked);
                }
            });
            KernelObject fresh = load(build, kept, notice);
            if (old.containsKey(Abi.MAP_COUNTERS) && !kept.containsKey(Abi.MAP_COUNTERS)) {
                copyCounters(old.get(Abi.MAP_COUNTERS), fresh.fd(Abi.MAP_COUNTERS));
            }
            fresh.pin(pins, build);
            notice.accept("the programs in the kernel were replaced by those of build " + build.id());
            return fresh;
        } finally {
            old.values().forEach(Libc::close);
        }
    }

    /** What is counted meanwhile, by the old programs, is lost: nobody decides by it. */
    private static void copyCounters(int from, int to) {
        int bytes = Libbpf.processors() * Long.BYTES;
        BpfMap old = new BpfMap(from, bytes);
        for (byte[] key : old.keys(Integer.BYTES)) {
            old.get(key).ifPresent(value -> new BpfMap(to, bytes).put(key, value));
        }
    }

    /** What was pinned before under these names is let go, at one stroke each. */
    void pin(Pins pins, ProgramBuild build) {
        pins.make();
        pins.beginReplacing();
        fds.forEach((name, fd) -> pins.put(name, fd));
        if (link == NONE) {
            pins.remove(LINK);
        } else {
            pins.put(LINK, Libbpf.linkFd(link));
        }
        pins.complete(build, fd(Abi.MAP_CONFIG));
    }

    int fd(String name) {
        return fds.get(name);
    }

    BpfMap map(String name, int valueBytes) {
        return new BpfMap(fd(name), valueBytes);
    }

    BpfMap map(String name, int valueBytes, Runnable changed) {
        return new BpfMap(fd(name), valueBytes, changed);
    }

    @Override
    public void close() {
        if (object == NONE) {
            fds.values().forEach(Libc::close);
            return;
        }
        if (link != NONE) {
            Libbpf.destroyLink(link);
        }
        Libbpf.close(object);
    }
}
