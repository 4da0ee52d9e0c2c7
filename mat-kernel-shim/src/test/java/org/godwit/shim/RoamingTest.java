package org.godwit.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.DatagramPacket;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.godwit.model.HomeAddress;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real traffic between two nodes while one of them roams. */
@Tag("netns")
@Timeout(120)
class RoamingTest {

    private static final int MEGABYTE = 1 << 20;

    private TwoSites sites;

    @BeforeAll
    static void needs() {
        Tier.NETNS.needs(Needs.lackForNetwork());
    }

    @BeforeEach
    void raise() {
        sites = new TwoSites();
    }

    @AfterEach
    void remove() {
        if (sites != null) {
            sites.close();
        }
    }

    @Test
    void aConnectionOutlivesFlipsAndNobodySeesTheOtherKindOfAddress(@TempDir Path folder) {
        Wire wire = new Wire(sites.router, folder.resolve("router.pcap"));
        try (wire; Echo echo = echo()) {
            echo.exchange(MEGABYTE);
            sites.mobilePlane.flip(Slot.SECOND);
            echo.exchange(MEGABYTE);
            assertThat(peerEvent()).contains(new ShimEvent.PeerFlipped(TwoSites.MOBILE, TwoSites.MOBILE_B));
            sites.peerPlane.putPeer(TwoSites.MOBILE, TwoSites.MOBILE_B, Optional.of(TwoSites.MOBILE_A),
                    Optional.empty());
            sites.mobilePlane.flip(Slot.FIRST);
            echo.exchange(MEGABYTE);

            assertThat(sites.mobile.output("ss", "-Htn")).contains("2001:db8:face::1", "2001:db8:face::2")
                    .doesNotContain("2001:db8:a::", "2001:db8:b::", "2001:db8:c::");
            assertThat(sites.correspondent.output("ss", "-Htn")).contains("2001:db8:face::1", "2001:db8:face::2")
                    .doesNotContain("2001:db8:a::", "2001:db8:b::", "2001:db8:c::");
        }
        assertThat(wire.occurrences(TwoSites.MOBILE_A.bytes())).isPositive();
        assertThat(wire.occurrences(TwoSites.MOBILE_B.bytes())).isPositive();
        assertThat(wire.occurrences(TwoSites.MOBILE.bytes())).isZero();
        assertThat(wire.occurrences(TwoSites.PEER.bytes())).isZero();
    }

    @Test
    void whileArmedNothingIsDoubledAndOnLandingNothingIsLost() {
        try (Datagrams datagrams = new Datagrams(sites.mobile, TwoSites.MOBILE, sites.correspondent, TwoSites.PEER);
                Datagrams answers = new Datagrams(sites.correspondent, TwoSites.PEER, sites.mobile,
                        TwoSites.MOBILE)) {
            sites.blackHole("b");
            sites.mobilePlane.arm(Slot.SECOND);
            datagrams.send(50);
            answers.send(10);
            assertThat(sites.mobilePlane.armed()).as("nothing has landed yet").isTrue();

            sites.blackHole("a");
            datagrams.send(50);
            assertThat(peerEvent()).contains(new ShimEvent.PeerFlipped(TwoSites.MOBILE, TwoSites.MOBILE_B));
            answers.send(1);
            assertThat(sites.mobilePlane.nextEvent(Duration.ofSeconds(30)))
                    .contains(new ShimEvent.Flipped(Slot.SECOND, FlipTrigger.RECEIVED));
            assertThat(sites.mobilePlane.armed()).isFalse();
            datagrams.send(50);

            assertThat(datagrams.received())
                    .containsExactlyElementsOf(IntStream.range(0, datagrams.sent()).boxed().toList());
            assertThat(answers.received())
                    .containsExactlyElementsOf(IntStream.range(0, answers.sent()).boxed().toList());
            assertThat(sites.mobilePlane.counters()).containsEntry(Counter.BICAST, 100L);
        }
    }

    @Test
    void aFalseAlarmLosesNothing() {
        byte[] announcement = Packets.frame(Packets.ip("fe80::1", "ff02::1", Packets.advertisement(false)));
        try (Datagrams datagrams = new Datagrams(sites.mobile, TwoSites.MOBILE, sites.correspondent, TwoSites.PEER);
                Datagrams answers = new Datagrams(sites.correspondent, TwoSites.PEER, sites.mobile,
                        TwoSites.MOBILE)) {
            sites.blackHole("b");
            sites.mobilePlane.arm(Slot.SECOND);
            sites.mobile.call(() -> {
                LinkFrame.send("eth1", announcement);
                return null;
            });
            assertThat(sites.mobilePlane.active()).isEqualTo(Slot.SECOND);
            datagrams.send(50);
            answers.send(1);
            assertThat(answers.received()).hasSize(1);
            assertThat(sites.mobilePlane.active()).isEqualTo(Slot.FIRST);
            assertThat(sites.mobilePlane.armed()).isTrue();

            sites.mobile.call(() -> {
                LinkFrame.send("eth1", announcement);
                return null;
            });
            sites.mobilePlane.disarm();
            sites.mobilePlane.flip(Slot.FIRST);
            datagrams.send(50);

            assertThat(datagrams.received())
                    .containsExactlyElementsOf(IntStream.range(0, datagrams.sent()).boxed().toList());
        }
    }

    @Test
    void aConnectionCarriesBulkWhileArmedAndAcrossTheLanding() {
        sites.blackHole("b");
        try (Echo echo = echo()) {
            sites.mobilePlane.arm(Slot.SECOND);
            echo.exchange(4 * MEGABYTE);
            assertThat(sites.mobilePlane.armed()).as("nothing has landed yet").isTrue();

            sites.blackHole("a");
            echo.exchange(4 * MEGABYTE);
            assertThat(sites.mobilePlane.armed()).isFalse();
            assertThat(sites.mobilePlane.active()).isEqualTo(Slot.SECOND);
        }
        assertThat(sites.mobilePlane.counters().get(Counter.BICAST)).isPositive();
    }

    @Test
    void aConnectionSurvivesThatThePeerLearnsOfTheNewMoaTooLate() {
        sites.peerPlane.putPeer(TwoSites.MOBILE, TwoSites.MOBILE_A, Optional.empty(), Optional.empty());
        try (Echo echo = echo()) {
            echo.exchange(1000);
            sites.mobilePlane.flip(Slot.SECOND);
            Thread asking = Thread.ofPlatform().start(() -> {
                Optional<ShimEvent.OfNode> event = sites.peerPlane.nextEvent(Duration.ofSeconds(30));
                if (event.equals(Optional.of(new ShimEvent.UnknownSource(TwoSites.MOBILE_B)))) {
                    sites.peerPlane.putPeer(TwoSites.MOBILE, TwoSites.MOBILE_B, Optional.empty(),
                            Optional.of(TwoSites.MOBILE_A));
                }
            });
            echo.exchange(1000);
            assertThat(asking).satisfies(thread -> thread.join(Duration.ofSeconds(30)));
        }
        assertThat(sites.peerPlane.counters().get(Counter.HELD_IN)).isPositive();
    }

    @Test
    void checksumsHoldWithoutHelpOfTheNics() {
        for (Namespace node : new Namespace[]{sites.mobile, sites.correspondent }) {
            node.run("ethtool", "-K", "eth0", "tx", "off", "rx", "off");
        }
        try (Echo echo = echo()) {
            echo.exchange(MEGABYTE);
        }
        for (Namespace node : new Namespace[]{sites.mobile, sites.correspondent }) {
            assertThat(node.output("nstat", "-asz", "TcpInCsumErrors")).containsPattern("TcpInCsumErrors +0 ");
        }
    }

    @Test
    void aNarrowerPathIsLearned() {
        try (Echo echo = echo()) {
            echo.exchange(1000);
            // Not before: the peer would ask for small segments.
            narrow();
            echo.exchange(MEGABYTE);
        }
        assertThat(sites.mobilePlane.counters().get(Counter.QUOTE_IN)).as("packet too big").isPositive();
        assertThat(sites.mobile.output("ip", "-6", "route", "get", TwoSites.PEER.toString())).contains("mtu 1300");
    }

    @Test
    void aNarrowerPathIsLearnedByDatagramsToo() {
        narrow();

        // The first is lost, as it would be with plain addresses; the others are cut to fit.
        assertThat(sites.mobile.output("sh", "-c", "timeout -k 1 20 ping -6 -c 10 -i 0.1 -s 1400 " + TwoSites.PEER
                + " || true")).containsPattern(" [89] received| 10 received");
        assertThat(sites.mobilePlane.counters().get(Counter.FRAGMENT)).isPositive();
        assertThat(sites.mobile.output("ip", "-6", "route", "get", TwoSites.PEER.toString())).contains("mtu 1300");
    }

    /** The correspondent's link; the mobile must learn of it from the router. */
    private void narrow() {
        sites.router.ip("link set site-c mtu 1300");
        sites.correspondent.ip("link set eth0 mtu 1300");
        attachAgain(sites.correspondent, sites.peerPlane, "eth0");
    }

    @Test
    void fragmentsMayStraddleFlips() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        Thread flapping = Thread.ofPlatform().start(() -> {
            while (!done.get()) {
                for (Slot slot : Slot.values()) {
                    sites.mobilePlane.flip(slot);
                    sites.mobilePlane.nextEvent(Duration.ZERO);
                    LockSupport.parkNanos(100_000);
                }
            }
        });
        try {
            assertThat(sites.mobile.output("timeout", "-k", "1", "20", "ping", "-6", "-c", "200", "-i", "0.01", "-s",
                    "16000", TwoSites.PEER.toString())).contains(" 0% packet loss");
        } finally {
            done.set(true);
            flapping.join();
        }
        assertThat(sites.peerPlane.counters().get(Counter.PEER_FLIP)).isPositive();
        for (Namespace node : new Namespace[]{sites.mobile, sites.correspondent }) {
            assertThat(node.output("nstat", "-asz", "Ip6ReasmFails")).containsPattern("Ip6ReasmFails +0 ");
        }
    }

    @Test
    void aClosedPortIsReportedToTheApplication() {
        InetSocketAddress closed = new InetSocketAddress(TwoSites.PEER.address().toInetAddress(), 9);
        sites.mobile.call(() -> {
            try (DatagramChannel channel = DatagramChannel.open().connect(closed)) {
                channel.write(ByteBuffer.allocate(8));
                channel.socket().setSoTimeout(5000);
                // By ICMPv6: its quoted packet must name what this socket sent.
                assertThatThrownBy(() -> channel.socket().receive(new DatagramPacket(new byte[8], 8)))
                        .isInstanceOf(PortUnreachableException.class);
            }
            return null;
        });
        assertThat(sites.mobilePlane.counters()).containsEntry(Counter.QUOTE_IN, 1L);
        assertThat(sites.peerPlane.counters()).containsEntry(Counter.QUOTE_OUT, 1L);
    }

    @Test
    void pingWorksUpToTheLargestFragmentedPacket() {
        for (String bytes : new String[]{"56", "1400", "8000" }) {
            assertThat(sites.mobile.output("timeout", "-k", "1", "10", "ping", "-6", "-c", "3", "-i", "0.1", "-s",
                    bytes, TwoSites.PEER.toString())).as(bytes).contains(" 0% packet loss");
        }
        assertThat(sites.peerPlane.counters().get(Counter.FRAGMENT)).isPositive();
    }

    @Test
    void aPacketForAHoaWithoutBindingIsReported() {
        HomeAddress nobody = HomeAddress.of("2001:db8:face::77");
        sites.mobile.output("sh", "-c", "ping -6 -c 1 -W 1 " + nobody + " || true");

        assertThat(sites.mobilePlane.nextEvent(Duration.ofSeconds(30))).contains(new ShimEvent.MissOut(nobody));
    }

    @Test
    void matifIsNoWiderThanTheNarrowestInterface() {
        sites.mobile.ip("link set eth1 mtu 1350");
        attachAgain(sites.mobile, sites.mobilePlane, "eth1");

        assertThat(sites.mobile.output("ip", "link", "show", "dev", HomeInterface.NAME)).contains("mtu 1350");

        // As an advertisement of the router says it (RFC 4861, section 4.6.4).
        sites.mobile.output("sysctl", "-w", "net.ipv6.conf.eth1.mtu=1340");
        attachAgain(sites.mobile, sites.mobilePlane, "eth1");

        assertThat(sites.mobile.output("ip", "link", "show", "dev", HomeInterface.NAME)).contains("mtu 1340");
    }

    @Test
    void matifSaysNothingOfItsOwn() {
        assertThat(sites.mobile.output("ip", "-6", "address", "show", "dev", HomeInterface.NAME))
                .doesNotContain("fe80::");
    }

    @Test
    void theHoaDoesNotLeaveThroughANic() {
        sites.mobile.ip("route add 2001:db8:5::/64 via 2001:db8:a::1 dev eth0");
        sites.mobile.output("sh", "-c", "ping -6 -c 1 -W 1 -I eth0 -I " + TwoSites.MOBILE + " 2001:db8:5::5 || true");

        assertThat(sites.mobilePlane.counters().get(Counter.DROP_HOA_OUT)).isPositive();
    }

    @Test
    void whatASocketOfTheHoaSendsGoesThroughMatifWhereverItLeads() {
        for (String there : new String[]{"2001:db8:5::5", "2001:db8:a::77", "2001:db8:face::77" }) {
            assertThat(sites.mobile.output("ip", "-6", "route", "get", there, "from", TwoSites.MOBILE.toString()))
                    .as(there).contains("dev matif");
        }
        assertThat(sites.mobile.output("ip", "-6", "route", "get", "2001:db8:a::77")).contains("dev eth0");
    }

    private Echo echo() {
        return new Echo(sites.mobile, TwoSites.MOBILE, sites.correspondent, TwoSites.PEER);
    }

    private static void attachAgain(Namespace node, KernelDataPlane plane, String nic) {
        node.call(() -> {
            plane.attach(nic);
            return null;
        });
    }

    private Optional<ShimEvent.OfNode> peerEvent() {
        return sites.peerPlane.nextEvent(Duration.ofSeconds(30));
    }
}
