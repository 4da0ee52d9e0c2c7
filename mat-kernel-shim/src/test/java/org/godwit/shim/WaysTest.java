package org.godwit.shim;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.stream.IntStream;
import org.godwit.model.MobileAddress;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Packets go the way of those before them, until something changes: then the very next one goes the new way. */
@Tag("netns")
@Timeout(120)
class WaysTest {

    private static final MobileAddress PEER_ELSEWHERE = MobileAddress.of("2001:db8:c::21");
    private static final Duration GATEWAY_LIMIT = Duration.ofSeconds(30);

    private TwoSites sites;

    @BeforeAll
    static void needs() {
        Tier.NETNS.needs(Needs.lackForNetwork());
    }

    @BeforeEach
    void raise() {
        sites = new TwoSites();
        sites.correspondent.ip("address add " + PEER_ELSEWHERE + "/64 dev eth0 nodad");
        sites.router.ip("neighbour replace " + PEER_ELSEWHERE + " lladdr 02:00:00:00:01:0c nud permanent dev site-c");
    }

    @AfterEach
    void remove() {
        if (sites != null) {
            sites.close();
        }
    }

    @Test
    void afterAFlipTheNextPacketLeavesThroughTheOtherInterface() {
        try (Datagrams there = there()) {
            there.send(5);
            sites.blackHole("a");
            sites.mobilePlane.flip(Slot.SECOND);
            there.send(5);

            assertThat(there.received()).containsExactlyElementsOf(first(10));
        }
        assertThat(sites.peerPlane.counters()).containsEntry(Counter.PEER_FLIP, 1L);
    }

    @Test
    void whenThePeerFollowsItsNextPacketGoesTheNewWay() {
        try (Datagrams there = there(); Datagrams back = back()) {
            back.send(5);
            sites.mobilePlane.flip(Slot.SECOND);
            there.send(1);
            there.received();
            sites.mobile.ip("link set eth0 down");
            back.send(5);

            assertThat(back.received()).containsExactlyElementsOf(first(10));
        }
    }

    @Test
    void whenThePeerIsSaidToBeElsewhereTheNextPacketGoesThere() {
        try (Datagrams there = there(); Datagrams back = back()) {
            there.send(5);
            back.send(5);
            sites.mobilePlane.putPeer(TwoSites.PEER, PEER_ELSEWHERE, Optional.empty(), Optional.empty());
            sites.correspondent.call(() -> {
                sites.peerPlane.own(Slot.FIRST, PEER_ELSEWHERE, Libc.interfaceIndex("eth0"));
                return null;
            });
            there.send(5);
            back.send(5);

            assertThat(there.received()).containsExactlyElementsOf(first(10));
            assertThat(back.received()).containsExactlyElementsOf(first(10));
        }
        assertThat(sites.mobilePlane.counters()).containsEntry(Counter.HELD_IN, 0L);
    }

    @Test
    void aGatewayThatGetsAnotherMacIsFoundAgain() {
        String mac = "02:00:00:00:00:99";
        try (Datagrams there = there()) {
            there.send(5);
            there.collect();
            sites.router.ip("link set site-a address " + mac);
            sites.mobile.ip("neighbour replace 2001:db8:a::1 lladdr " + mac + " nud permanent dev eth0");

            long before = arrived();
            long deadline = System.nanoTime() + GATEWAY_LIMIT.toNanos();
            while (arrived() == before) {
                assertThat(System.nanoTime()).as("nothing arrives").isLessThan(deadline);
                there.send(1);
            }
        }
    }

    @Test
    void noPacketLooksStampedOnTheWire() {
        sites.router.call(() -> Command.output("nft", """
                table netdev stamped {
                  chain in {
                    type filter hook ingress device "site-a" priority 0;
                    ip6 flowlabel & 0x80000 != 0 drop
                  }
                }
                """));

        // The kernel gives each connection a random label, so that half of them would.
        for (int i = 0; i < 12; i++) {
            try (Echo echo = new Echo(sites.mobile, TwoSites.MOBILE, sites.correspondent, TwoSites.PEER)) {
                echo.exchange(20_000);
            }
        }
    }

    private long arrived() {
        return sites.peerPlane.counters().get(Counter.TRANSLATED_IN);
    }

    private Datagrams there() {
        return new Datagrams(sites.mobile, TwoSites.MOBILE, sites.correspondent, TwoSites.PEER);
    }

    private Datagrams back() {
        return new Datagrams(sites.correspondent, TwoSites.PEER, sites.mobile, TwoSites.MOBILE);
    }

    private static Iterable<Integer> first(int count) {
        return IntStream.range(0, count).boxed().toList();
    }
}
