package org.godwit.shim;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;

/**
 * First packets to and from peers that are not known yet, from when the kernel kept them until the peer is known or they are
 * given up. So no connection begins with a retransmission. Safe for several threads.
 */
final class HeldPackets {

    /** After this a TCP sends its first packet again anyway (RFC 6298, section 2). */
    static final long AGE_NANOS_MAX = 1_000_000_000L;

    /** The oldest give way. With the kernel's limits on each address and in all, this is some two seconds' worth. */
    static final int PACKETS_MAX = 256;

    private final Supplier<Optional<HeldPacket>> source;
    private final Predicate<HeldPacket> resolved;
    private final Injection injection;
    private final Consumer<Counter> count;
    private final LongSupplier nanoClock;
    private final Deque<HeldPacket> waiting = new ArrayDeque<>();

    /**
     * @param source what the kernel kept, the oldest first
     * @param resolved whether the kernel can translate a packet by now
     * @param nanoClock the kernel's monotonic one
     */
    HeldPackets(Supplier<Optional<HeldPacket>> source, Predicate<HeldPacket> resolved, Injection injection,
            Consumer<Counter> count, LongSupplier nanoClock) {
        this.source = source;
        this.resolved = resolved;
        this.injection = injection;
        this.count = count;
        this.nanoClock = nanoClock;
    }

    /** Takes over what the kernel kept since the last time, and gives up what is too old. */
    synchronized void collect() {
        for (Optional<HeldPacket> next = source.get(); next.isPresent(); next = source.get()) {
            if (waiting.size() == PACKETS_MAX) {
                waiting.remove();
                count.accept(Counter.DROP_UNRESOLVED);
            }
            waiting.add(next.get());
        }
        long now = nanoClock.getAsLong();
        waiting.removeIf(packet -> {
            boolean old = now - packet.atNanos() > AGE_NANOS_MAX;
            if (old) {
                count.accept(Counter.DROP_UNRESOLVED);
            }
            return old;
        });
        // The kernel may have kept one in the very moment in which its peer became known.
        release(resolved);
    }

    /** The peer is known now: what waited for it goes on. */
    synchronized void release(HomeAddress hoa, List<MobileAddress> moas) {
        collect();
        release(packet -> packet.isAbout(false, hoa.bytes())
                || moas.stream().anyMatch(moa -> packet.isAbout(true, moa.bytes())));
    }

    /** It is nobody's MoA: what came from there goes on, and the kernel lets it pass. */
    synchronized void pass(MobileAddress nobodys) {
        collect();
        release(packet -> packet.isAbout(true, nobodys.bytes()));
    }

    private void release(Predicate<HeldPacket> which) {
        waiting.removeIf(packet -> {
            boolean goes = which.test(packet);
            if (goes) {
                inject(packet);
            }
            return goes;
        });
    }

    private void inject(HeldPacket packet) {
        Checksums.complete(packet.frame());
        if (packet.incoming()) {
            injection.in(packet.frame());
        } else {
            injection.out(packet.frame());
        }
        count.accept(Counter.RELEASED);
    }

    /** There is no such peer: whoever sent to it is told. */
    synchronized void refuse(HomeAddress hoa) {
        collect();
        waiting.removeIf(packet -> {
            boolean refused = packet.isAbout(false, hoa.bytes());
            if (refused) {
                injection.unreachable(packet.frame());
                count.accept(Counter.DROP_UNRESOLVED);
            }
            return refused;
        });
    }
}
