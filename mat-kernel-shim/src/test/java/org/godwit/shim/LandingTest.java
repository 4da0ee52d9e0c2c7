package org.godwit.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.godwit.shim.Fixtures.HOA;
import static org.godwit.shim.Fixtures.MOA;
import static org.godwit.shim.Fixtures.MOA_STAGED;
import static org.godwit.shim.Fixtures.PEER;
import static org.godwit.shim.Fixtures.PEER_MOA;
import static org.godwit.shim.Packets.frame;
import static org.godwit.shim.Packets.ip;
import static org.godwit.shim.Packets.tcp;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.Silences;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the programs note of packets around a landing: the first slot leads to the old site, the second to the new one. */
@Tag("kernel")
class LandingTest {

    private static final Duration PAUSE = Duration.ofMillis(20);

    private Namespace namespace;
    private KernelDataPlane plane;

    @BeforeAll
    static void needs() {
        Tier.KERNEL.needs(Needs.lackForKernel());
    }

    @BeforeEach
    void install() {
        namespace = new Namespace("landing");
        plane = namespace.call(
                () -> KernelDataPlane.install(HomeAddress.of(HOA), "2001:db8:face::/64", Optional.empty()));
        plane.own(Slot.FIRST, MobileAddress.of(MOA), 1);
        plane.own(Slot.SECOND, MobileAddress.of(MOA_STAGED), 1);
        plane.putPeer(HomeAddress.of(PEER), MobileAddress.of(PEER_MOA), Optional.empty(), Optional.empty());
    }

    @AfterEach
    void uninstall() {
        if (plane != null) {
            plane.close();
        }
        namespace.close();
    }

    @Test
    void theSilenceOfALandingIsFromTheLastPacketBeforeToTheFirstAfter() {
        plane.arm(Slot.SECOND);
        long from = System.nanoTime();
        out();
        in(MOA);
        passes(PAUSE);
        in(MOA_STAGED);
        Duration heard = Duration.ofNanos(System.nanoTime() - from);
        out();
        passes(PAUSE);
        out();
        in(MOA_STAGED);

        Silences silences = plane.silences(Slot.SECOND);
        assertThat(silences.peerToVm().orElseThrow()).isBetween(PAUSE, heard);
        assertThat(silences.vmToPeer().orElseThrow()).as("the pause after it does not count")
                .isBetween(PAUSE, Duration.ofNanos(System.nanoTime() - from).minus(PAUSE));
    }

    @Test
    void whatWasSilentBeforeTheLastPacketCameInIsNoLanding() {
        plane.arm(Slot.SECOND);
        out();
        passes(PAUSE);
        long from = System.nanoTime();
        out();
        in(MOA);
        out();
        in(MOA_STAGED);
        out();

        assertThat(plane.silences(Slot.SECOND).vmToPeer().orElseThrow())
                .isLessThanOrEqualTo(Duration.ofNanos(System.nanoTime() - from));
    }

    @Test
    void whoHasNotSentOrHeardOnBothSidesKnowsNothing() {
        assertThat(plane.silences(Slot.SECOND)).isEqualTo(Silences.UNKNOWN);
        in(MOA);
        out();
        plane.arm(Slot.SECOND);
        in(MOA_STAGED);
        assertThat(plane.silences(Slot.SECOND)).as("what was before it was armed does not count")
                .isEqualTo(Silences.UNKNOWN);
        out();
        assertThat(plane.silences(Slot.SECOND)).as("one is no pair").isEqualTo(Silences.UNKNOWN);
    }

    @Test
    void armingAnewForgetsAndAFalseAlarmIsNoLanding() {
        plane.arm(Slot.SECOND);
        out();
        in(MOA);
        announce();
        out();
        assertThat(plane.silences(Slot.SECOND).vmToPeer()).as("an announcement will do until it is refuted")
                .isPresent();
        in(MOA);
        assertThat(plane.silences(Slot.SECOND)).isEqualTo(Silences.UNKNOWN);

        in(MOA_STAGED);
        out();
        assertThat(plane.silences(Slot.SECOND).vmToPeer()).isPresent();
        plane.arm(Slot.FIRST);
        assertThat(plane.silences(Slot.FIRST)).isEqualTo(Silences.UNKNOWN);
    }

    private void in(String moa) {
        namespace.call(() -> TestRun.run(plane.programFd(Abi.PROGRAM_INGRESS), frame(ip(PEER_MOA, moa, tcp())), 0, 0));
    }

    private void out() {
        namespace.call(() -> TestRun.run(plane.programFd(Abi.PROGRAM_EGRESS), frame(ip(HOA, PEER, tcp())), 0, 0));
    }

    private void announce() {
        namespace.call(() -> TestRun.run(plane.programFd(Abi.PROGRAM_NIC_EGRESS),
                frame(ip("fe80::1", "ff02::1", Packets.advertisement(false))), 0, 0));
    }

    /** Time itself is what is measured here. */
    private static void passes(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }
}
