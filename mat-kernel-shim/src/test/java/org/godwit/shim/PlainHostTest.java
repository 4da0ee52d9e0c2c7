package org.godwit.shim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.Optional;
import org.godwit.model.MobileAddress;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A mobile node talks by its MoA to hosts that have no HoA, as with a server on the Internet. */
@Tag("netns")
@Timeout(120)
class PlainHostTest {

    private static final MobileAddress PLAIN = MobileAddress.of("2001:db8:d::1");
    private static final int PORT = 7010;
    private static final int TIMEOUT_MS = 15_000;
    private static final Duration HOUR = Duration.ofHours(1);

    private TwoSites sites;

    @BeforeAll
    static void needs() {
        Tier.NETNS.needs(Needs.lackForNetwork());
    }

    @BeforeEach
    void raise() {
        sites = new TwoSites();
        sites.router.ip("address add " + PLAIN + "/128 dev lo nodad");
        sites.router.await("local " + PLAIN, "ip", "-6", "route", "show", "table", "local");
    }

    @AfterEach
    void remove() {
        if (sites != null) {
            sites.close();
        }
    }

    private static InetAddress address(MobileAddress address) {
        return address.address().toInetAddress();
    }

    @Test
    void aConnectionThatTheNodeOpensIsPlainWithoutAskingAnybody() throws IOException {
        try (ServerSocket server = sites.router.call(() -> new ServerSocket(PORT, 1, address(PLAIN)));
                Socket client = bound(sites.mobile, address(TwoSites.MOBILE_A))) {
            client.connect(new InetSocketAddress(address(PLAIN), PORT), TIMEOUT_MS);
            client.setSoTimeout(TIMEOUT_MS);
            try (Socket accepted = server.accept()) {
                accepted.getOutputStream().write(42);
                assertThat(client.getInputStream().read()).isEqualTo(42);
            }
        }
        assertThat(sites.mobilePlane.counters().get(Counter.PLAIN_IN)).isPositive();
        assertThat(sites.mobilePlane.nextEvent(Duration.ZERO)).isEmpty();
    }

    @Test
    void anAnswerToAConnectedDatagramSocketIsPlainToo() throws IOException {
        try (DatagramChannel server = datagrams(sites.router, PLAIN, PORT);
                DatagramChannel client = datagrams(sites.mobile, TwoSites.MOBILE_A, 0)) {
            client.connect(new InetSocketAddress(address(PLAIN), PORT));
            client.write(ByteBuffer.wrap(new byte[1]));
            server.send(ByteBuffer.wrap(new byte[2]), server.receive(ByteBuffer.allocate(8)));

            assertThat(receivedBy(client)).isEqualTo(2);
        }
        assertThat(sites.mobilePlane.nextEvent(Duration.ZERO)).isEmpty();
    }

    @Test
    void whatBelongsToNoConnectionIsKeptUntilItIsKnownToBeNobodysMoa() throws IOException {
        try (DatagramChannel server = datagrams(sites.router, PLAIN, PORT);
                DatagramChannel client = datagrams(sites.mobile, TwoSites.MOBILE_A, PORT)) {
            server.send(ByteBuffer.wrap(new byte[3]), client.getLocalAddress());
            assertThat(sites.mobilePlane.nextEvent(Duration.ofSeconds(30)))
                    .contains(new ShimEvent.UnknownSource(PLAIN));

            // Held for a second at most, so that a busy machine may have to send once more.
            sites.mobilePlane.passPlain(PLAIN, HOUR);
            server.send(ByteBuffer.wrap(new byte[3]), client.getLocalAddress());
            assertThat(receivedBy(client)).isEqualTo(3);
        }
        assertThat(sites.mobile.output("ping", "-6", "-n", "-c", "3", "-i", "0.05", "-w", "15", "-I",
                TwoSites.MOBILE_A.toString(), PLAIN.toString())).contains(" 0% packet loss");
        assertThat(sites.mobilePlane.nextEvent(Duration.ZERO)).isEmpty();
    }

    @Test
    void aPeersPacketsAreTranslatedThoughItsMoaWasTakenForNobodys() {
        sites.mobilePlane.removePeer(TwoSites.PEER);
        sites.mobilePlane.passPlain(TwoSites.PEER_C, HOUR);
        sites.mobilePlane.putPeer(TwoSites.PEER, TwoSites.PEER_C, Optional.empty(), Optional.empty());

        try (Echo echo = new Echo(sites.mobile, TwoSites.MOBILE, sites.correspondent, TwoSites.PEER)) {
            echo.exchange(10_000);
        }
        assertThat(sites.mobilePlane.counters()).containsEntry(Counter.PLAIN_IN, 0L);
    }

    @Test
    void anUnknownPeersPacketsForAListeningSocketAreKeptFromIt() throws IOException {
        sites.mobilePlane.removePeer(TwoSites.PEER);
        long before = sites.mobilePlane.counters().get(Counter.PLAIN_IN);
        try (ServerSocket server = sites.mobile.call(() -> new ServerSocket(PORT));
                Socket peer = bound(sites.correspondent, TwoSites.PEER.address().toInetAddress())) {
            Thread.ofVirtual().start(() -> {
                try {
                    peer.connect(new InetSocketAddress(TwoSites.MOBILE.address().toInetAddress(),
                            server.getLocalPort()), TIMEOUT_MS);
                } catch (IOException e) {
                    // Nobody makes the peer known here.
                }
            });
            assertThat(sites.mobilePlane.nextEvent(Duration.ofSeconds(30)))
                    .contains(new ShimEvent.UnknownSource(TwoSites.PEER_C));
        }
        assertThat(sites.mobilePlane.counters()).containsEntry(Counter.PLAIN_IN, before);
    }

    private static Socket bound(Namespace node, InetAddress address) {
        return node.call(() -> {
            Socket socket = new Socket();
            socket.bind(new InetSocketAddress(address, 0));
            return socket;
        });
    }

    private static DatagramChannel datagrams(Namespace node, MobileAddress address, int port) {
        return node.call(() -> DatagramChannel.open().bind(new InetSocketAddress(address(address), port)));
    }

    /** How many bytes came. */
    private static int receivedBy(DatagramChannel channel) throws IOException {
        channel.socket().setSoTimeout(TIMEOUT_MS);
        DatagramPacket packet = new DatagramPacket(new byte[16], 16);
        try {
            channel.socket().receive(packet);
            return packet.getLength();
        } catch (SocketTimeoutException e) {
            throw new AssertionError("nothing came", e);
        }
    }
}
