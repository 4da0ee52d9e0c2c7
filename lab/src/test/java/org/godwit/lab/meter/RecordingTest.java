package org.godwit.lab.meter;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.godwit.lab.meter.Arrivals.Window;
import org.junit.jupiter.api.Test;

class RecordingTest {

    private static final Window FIRST_SECOND = new Window(0, ms(1000));

    /** When the meter's clock showed zero. */
    private static final long EPOCH_NS = 1_000_000_000_000_000L;

    private final Recording recording = new Recording();

    @Test
    void theOutageFromTheVmIsTheLongestTimeWithoutOneOfItsProbes() {
        inboundAt(0, 0, 5, 1, 10, 2, 95, 3, 100, 4);

        assertThat(measured().outageMs().vmToPeer()).isEqualTo(85);
        assertThat(measured().lost().vmToPeer()).isZero();
    }

    @Test
    void probesThatNeverArrivedAreHolesInTheirNumbers() {
        inboundAt(0, 10, 5, 11, 80, 15, 85, 16);

        assertThat(measured().lost().vmToPeer()).isEqualTo(3);
    }

    @Test
    void aProbeFromBeforeThatComesLateMakesNoHole() {
        inboundAt(0, 3000, 5, 3001, 10, 7, 15, 3002);

        assertThat(measured().lost().vmToPeer()).isZero();
    }

    @Test
    void aSecondCopyIsADuplicateAndDoesNotShortenAGap() {
        inboundAt(0, 0, 40, 0, 80, 1);

        assertThat(measured().duplicates().vmToPeer()).isEqualTo(1);
        assertThat(measured().outageMs().vmToPeer()).isEqualTo(80);
    }

    @Test
    void aProbeThatReachedTheVmIsNotLostThoughItsEchoIs() {
        echo(0, 0, 1);
        echo(5, 1, 2);
        // 2 reached the VM, its echo did not come back; 3 and 4 never reached it
        echo(60, 5, 4);

        assertThat(measured().lost().peerToVm()).isEqualTo(2);
        assertThat(measured().outageMs().peerToVm()).isEqualTo(55);
    }

    @Test
    void nothingSeenIsAnOutageOfTheWholeWindow() {
        Measurement nothing = measured();

        assertThat(nothing.outageMs().vmToPeer()).isEqualTo(1000);
        assertThat(nothing.outageMs().peerToVm()).isEqualTo(1000);
        assertThat(nothing.tcp().survived()).isFalse();
        assertThat(nothing.pingRequestGapMs()).isNull();
    }

    @Test
    void whatLiesOutsideTheWindowDoesNotCount() {
        inboundAt(-500, 0, -5, 1, 10, 2, 20, 3, 1500, 9);

        assertThat(measured().outageMs().vmToPeer()).isEqualTo(15);
        assertThat(measured().lost().vmToPeer()).isZero();
    }

    @Test
    void theGapThatTheWindowOpensInBeganWithTheLastArrivalBeforeIt() {
        inboundAt(-120, 0, -90, 1, -89, 1, 60, 1, 70, 2, 80, 3);

        assertThat(measured().outageMs().vmToPeer()).isEqualTo(160);
        assertThat(measured().lost().vmToPeer()).isZero();
    }

    @Test
    void aBrokenConnectionHasNotSurvivedWhateverItCarriedBefore() {
        recording.tcpEcho(ms(1), 0);
        recording.tcpEcho(ms(2), 1);
        assertThat(measured().tcp().survived()).isTrue();

        recording.tcpBroken();
        assertThat(measured().tcp().survived()).isFalse();
    }

    @Test
    void theTimelineShowsHowManyArrivedInEachPart() {
        inboundAt(0, 0, 5, 1, 999, 2);

        assertThat(measured().timeline().vmToPeer()).hasSize(Recording.COLUMNS).startsWith(2, 0).endsWith(0, 1);
    }

    @Test
    void theCloseUpHasTheLongestGapInItsMiddle() {
        inboundAt(400, 0, 405, 1, 505, 2, 510, 3);

        assertThat(measured().closeUp().startMs()).isEqualTo(455 - 160);
        assertThat(measured().closeUp().columnMs()).isEqualTo(5);
        assertThat(measured().closeUp().vmToPeer().subList(21, 23)).containsExactly(1, 1);
        assertThat(measured().closeUp().vmToPeer().subList(23, 42)).containsOnly(0);
    }

    @Test
    void theEdgesOfTheLongestGapsAreToldByTheClockOnTheWall() {
        inboundAt(400, 0, 405, 1, 505, 2);
        echo(401, 0, 1);
        echo(520, 3, 2);

        assertThat(measured().edges())
                .isEqualTo(new Measurement.Edges(1_000_000_000_000L, 1_000_000_405_000L, 1_000_000_505_000L,
                        1_000_000_401_000L, 1_000_000_519_000L, 1_000_000_520_000L));
    }

    @Test
    void trafficFlowsAgainWhenAllOfItIsNew() {
        inboundAt(100, 0);
        echo(100, 0, 1);
        recording.tcpEcho(ms(100), 0);
        recording.pingReply(ms(90), 1);
        assertThat(recording.silentSince(ms(50))).isEmpty();
        assertThat(recording.silentSince(ms(95))).containsExactly("pings");

        recording.pingReply(ms(290), 2);
        assertThat(recording.silentSince(ms(95))).isEmpty();
    }

    @Test
    void aBrokenConnectionIsNotWaitedFor() {
        inboundAt(100, 0);
        echo(100, 0, 1);
        recording.pingReply(ms(100), 1);
        assertThat(recording.silentSince(ms(50))).containsExactly("TCP");
        assertThat(recording.silentSessionsSince(ms(50))).containsExactly("TCP");

        recording.tcpBroken();
        assertThat(recording.silentSince(ms(50))).isEmpty();
        assertThat(recording.silentSessionsSince(ms(50))).isEmpty();
    }

    @Test
    void repliesAndRequestsAreReadFromWhatPingAndTcpdumpSay() {
        assertThat(PingReader.reply("64 bytes from 2001:db8:face::1: icmp_seq=17 ttl=62 time=1.04 ms")).hasValue(17);
        assertThat(PingReader.reply("From 2001:db8:c::1 icmp_seq=18 Destination unreachable: No route")).isEmpty();
        assertThat(CaptureReader.request("10:01:02.000003 IP6 2001:db8:a::1 > 2001:db8:c::c: ICMP6, echo request, "
                + "id 5, seq 42, length 64")).hasValue(42);
        assertThat(CaptureReader.request("tcpdump: listening on eth0")).isEmpty();
    }

    @Test
    void anythingButAProbeIsLeftAlone() {
        assertThat(Probe.read(ByteBuffer.allocate(32))).isEmpty();
        assertThat(Probe.read(ByteBuffer.allocate(5))).isEmpty();
        assertThat(Probe.read(ByteBuffer.allocate(32).putInt(Probe.MAGIC).putInt(7).rewind())).isEmpty();
        assertThat(Probe.read(ByteBuffer.allocate(32).putInt(Probe.MAGIC).putInt(3).putLong(12).rewind()))
                .contains(new Probe.Inbound(12));
    }

    private Measurement measured() {
        return recording.measure("flight", FIRST_SECOND, 0, EPOCH_NS);
    }

    /** Pairs of time in ms and sequence number. */
    private void inboundAt(long... pairs) {
        for (int i = 0; i < pairs.length; i += 2) {
            recording.inbound(ms(pairs[i]), new Probe.Inbound(pairs[i + 1]));
        }
    }

    private void echo(long atMs, long seq, long received) {
        recording.echo(ms(atMs), new Probe.Echo(seq, ms(atMs - 1), received));
    }

    private static long ms(long ms) {
        return ms * 1_000_000;
    }
}
