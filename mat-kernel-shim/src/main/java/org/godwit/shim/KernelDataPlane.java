package org.godwit.shim;

import static java.util.Objects.requireNonNull;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.Silences;

/**
 * The data plane in the kernel of this network namespace: {@code matif}, and BPF programs on it and on the interfaces that
 * lead to networks. There is one in a namespace. Needs root.
 *
 * <p>{@link #nextEvent} blocks in native code: call it from a platform thread.
 */
public final class KernelDataPlane implements DataPlane {

    /** The number by which agents mark the routes that they make, so that these can be told from others: "M". */
    public static final int ROUTE_PROTOCOL = 77;

    private final Role role;
    private final HomeSpace space;
    private final Optional<Pins> pins;
    private final List<String> notices;
    private final KernelObject kernel;
    private final Arena memory = Arena.ofShared();
    private final SharedWords words;
    private final OwnSlots own;
    private final Peers peers;
    private final BpfMap exempt;
    private final PlainNodes plain;
    private final Note note;
    private final BpfMap hooks;
    private final Landing landing;
    private final Counters counters;
    private final EventRing ring;
    private final Injection injection;
    private final HeldPackets held;
    private final List<String> attached = new ArrayList<>();
    private final Queue<ShimEvent> commanded = new ConcurrentLinkedQueue<>();
    private final ReentrantLock reading = new ReentrantLock();
    private final int wakeable = Libc.wakeable();
    private volatile boolean closed;

    private KernelDataPlane(Role role, HomeSpace space, KernelObject kernel, Optional<Pins> pins, List<String> notices,
            Injection injection) {
        this.role = role;
        this.space = space;
        this.kernel = kernel;
        this.pins = pins;
        this.notices = List.copyOf(notices);
        words = new SharedWords(kernel.fd(Abi.MAP_CONFIG), memory);
        // A former process may have died between a change and this.
        words.newGeneration();
        own = new OwnSlots(kernel, words::newGeneration);
        peers = new Peers(kernel, words::newGeneration);
        exempt = kernel.map(Abi.MAP_EXEMPT, Abi.EXEMPT_BYTES, words::newGeneration);
        plain = new PlainNodes(kernel.map(Abi.MAP_PLAIN, Abi.PLAIN_BYTES), Libc::monotonicNanos);
        note = new Note(kernel.map(Abi.MAP_NOTE, Abi.NOTE_BYTES));
        hooks = kernel.map(Abi.MAP_HOOKS, Abi.HOOK_BYTES);
        landing = new Landing(kernel.map(Abi.MAP_LANDING, Abi.LANDING_BYTES));
        counters = new Counters(kernel.fd(Abi.MAP_COUNTERS));
        ring = new EventRing(kernel.fd(Abi.MAP_EVENTS), Abi.EVENTS_BYTES, memory);
        EventRing heldRing = new EventRing(kernel.fd(Abi.MAP_HELD), Abi.HELD_BYTES, memory);
        this.injection = injection;
        held = new HeldPackets(() -> heldRing.take().map(HeldPacket::read),
                packet -> peers.canTranslate(packet) || KernelProxies.canTranslate(kernel, packet)
                        || plain.canPass(packet),
                injection,
                counters::increment, Libc::monotonicNanos);
    }

    /**
     * Makes {@code matif} with the HoA and the route to the HoA space, loads the programs and puts the one of {@code matif}
     * in place; or adopts what a former process pinned, with all its addresses and peers. Interfaces are
     * {@link #attach attached} next.
     *
     * @param homeSpace the prefix of all HoAs, such as 2001:db8:face::/64
     * @param pinFolder where maps and programs are pinned, in a mounted BPF file system: then they outlive the process and
     *        its successor adopts them. Note that {@code ip netns exec} hides the mount on /sys/fs/bpf. Without it, what was
     *        put in place goes on translating after the process ends, but nobody can steer it any more; the next
     *        {@code install} starts afresh.
     * @throws ShimException when something is missing; the message says what to install, mount or remove
     */
    public static KernelDataPlane install(HomeAddress hoa, String homeSpace, Optional<Path> pinFolder) {
        return install(hoa, homeSpace, pinFolder, Role.END_NODE);
    }

    static KernelDataPlane install(HomeAddress hoa, String homeSpace, Optional<Path> pinFolder, Role role) {
        return install(hoa, homeSpace, pinFolder.map(Pins::new), role, ProgramBuild.ofThisJar());
    }

    static KernelDataPlane install(HomeAddress hoa, String homeSpace, Optional<Pins> pins, Role role,
            ProgramBuild build) {
        HomeSpace space = HomeSpace.of(homeSpace, requireNonNull(hoa, "hoa is null"));
        pins.ifPresent(Pins::check);
        Optional<Pins> adoptable = pins.filter(Pins::areComplete);
        adoptable.ifPresent(pinned -> checkHoa(pinned, hoa));
        List<String> notices = new ArrayList<>();
        KernelObject kernel = adoptable.map(pinned -> KernelObject.adopt(pinned, build, notices::add))
                .orElseGet(() -> KernelObject.load(build, notices::add));
        try {
            if (adoptable.isEmpty()) {
                configure(kernel, hoa);
            }
            int index = HomeInterface.raise(hoa, space, role);
            Attachment.attach(index, Libbpf.Hook.EGRESS, kernel.fd(role.matifEgress));
            if (adoptable.isEmpty()) {
                pins.ifPresent(folder -> {
                    folder.removeAll();
                    kernel.pin(folder, build);
                });
            }
            return new KernelDataPlane(role, space, kernel, pins, notices, new KernelInjection(index));
        } catch (ShimException e) {
            kernel.close();
            if (adoptable.isEmpty()) {
                HomeInterface.remove();
            }
            throw e;
        }
    }

    private static void configure(KernelObject kernel, HomeAddress hoa) {
        ByteBuffer config = BpfMap.buffer(Abi.CONFIG_BYTES).putInt(Abi.CONFIG_OUTPUT, Slot.FIRST.ordinal())
                .putInt(Abi.CONFIG_ABI_VERSION, Abi.VERSION).put(Abi.CONFIG_HOA, hoa.bytes());
        kernel.map(Abi.MAP_CONFIG, Abi.CONFIG_BYTES).put(BpfMap.key(0), config);
    }

    private static void checkHoa(Pins pins, HomeAddress hoa) {
        int fd = pins.open(Abi.MAP_CONFIG);
        try {
            ByteBuffer config = new BpfMap(fd, Abi.CONFIG_BYTES).get(BpfMap.key(0)).orElseThrow();
            HomeAddress pinned = HomeAddress.of(BpfMap.address(config, Abi.CONFIG_HOA));
            if (!pinned.equals(hoa)) {
                throw new ShimException("what is pinned in " + pins.folder() + " serves the HoA " + pinned + ", not "
                        + hoa + ": take it away first (godwit-guest-agent uninstall)");
            }
        } finally {
            Libc.close(fd);
        }
    }

    /** What is worth a line in the log: what this kernel cannot do, though we live without it, and an upgrade. */
    public List<String> notices() {
        return notices;
    }

    @Override
    public synchronized void attach(String interfaceName) {
        checkOpen();
        int index = Libc.interfaceIndex(interfaceName);
        if (index == 0) {
            throw new ShimException("there is no interface " + interfaceName);
        }
        forgetGoneInterfaces();
        if (Attachment.attach(index, Libbpf.Hook.INGRESS, kernel.fd(role.nicIngress))) {
            hooks.put(BpfMap.key(index), BpfMap.buffer(Abi.HOOK_BYTES));
        }
        role.nicEgress.ifPresent(program -> Attachment.attach(index, Libbpf.Hook.EGRESS, kernel.fd(program)));
        attached.removeIf(name -> name.equals(interfaceName) || Libc.interfaceIndex(name) == 0);
        attached.add(interfaceName);
        HomeInterface.fitThrough(attached);
    }

    /** Whoever gets the number of one later has a qdisc that is not ours to take away; and the map has room for few. */
    private void forgetGoneInterfaces() {
        List<Integer> present = Libc.interfaces();
        hooks.keys(Integer.BYTES).stream().filter(key -> !present.contains(BpfMap.number(key))).forEach(hooks::remove);
    }

    /**
     * All counters of what is pinned in this folder, summed over the processors. Whoever steers it is not disturbed.
     *
     * @throws ShimException when nothing is
     */
    public static Map<Counter, Long> countersIn(Path pinFolder) {
        Pins pins = new Pins(pinFolder);
        if (!pins.has(Abi.MAP_COUNTERS)) {
            throw new ShimException(
                    "no shim is pinned in " + pinFolder + ": it is not installed, or its agent was started "
                            + "without --pin or with another folder");
        }
        int fd = pins.open(Abi.MAP_COUNTERS);
        try {
            return new Counters(fd).sums();
        } finally {
            Libc.close(fd);
        }
    }

    /** The {@link #note} of what is pinned in this folder; empty when nothing that could be adopted is. */
    public static Optional<String> noteIn(Path pinFolder) {
        Pins pins = new Pins(pinFolder);
        if (!pins.areComplete() || !pins.has(Abi.MAP_NOTE)) {
            return Optional.empty();
        }
        int fd = pins.open(Abi.MAP_NOTE);
        try {
            return Optional.of(new Note(new BpfMap(fd, Abi.NOTE_BYTES)).read());
        } finally {
            Libc.close(fd);
        }
    }

    /**
     * Takes away what an installation with this pin folder has put into this network namespace: programs, the clsact qdiscs
     * made for them, {@code matif} with its routes and rule, routes of {@link #ROUTE_PROTOCOL}, and the pins; also where half of it is gone already. Nobody may
     * be steering it any more.
     *
     * @throws ShimException when something of it cannot be removed; it may be called again
     */
    public static void uninstall(Path pinFolder) {
        Uninstallation.run(new Pins(pinFolder));
    }

    /** Takes everything away again: programs, pins and {@code matif}; then closes. */
    public synchronized void uninstall() {
        checkOpen();
        Uninstallation.run(hooks, pins);
        close();
    }

    @Override
    public synchronized void own(Slot slot, MobileAddress moa, int interfaceIndex) {
        checkOpen();
        if (peers.contains(moa)) {
            throw new IllegalArgumentException("the MoA " + moa + " belongs to a peer");
        }
        own.fill(slot, moa, interfaceIndex);
    }

    @Override
    public synchronized void disown(Slot slot) {
        checkOpen();
        if (!own.isFilled(slot)) {
            return;
        }
        if (words.uses(slot)) {
            throw new IllegalStateException("slot " + slot + " is in use: flip or disarm first");
        }
        own.empty(slot);
        words.forgetStamps();
    }

    @Override
    public synchronized Optional<OwnMoa> owned(Slot slot) {
        checkOpen();
        return own.get(slot);
    }

    @Override
    public synchronized Slot active() {
        checkOpen();
        return words.active();
    }

    @Override
    public synchronized boolean armed() {
        checkOpen();
        return words.armed();
    }

    @Override
    public synchronized void arm(Slot staged) {
        checkFilled(staged);
        if (!words.armed()) {
            landing.forget();
        }
        if (!words.arm(staged)) {
            throw new IllegalStateException("slot " + staged + " cannot be armed for: it is the active one");
        }
    }

    @Override
    public synchronized Silences silences(Slot landed) {
        checkOpen();
        return landing.silences(landed);
    }

    @Override
    public synchronized void disarm() {
        checkOpen();
        words.disarm();
    }

    @Override
    public synchronized void flip(Slot slot) {
        checkFilled(slot);
        words.only(slot);
        commanded.add(new ShimEvent.Flipped(slot, FlipTrigger.COMMANDED));
        Libc.wake(wakeable);
    }

    @Override
    public synchronized void putPeer(HomeAddress hoa, MobileAddress active, Optional<MobileAddress> staged,
            Optional<MobileAddress> retired, Epoch epoch) {
        checkOpen();
        List<Optional<MobileAddress>> moas = List.of(Optional.of(active), staged, retired);
        if (moas.stream().flatMap(Optional::stream).anyMatch(own::contains)) {
            throw new IllegalArgumentException("a MoA said to be that of peer " + hoa + " is this node's own");
        }
        peers.put(hoa, active, staged, retired, epoch);
        held.release(hoa, moas.stream().flatMap(Optional::stream).toList());
    }

    @Override
    public synchronized void removePeer(HomeAddress hoa) {
        checkOpen();
        peers.remove(hoa);
        held.refuse(hoa);
    }

    @Override
    public synchronized List<KnownPeer> peers() {
        checkOpen();
        return peers.all();
    }

    @Override
    public synchronized void passPlain(MobileAddress nobodys, Duration lifetime) {
        checkOpen();
        if (space.contains(nobodys)) {
            throw new IllegalArgumentException("a HoA such as " + nobodys + " is never a plain node's address");
        }
        plain.put(nobodys, lifetime);
        held.pass(nobodys);
    }

    @Override
    public synchronized void exempt(MobileAddress plainNode) {
        checkOpen();
        try {
            exempt.put(plainNode.bytes(), BpfMap.buffer(Abi.EXEMPT_BYTES));
        } catch (ShimException e) {
            throw new ShimException("the node " + plainNode + " cannot be exempted beside those that are: "
                    + e.getMessage(), e);
        }
    }

    @Override
    public synchronized void note(String text) {
        checkOpen();
        note.write(text);
    }

    @Override
    public synchronized String note() {
        checkOpen();
        return note.read();
    }

    @Override
    public Optional<ShimEvent.OfNode> nextEvent(Duration atMost) {
        return nextEvent(ShimEvent.OfNode.class, atMost);
    }

    /** @param kind what the programs of this role report */
    <E extends ShimEvent> Optional<E> nextEvent(Class<E> kind, Duration atMost) {
        reading.lock();
        try {
            checkOpen();
            Optional<ShimEvent> event = take();
            if (event.isEmpty()) {
                Libc.awaitReadable(atMost, kernel.fd(Abi.MAP_EVENTS), kernel.fd(Abi.MAP_HELD), wakeable);
                event = closed ? Optional.empty() : take();
            }
            event.filter(it -> !kind.isInstance(it)).ifPresent(it -> {
                throw new ShimException("the programs of another role report " + it);
            });
            return event.map(kind::cast);
        } finally {
            reading.unlock();
        }
    }

    private Optional<ShimEvent> take() {
        Libc.clear(wakeable);
        held.collect();
        ShimEvent own = commanded.poll();
        if (own != null) {
            return Optional.of(own);
        }
        for (Optional<ByteBuffer> record = ring.take(); record.isPresent(); record = ring.take()) {
            Optional<ShimEvent> event = EventReader.read(record.get());
            if (event.isPresent()) {
                return event;
            }
        }
        return Optional.empty();
    }

    @Override
    public synchronized Map<Counter, Long> counters() {
        checkOpen();
        return counters.sums();
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        Libc.wake(wakeable);
        reading.lock();
        try {
            memory.close();
            injection.close();
            kernel.close();
            Libc.close(wakeable);
        } finally {
            reading.unlock();
        }
    }

    KernelObject kernel() {
        return kernel;
    }

    /** Packets that waited for a proxy address, of this correspondent or for it, go on. */
    void release(HomeAddress correspondent, MobileAddress proxy) {
        held.release(correspondent, List.of(proxy));
    }

    /** For tests that run a program without a network. */
    int programFd(String name) {
        return kernel.fd(name);
    }

    private void checkFilled(Slot slot) {
        checkOpen();
        if (!own.isFilled(slot)) {
            throw new IllegalStateException("slot " + slot + " holds no MoA: own one first");
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the data plane is closed");
        }
    }
}
