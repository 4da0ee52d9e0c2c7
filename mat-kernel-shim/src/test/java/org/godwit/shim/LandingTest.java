package org.godwit.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.godwit.shim.Fixtures.HOA;
import static org.godwit.shim.Fixtures.MOA;
import static org.godwit.shim.Fixtures.MOA_STAGED;
import static org.godwit.shim.Fixtures.PEER;
import static org.godwit.shim.Fixtures.PEER_MOA;
import static org.godwit.shim.Packets.ip;
import static org.godwit.shim.Packets.tcp;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.godwit.model.Silences;
import org.godwit.shim.Packets.Upper;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the programs note of packets around a landing: the first slot leads to the old site, the second to the new one. */
@Tag("kernel")
class LandingTest {

    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final int ECHO_REQUEST = 128;
    private static final int ECHO_REPLY = 129;

    @RegisterExtension
    static final LoneNode NODE = LoneNode.withTwoMoasAndAPeer();

    private KernelDataPlane plane;

    @BeforeEach
    void take() {
        plane = NODE.plane();
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

    @ParameterizedTest
    @MethodSource("kernelsOwn")
    void whatAKernelSaysOfItsOwnAccordEndsNoSilence(Upper answer) {
        plane.arm(Slot.SECOND);
        in(MOA);
        out();
        in(MOA_STAGED);
        out(answer);
        assertThat(plane.silences(Slot.SECOND).vmToPeer()).as("no program has spoken").isEmpty();
        passes(PAUSE);
        out(answer);
        out();
        assertThat(plane.silences(Slot.SECOND).vmToPeer()).hasValueSatisfying(
                silence -> assertThat(silence).isGreaterThanOrEqualTo(PAUSE));
    }

    static Stream<Upper> kernelsOwn() {
        return Stream.of(Packets.tcpAcknowledgement(), Packets.icmp(ECHO_REPLY));
    }

    @ParameterizedTest
    @MethodSource("programsOwn")
    void whateverAProgramSendsEndsASilence(Upper packet) {
        plane.arm(Slot.SECOND);
        out();
        in(MOA_STAGED);
        out(packet);
        assertThat(plane.silences(Slot.SECOND).vmToPeer()).isPresent();
    }

    static Stream<Upper> programsOwn() {
        return Stream.of(tcp(), Packets.udp(), Packets.icmp(ECHO_REQUEST));
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
        NODE.run(Abi.PROGRAM_INGRESS, ip(PEER_MOA, moa, tcp()));
    }

    private void out() {
        out(tcp());
    }

    private void out(Upper packet) {
        NODE.run(Abi.PROGRAM_EGRESS, ip(HOA, PEER, packet));
    }

    private void announce() {
        NODE.run(Abi.PROGRAM_NIC_EGRESS, ip("fe80::1", "ff02::1", Packets.advertisement(false)));
    }

    /** Time itself is what is measured here. */
    private static void passes(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }
}
