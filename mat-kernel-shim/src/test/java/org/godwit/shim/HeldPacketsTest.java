package org.godwit.shim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.junit.jupiter.api.Test;

class HeldPacketsTest {

    private static final HomeAddress HOA = HomeAddress.of("2001:db8:face::2");
    private static final HomeAddress OTHER = HomeAddress.of("2001:db8:face::3");
    private static final MobileAddress MOA = MobileAddress.of("2001:db8:b::2");

    private final Queue<HeldPacket> ring = new ArrayDeque<>();
    private final List<String> injected = new ArrayList<>();
    private final List<HomeAddress> known = new ArrayList<>();
    private final Map<Counter, Integer> counts = new EnumMap<>(Counter.class);
    private long now;
    private final HeldPackets held = new HeldPackets(() -> Optional.ofNullable(ring.poll()),
            packet -> known.stream().anyMatch(hoa -> packet.isAbout(false, hoa.bytes())), new Recorder(),
            counter -> counts.merge(counter, 1, Integer::sum), () -> now);

    private final class Recorder implements Injection {

        @Override
        public void out(byte[] frame) {
            injected.add("out " + frame[0]);
        }

        @Override
        public void in(byte[] frame) {
            injected.add("in " + frame[0]);
        }

        @Override
        public void unreachable(byte[] frame) {
            injected.add("unreachable " + frame[0]);
        }

        @Override
        public void close() {}
    }

    private void keep(int number, boolean incoming, byte[] address) {
        ring.add(new HeldPacket(now, incoming, address, new byte[]{(byte) number }));
    }

    @Test
    void whatWaitedForAPeerGoesOnInItsOrder() {
        keep(1, false, HOA.bytes());
        keep(2, true, MOA.bytes());
        keep(3, false, OTHER.bytes());
        held.collect();
        keep(4, false, HOA.bytes());

        held.release(HOA, List.of(MOA));

        assertThat(injected).containsExactly("out 1", "in 2", "out 4");
        assertThat(counts).isEqualTo(Map.of(Counter.RELEASED, 3));
    }

    @Test
    void whatCameFromNobodysMoaGoesOn() {
        keep(1, true, MOA.bytes());
        keep(2, false, HOA.bytes());
        keep(3, true, MOA.bytes());

        held.pass(MOA);

        assertThat(injected).containsExactly("in 1", "in 3");
    }

    @Test
    void whatComesWhileItsPeerBecomesKnownGoesOnAtOnce() {
        known.add(HOA);
        keep(1, false, HOA.bytes());

        held.collect();

        assertThat(injected).containsExactly("out 1");
    }

    @Test
    void aPacketIsNotHeldForEver() {
        keep(1, false, HOA.bytes());
        held.collect();
        now = HeldPackets.AGE_NANOS_MAX + 1;

        held.release(HOA, List.of());

        assertThat(injected).isEmpty();
        assertThat(counts).isEqualTo(Map.of(Counter.DROP_UNRESOLVED, 1));
    }

    @Test
    void theOldestGivesWay() {
        for (int i = 0; i <= HeldPackets.PACKETS_MAX; i++) {
            keep(i == 0 ? 100 : 0, false, HOA.bytes());
        }

        held.release(HOA, List.of());

        assertThat(injected).hasSize(HeldPackets.PACKETS_MAX).doesNotContain("out 100");
        assertThat(counts).containsEntry(Counter.DROP_UNRESOLVED, 1);
    }

    @Test
    void sendersToNobodyAreToldAndOthersGoOnWaiting() {
        keep(1, false, HOA.bytes());
        keep(2, false, OTHER.bytes());
        keep(3, true, MOA.bytes());

        held.refuse(HOA);
        held.release(OTHER, List.of(MOA));

        assertThat(injected).containsExactly("unreachable 1", "out 2", "in 3");
        assertThat(counts).isEqualTo(Map.of(Counter.DROP_UNRESOLVED, 1, Counter.RELEASED, 2));
    }
}
