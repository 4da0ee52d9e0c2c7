package org.godwit.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.godwit.shim.Fixtures.HOA;
import static org.godwit.shim.Packets.ip;
import static org.godwit.shim.Packets.tcp;

import java.time.Duration;
import java.util.Optional;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What happens when the kernel has no room left. */
@Tag("kernel")
class LimitsTest {

    @RegisterExtension
    static final LoneNode NODE = LoneNode.withOneMoa();

    private KernelDataPlane plane;

    @BeforeEach
    void take() {
        plane = NODE.plane();
    }

    @Test
    void aPeerForWhichThereIsNoRoomIsRefusedAndTheOthersStay() {
        for (int i = 0; i < Abi.PEERS_MAX; i++) {
            plane.putPeer(hoa(i), moa("b", i), Optional.of(moa("c", i)), Optional.of(moa("d", i)));
        }

        assertThatThrownBy(() -> plane.putPeer(hoa(Abi.PEERS_MAX), moa("b", Abi.PEERS_MAX), Optional.empty(),
                Optional.empty())).isInstanceOf(ShimException.class)
                .hasMessage("the peer " + hoa(Abi.PEERS_MAX) + " cannot be taken up beside those known, at most 16384: "
                        + "its BPF map is full");
        plane.putPeer(hoa(0), moa("e", 0), Optional.of(moa("b", 0)), Optional.empty());
        plane.removePeer(hoa(1));
        plane.putPeer(hoa(2), moa("b", Abi.PEERS_MAX), Optional.empty(), Optional.empty());
    }

    @Test
    void aNodeThatCannotBeExemptedIsNamed() {
        for (int i = 0; i < 64; i++) {
            plane.exempt(moa("b", i));
        }

        assertThatThrownBy(() -> plane.exempt(moa("b", 64))).isInstanceOf(ShimException.class)
                .hasMessageContaining("the node " + moa("b", 64) + " cannot be exempted");
        plane.exempt(moa("b", 0));
    }

    @Test
    void eventsForWhichThereIsNoRoomAreCountedAndTheKernelAsksAgain() {
        int records = Abi.EVENTS_BYTES / (Abi.EVENT_BYTES + 8);
        for (int i = 0; i <= records; i++) {
            miss(hoa(i));
        }
        assertThat(plane.counters().get(Counter.EVENT_LOST)).isPositive();

        while (plane.nextEvent(Duration.ZERO).isPresent()) {
            // Takes them all.
        }
        miss(hoa(records + 1));
        assertThat(plane.nextEvent(Duration.ZERO)).contains(new ShimEvent.MissOut(hoa(records + 1)));
    }

    @Test
    void whatCannotBeHeldIsDropped() {
        int records = Abi.HELD_BYTES / (2048 + Abi.HELD_FRAME + 8);
        for (int i = 0; i < 100 * records && plane.counters().get(Counter.HELD_OUT) < records; i++) {
            miss(hoa(i));
        }
        long held = plane.counters().get(Counter.HELD_OUT);
        assertThat(held).isEqualTo(records);

        miss(hoa(-1));
        assertThat(plane.counters()).containsEntry(Counter.HELD_OUT, held);
    }

    private void miss(HomeAddress to) {
        NODE.run(Abi.PROGRAM_EGRESS, ip(HOA, to.toString(), tcp()));
    }

    private static HomeAddress hoa(int number) {
        return HomeAddress.of("2001:db8:face:0:1::" + Integer.toHexString(number & 0xffff));
    }

    private static MobileAddress moa(String site, int number) {
        return MobileAddress.of("2001:db8:" + site + "::" + Integer.toHexString(number + 1));
    }
}
