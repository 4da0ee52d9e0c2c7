package org.godwit.shim;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Our BPF maps and programs as open file descriptors, freshly loaded or adopted from a pin folder. */
final class KernelObject implements AutoCloseable {

    private static final String RESOURCE = "mat.bpf.o";
    private static final List<String> MAPS = List.of(Abi.MAP_CONFIG, Abi.MAP_SLOTS, Abi.MAP_OWN, Abi.MAP_PEERS,
            Abi.MAP_PEER_MOAS, Abi.MAP_EXEMPT, Abi.MAP_GATEWAY, Abi.MAP_PROXIES, Abi.MAP_PROXIED, Abi.MAP_EVENTS,
            Abi.MAP_HELD, Abi.MAP_COUNTERS);
    private static final List<String> PROGRAMS = List.of(Abi.PROGRAM_EGRESS, Abi.PROGRAM_INGRESS,
            Abi.PROGRAM_NIC_EGRESS, Abi.PROGRAM_GATEWAY_EGRESS, Abi.PROGRAM_GATEWAY_INGRESS);
    private static final String LINK = "mat_notify_peers_link";

    /** Pinned last, so that its presence says that all the rest is there. */
    private static final String COMPLETE = "mat_complete";
    private static final Path KERNEL_TYPES = Path.of("/sys/kernel/btf/vmlinux");
    private static final long NONE = 0;

    private final Map<String, Integer> fds = new HashMap<>();
    private final long object;
    private long link = NONE;

    private KernelObject(long object) {
        this.object = object;
    }

    /** @param notice is told what this kernel cannot do, though we live without it */
    static KernelObject load(Consumer<String> notice) {
        byte[] elf = read();
        if (!Files.exists(KERNEL_TYPES)) {
            notice.accept("the kernel has no " + KERNEL_TYPES + ": netdev_notify_peers cannot be traced");
            return new KernelObject(Libbpf.load(elf, Abi.PROGRAM_NOTIFY_PEERS)).resolve();
        }
        try {
            KernelObject loaded = new KernelObject(Libbpf.load(elf, "")).resolve();
            loaded.trace(notice);
            return loaded;
        } catch (ShimException e) {
            // Perhaps it is only the tracing program that is refused; if not, this fails too and tells why.
            KernelObject loaded = new KernelObject(Libbpf.load(elf, Abi.PROGRAM_NOTIFY_PEERS)).resolve();
            notice.accept("netdev_notify_peers cannot be traced here: " + e.getMessage().lines().findFirst().get());
            return loaded;
        }
    }

    private static byte[] read() {
        try (InputStream resource = KernelObject.class.getResourceAsStream(RESOURCE)) {
            if (resource == null) {
                throw new ShimException("this build has no BPF object, because there was no /usr/bin/clang when it was "
                        + "made: install clang and libbpf-dev and build again");
            }
            return resource.readAllBytes();
        } catch (IOException e) {
            throw new ShimException("the BPF object cannot be read from the jar", e);
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

    static boolean isPinned(Path folder) {
        return Files.exists(folder.resolve(COMPLETE));
    }

    static KernelObject adopt(Path folder) {
        KernelObject adopted = new KernelObject(NONE);
        try {
            MAPS.forEach(name -> adopted.fds.put(name, Libbpf.getPinned(folder.resolve(name))));
            PROGRAMS.forEach(name -> adopted.fds.put(name, Libbpf.getPinned(folder.resolve(name))));
            return adopted;
        } catch (ShimException e) {
            adopted.close();
            throw e;
        }
    }

    /** @throws ShimException when the folder does not lie in a BPF file system */
    static void checkPinFolder(Path folder) {
        Path there = folder.toAbsolutePath();
        while (!Files.exists(there)) {
            there = there.getParent();
        }
        try {
            String type = Files.getFileStore(there).type();
            if (!type.equals("bpf")) {
                throw new ShimException("the pin folder " + folder + " lies in a file system of type " + type
                        + ", not in a BPF file system: mount one (mount -t bpf bpf /sys/fs/bpf) or install without a "
                        + "pin folder");
            }
        } catch (IOException e) {
            throw new ShimException("cannot tell in which file system the pin folder " + folder + " lies", e);
        }
    }

    void pin(Path folder) {
        unpin(folder);
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new ShimException("the pin folder " + folder + " cannot be made", e);
        }
        fds.forEach((name, fd) -> Libbpf.pin(fd, folder.resolve(name)));
        if (link != NONE) {
            Libbpf.pin(Libbpf.linkFd(link), folder.resolve(LINK));
        }
        Libbpf.pin(fd(Abi.MAP_CONFIG), folder.resolve(COMPLETE));
    }

    /** Removes the folder with its pins; nothing happens when there is none. */
    static void unpin(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try {
            Files.deleteIfExists(folder.resolve(COMPLETE));
            try (DirectoryStream<Path> pins = Files.newDirectoryStream(folder)) {
                for (Path pin : pins) {
                    Files.delete(pin);
                }
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw new ShimException("the pins in " + folder + " cannot be removed", e);
        }
    }

    int fd(String name) {
        return fds.get(name);
    }

    BpfMap map(String name, int valueBytes) {
        return new BpfMap(fd(name), valueBytes);
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
