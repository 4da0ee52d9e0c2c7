package org.godwit.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.DatagramPacket;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.godwit.model.HomeAddress;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node that knows nothing of MAT talks to a HoA, on real parts: the user space of gateway and mobile node is played. */
@Tag("netns")
@Timeout(120)
class HomeGatewayTest {

    private static final int MEGABYTE = 1 << 20;

    private PlainWorld world;

    @BeforeAll
    static void needs() {
        Tier.NETNS.needs(Needs.lackForNetwork());
    }

    @BeforeEach
    void raise() {
        world = new PlainWorld();
    }

    @AfterEach
    void remove() {
        if (world != null) {
            world.close();
        }
    }

    @Test
    void aPlainNodesConnectionOutlivesFlips() {
        world.introduce();
        try (Echo echo = world.echoFromPlain()) {
            echo.exchange(MEGABYTE);
            world.mobilePlane.flip(Slot.SECOND);
            echo.exchange(MEGABYTE);
            assertThat(world.gatewayEvent())
                    .contains(new ShimEvent.PeerFlipped(PlainWorld.MOBILE, PlainWorld.MOBILE_B));
            world.gateway.putPeer(PlainWorld.MOBILE, PlainWorld.MOBILE_B, Optional.of(PlainWorld.MOBILE_A),
                    Optional.empty());
            world.mobilePlane.flip(Slot.FIRST);
            echo.exchange(MEGABYTE);

            assertThat(world.plain.output("ss", "-Htn")).contains("2001:db8:face::1").doesNotContain("2001:db8:a::",
                    "2001:db8:b::", PlainWorld.PROXY.toString());
            assertThat(world.mobile.output("ss", "-Htn")).contains("2001:db8:face::1", "2001:db8:d::30")
                    .doesNotContain("2001:db8:a::", "2001:db8:b::", PlainWorld.PROXY.toString());
        }
    }

    @Test
    void whileArmedNothingIsDoubledOrLost() {
        world.introduce();
        world.blackHole("b");
        try (Echo echo = world.echoFromPlain()) {
            world.mobilePlane.arm(Slot.SECOND);
            echo.exchange(MEGABYTE);
            assertThat(world.mobilePlane.armed()).as("nothing has landed yet").isTrue();
            world.blackHole("a");
            echo.exchange(MEGABYTE);
            assertThat(world.mobilePlane.armed()).isFalse();
        }
    }

    @Test
    void theMobileNodeOpensConnectionsToAPlainNodeThatHasAProxyAddress() {
        world.introduce();
        try (Echo echo = world.echoToPlain()) {
            echo.exchange(MEGABYTE);
        }
    }

    @Test
    void aStrangerIsReportedAndNothingLeavesForIt() {
        world.plain.output("sh", "-c", "ping -6 -c 1 -W 1 " + PlainWorld.MOBILE + " || true");

        assertThat(world.gatewayEvent()).contains(new ShimEvent.Stranger(PlainWorld.PLAIN));
        assertThat(world.gateway.counters()).containsEntry(Counter.HELD_OUT, 1L)
                .containsEntry(Counter.TRANSLATED_OUT, 0L);
    }

    @Test
    void aProxyAddressThatIsNobodysIsReportedAndNeverWanders() {
        world.introduce();
        world.gateway.proxies().remove(PlainWorld.PLAIN);
        world.mobile.output("sh", "-c",
                "ping -6 -c 1 -W 1 -I " + PlainWorld.MOBILE + " " + PlainWorld.PLAIN + " || true");

        assertThat(world.gatewayEvent()).contains(new ShimEvent.UnknownProxy(PlainWorld.PROXY));
        assertThat(world.gateway.counters()).containsEntry(Counter.HELD_IN, 1L);
    }

    @Test
    void aStrangersFirstPacketsWaitUntilItHasAProxyAddress() throws InterruptedException {
        world.gateway.removePeer(PlainWorld.MOBILE);
        Thread events = Thread.ofPlatform().start(() -> {
            while (true) {
                Optional<ShimEvent.OfGateway> event;
                try {
                    event = world.gatewayEvent();
                } catch (IllegalStateException e) {
                    return;
                }
                if (event.equals(Optional.of(new ShimEvent.Stranger(PlainWorld.PLAIN)))) {
                    world.introduce();
                } else if (event.equals(Optional.of(new ShimEvent.MissOut(PlainWorld.MOBILE)))) {
                    world.gateway.putPeer(PlainWorld.MOBILE, PlainWorld.MOBILE_A, Optional.empty(),
                            Optional.empty());
                } else if (event.orElse(null) instanceof ShimEvent.MissOut(var nobody)) {
                    world.gateway.removePeer(nobody);
                }
            }
        });
        try (Echo echo = world.echoFromPlain()) {
            echo.exchange(MEGABYTE);
        }
        assertThat(world.gateway.counters().get(Counter.RELEASED)).isPositive();
        assertThat(world.plain.output("sh", "-c", "ping -6 -c 1 -W 5 2001:db8:face::77 || true"))
                .contains("Address unreachable");
        world.gateway.close();
        assertThat(events.join(Duration.ofSeconds(30))).isTrue();
    }

    @Test
    void usersAreToldFromIdlers() {
        world.introduce();
        Proxies proxies = world.gateway.proxies();
        assertThat(proxies.takeUse(PlainWorld.PLAIN)).isEqualTo(new Proxies.Use(false, false));

        ping(world.plain, PlainWorld.MOBILE, 56);

        assertThat(proxies.takeUse(PlainWorld.PLAIN)).isEqualTo(new Proxies.Use(true, true));
        assertThat(proxies.takeUse(PlainWorld.PLAIN)).isEqualTo(new Proxies.Use(false, false));
        assertThat(proxies.known()).containsExactly(Map.entry(PlainWorld.PLAIN, PlainWorld.PROXY));
    }

    @Test
    void aNarrowerPathIsLearnedOnBothSidesOfTheGateway() {
        world.introduce();
        world.router.ip("route add 2001:db8:d::/64 dev site-d metric 1 mtu lock 1400",
                "route add 2001:db8:a::/64 dev site-a metric 1 mtu lock 1300");
        try (Echo echo = world.echoFromPlain()) {
            echo.exchange(MEGABYTE);
        }
        assertThat(world.gateway.counters().get(Counter.QUOTE_OUT)).as("packet too big for the plain link")
                .isPositive();
        assertThat(world.gateway.counters().get(Counter.QUOTE_IN)).as("packet too big for the mobile's link")
                .isPositive();
        assertThat(world.plain.output("ip", "-6", "route", "get", PlainWorld.MOBILE.toString())).contains("mtu 1300");
        assertThat(world.mobile.output("ip", "-6", "route", "get", PlainWorld.PLAIN.toString(), "from",
                PlainWorld.MOBILE.toString())).contains("mtu 1400");
    }

    @Test
    void aClosedPortIsReportedBothWays() {
        world.introduce();
        assertRefused(world.plain, PlainWorld.PLAIN, PlainWorld.MOBILE);
        assertRefused(world.mobile, PlainWorld.MOBILE, PlainWorld.PLAIN);
    }

    @Test
    void pingWorksUpToTheLargestFragmentedPacket() {
        world.introduce();
        for (int bytes : new int[]{56, 1400, 8000 }) {
            ping(world.plain, PlainWorld.MOBILE, bytes);
        }
    }

    @Test
    void anUninstalledGatewayLeavesNothing() {
        world.gatewayNode.call(() -> {
            world.gateway.uninstall();
            return null;
        });
        assertThat(world.gatewayNode.output("ip", "-6", "route")).doesNotContain("unreachable", "matif");
        assertThat(world.gatewayNode.output("ip", "link")).doesNotContain("matif");
    }

    private static void ping(Namespace from, HomeAddress to, int bytes) {
        assertThat(from.output("timeout", "-k", "1", "20", "ping", "-6", "-c", "3", "-i", "0.1", "-s",
                Integer.toString(bytes), to.toString())).as(bytes + " bytes").contains(" 0% packet loss");
    }

    private static void assertRefused(Namespace from, HomeAddress self, HomeAddress to) {
        from.call(() -> {
            try (DatagramChannel channel = DatagramChannel.open()) {
                channel.bind(new InetSocketAddress(self.address().toInetAddress(), 0));
                channel.connect(new InetSocketAddress(to.address().toInetAddress(), 9));
                channel.write(ByteBuffer.allocate(8));
                channel.socket().setSoTimeout((int) Duration.ofSeconds(30).toMillis());
                assertThatThrownBy(() -> channel.socket().receive(new DatagramPacket(new byte[8], 8)))
                        .isInstanceOf(PortUnreachableException.class);
            }
            return null;
        });
    }
}
