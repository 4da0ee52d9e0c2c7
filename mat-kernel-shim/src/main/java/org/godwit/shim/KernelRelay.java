package org.godwit.shim;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import org.godwit.model.MobileAddress;

/**
 * The relay of a host that VMs leave: what still comes for an old MoA is sent on to the new one. Forwarding only (as in RFC
 * 5568), nothing is kept and replayed. Needs root.
 *
 * <p>Closing it only lets go of it: what is attached goes on until its entries' time is over, and {@link #detachAll} takes it
 * away, also what an earlier process left.
 */
public final class KernelRelay implements AutoCloseable {

    /** So many VMs may be leaving at once. */
    public static final int ENTRIES_MAX = 64;

    private static final String RESOURCE = "relay.bpf.o";
    private static final String PROGRAM = "relay_ingress";

    private static final NativeCall CLOCK_GETTIME = NativeCall.ofC("clock_gettime");
    private static final int CLOCK_MONOTONIC = 1;

    /** {@code struct relay} */
    static final int RELAY_BYTES = 32;
    static final int RELAY_TO = 0;
    static final int RELAY_UNTIL = 16;
    static final int RELAY_INTERFACE_INDEX = 24;
    static final int RELAY_MODE = 28;

    /** {@code struct relay_traffic} */
    static final int TRAFFIC_BYTES = 32;
    static final int TRAFFIC_PACKETS = 0;
    static final int TRAFFIC_ESCAPED = 8;
    static final int TRAFFIC_LAST = 16;

    /** {@code enum relay_mode} */
    static final int MODE_COPY = 1;
    static final int MODE_MOVE = 2;

    private final long object;
    private final int program;
    private final BpfMap relays;
    private final BpfMap traffic;

    private KernelRelay(long object) {
        this.object = object;
        program = Libbpf.programFd(object, PROGRAM);
        relays = new BpfMap(Libbpf.mapFd(object, "relays"), RELAY_BYTES);
        traffic = new BpfMap(Libbpf.mapFd(object, "relay_traffic"), TRAFFIC_BYTES);
    }

    /**
     * What came for an old MoA since its relaying began.
     *
     * @param packets sent on
     * @param escaped for the VM, but not to be sent on: the hop limit was spent, or the headers were not understood
     * @param idle since the last one, or empty when none has come
     */
    public record Traffic(long packets, long escaped, Optional<Duration> idle) {}

    /** @throws ShimException when the kernel does not take the program; the message says what is missing */
    public static KernelRelay load() {
        try (InputStream resource = KernelRelay.class.getResourceAsStream(RESOURCE)) {
            if (resource == null) {
                throw new ShimException(
                        "this build has no relay, because there was no /usr/bin/clang when it was made: "
                                + "install clang and libbpf-dev and build again");
            }
            return new KernelRelay(Libbpf.load(resource.readAllBytes(), ""));
        } catch (IOException e) {
            throw new ShimException("the BPF object cannot be read from the jar", e);
        }
    }

    /** Listens at these interfaces; nothing changes where it does already. Those that do not exist are left out. */
    public void attach(Collection<String> uplinks) {
        uplinks.stream().map(Libc::interfaceIndex).filter(index -> index != 0)
                .forEach(index -> Libbpf.attach(index, Libbpf.Hook.INGRESS, program, Libbpf.RELAY_PRIORITY));
    }

    /** Takes every relay off every interface of this network namespace, whoever put it there. */
    public static void detachAll() {
        Libc.interfaces().forEach(index -> Libbpf.detach(index, Libbpf.Hook.INGRESS, Libbpf.RELAY_PRIORITY));
    }

    /**
     * From now on sends a copy of what comes for an address to another one, and stamps both; the original goes its way.
     *
     * @param throughInterface where the way to the new address leads: the bridge that has the host's own address
     * @param lifetime after this the kernel ends it by itself
     * @throws ShimException when there are {@link #ENTRIES_MAX} already
     */
    public void copy(MobileAddress from, MobileAddress to, String throughInterface, Duration lifetime) {
        int index = Libc.interfaceIndex(throughInterface);
        if (index == 0) {
            throw new ShimException("there is no interface " + throughInterface + " to relay through");
        }
        if (requireNonNull(from, "from is null").equals(requireNonNull(to, "to is null"))) {
            throw new IllegalArgumentException("nothing is relayed to where it goes anyway, got " + from + " twice");
        }
        if (traffic.get(from.bytes()).isEmpty()) {
            traffic.put(from.bytes(), BpfMap.buffer(TRAFFIC_BYTES));
        }
        relays.put(from.bytes(),
                BpfMap.buffer(RELAY_BYTES).put(RELAY_TO, to.bytes())
                        .putLong(RELAY_UNTIL, monotonicNs() + lifetime.toNanos())
                        .putInt(RELAY_INTERFACE_INDEX, index).putInt(RELAY_MODE, MODE_COPY));
    }

    /**
     * The VM has left: from now on no original goes its way, only the relayed packet. Nothing happens without a copy.
     *
     * @param lifetime after this the kernel ends it by itself
     */
    public void move(MobileAddress from, Duration lifetime) {
        relays.get(from.bytes()).ifPresent(entry -> relays.put(from.bytes(),
                entry.putLong(RELAY_UNTIL, monotonicNs() + lifetime.toNanos()).putInt(RELAY_MODE, MODE_MOVE)));
    }

    /** Nothing happens when there is no entry. */
    public void end(MobileAddress from) {
        relays.remove(from.bytes());
        traffic.remove(from.bytes());
    }

    /** Empty when there is no entry. */
    public Optional<Traffic> traffic(MobileAddress from) {
        return traffic.get(from.bytes()).map(KernelRelay::read);
    }

    private static Traffic read(ByteBuffer value) {
        long last = value.getLong(TRAFFIC_LAST);
        return new Traffic(value.getLong(TRAFFIC_PACKETS), value.getLong(TRAFFIC_ESCAPED),
                last == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(monotonicNs() - last)));
    }

    @Override
    public void close() {
        Libbpf.close(object);
    }

    /** For tests that run the program without a network. */
    int programFd() {
        return program;
    }

    /** The clock that the program reads, and no other: its readings are compared with ours. */
    private static long monotonicNs() {
        try (Arena arena = Arena.ofConfined()) {
            // struct timespec { time_t tv_sec; long tv_nsec; }
            MemorySegment time = arena.allocate(2 * Long.BYTES, Long.BYTES);
            CLOCK_GETTIME.call(CLOCK_MONOTONIC, time.address());
            return Math.addExact(Math.multiplyExact(time.get(ValueLayout.JAVA_LONG, 0), 1_000_000_000L),
                    time.get(ValueLayout.JAVA_LONG, Long.BYTES));
        }
    }
}
