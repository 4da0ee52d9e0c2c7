package org.godwit.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.godwit.model.HomeAddress;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two nodes that know nothing of each other until the first packet. */
@Tag("netns")
@Timeout(120)
class FirstContactTest {

    /** The time that a packet is held is real, so on a busy machine it can run out; but not every time. */
    private static final int ATTEMPTS = 5;

    private TwoSites sites;
    private volatile boolean done;

    @BeforeAll
    static void needs() {
        Tier.NETNS.needs(Needs.lackForNetwork());
    }

    @BeforeEach
    void raise() {
        sites = new TwoSites();
        answer(sites.mobilePlane, this::tellOfPeer);
        answer(sites.peerPlane, this::tellOfMobile);
    }

    @AfterEach
    void remove() {
        done = true;
        if (sites != null) {
            sites.close();
        }
    }

    /** What a mapping server and an agent do, at once. */
    private void answer(KernelDataPlane plane, Consumer<ShimEvent> how) {
        Thread.ofPlatform().daemon().start(() -> {
            while (!done) {
                try {
                    plane.nextEvent(Duration.ofMillis(50)).ifPresent(how);
                } catch (IllegalStateException closed) {
                    return;
                }
            }
        });
    }

    private void tellOfPeer(ShimEvent event) {
        if (event.equals(new ShimEvent.MissOut(TwoSites.PEER))
                || event.equals(new ShimEvent.UnknownSource(TwoSites.PEER_C))) {
            sites.mobilePlane.putPeer(TwoSites.PEER, TwoSites.PEER_C, Optional.empty(), Optional.empty());
        } else if (event instanceof ShimEvent.MissOut(HomeAddress nobody)) {
            sites.mobilePlane.removePeer(nobody);
        }
    }

    private void tellOfMobile(ShimEvent event) {
        if (event.equals(new ShimEvent.UnknownSource(TwoSites.MOBILE_A))) {
            sites.peerPlane.putPeer(TwoSites.MOBILE, TwoSites.MOBILE_A, Optional.empty(), Optional.empty());
        }
    }

    @Test
    void noPacketOfANewConnectionIsSentTwice() {
        for (int attempt = 1;; attempt++) {
            sites.mobilePlane.removePeer(TwoSites.PEER);
            sites.peerPlane.removePeer(TwoSites.MOBILE);
            long retransmitted = retransmitted();
            try (Echo echo = new Echo(sites.mobile, TwoSites.MOBILE, sites.correspondent, TwoSites.PEER)) {
                echo.exchange(100_000);
            }
            if (retransmitted() == retransmitted) {
                break;
            }
            assertThat(attempt).as("SYN retransmitted in each attempt").isLessThan(ATTEMPTS);
        }
        assertThat(sites.mobilePlane.counters().get(Counter.HELD_OUT)).isPositive();
        assertThat(sites.mobilePlane.counters().get(Counter.RELEASED)).isPositive();
        assertThat(sites.peerPlane.counters().get(Counter.HELD_IN)).isPositive();
        assertThat(sites.peerPlane.counters().get(Counter.RELEASED)).isPositive();
    }

    private long retransmitted() {
        String line = sites.mobile.output("nstat", "-asz", "TcpExtTCPSynRetrans").lines()
                .filter(text -> text.startsWith("TcpExtTCPSynRetrans")).findFirst().orElseThrow();
        return Long.parseLong(line.split(" +")[1]);
    }

    @Test
    void theFirstDatagramsArriveAndInOrder() {
        for (int attempt = 1;; attempt++) {
            sites.mobilePlane.removePeer(TwoSites.PEER);
            sites.peerPlane.removePeer(TwoSites.MOBILE);
            try (Datagrams datagrams = new Datagrams(sites.mobile, TwoSites.MOBILE, sites.correspondent,
                    TwoSites.PEER)) {
                datagrams.send(4);
                if (datagrams.received().size() == 4) {
                    break;
                }
            }
            assertThat(attempt).as("a datagram lost in each attempt").isLessThan(ATTEMPTS);
        }
        for (Namespace node : new Namespace[]{sites.mobile, sites.correspondent }) {
            assertThat(node.output("nstat", "-asz", "Udp6InCsumErrors")).containsPattern("Udp6InCsumErrors +0 ");
        }
    }

    @Test
    void anApplicationIsToldThatNobodyHasTheAddress() {
        InetSocketAddress nobody = new InetSocketAddress(HomeAddress.of("2001:db8:face::77").address().toInetAddress(),
                7);

        sites.mobile.call(() -> {
            try (Socket socket = new Socket()) {
                assertThatThrownBy(() -> socket.connect(nobody, 20_000)).isInstanceOf(IOException.class)
                        .isNotInstanceOf(SocketTimeoutException.class);
            }
            return null;
        });
    }
}
