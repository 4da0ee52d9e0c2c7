package org.godwit.guest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.godwit.guest.TwoSites.A;
import static org.godwit.guest.TwoSites.B;
import static org.godwit.guest.TwoSites.IDENTITY;
import static org.godwit.guest.TwoSites.KEY;
import static org.godwit.guest.TwoSites.MAC0;
import static org.godwit.guest.TwoSites.MAC1;
import static org.godwit.guest.TwoSites.MOA_A;
import static org.godwit.guest.TwoSites.MOA_B;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.godwit.model.Epoch;
import org.godwit.model.Gateway;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.Silences;
import org.godwit.protocol.guest.FlipTrigger;
import org.godwit.protocol.guest.GuestReply;
import org.godwit.protocol.guest.GuestReply.Done;
import org.godwit.protocol.guest.GuestReply.GuestStatus;
import org.godwit.protocol.guest.GuestReply.Refused;
import org.godwit.protocol.guest.GuestReply.Settled;
import org.godwit.protocol.guest.GuestReply.Staged;
import org.godwit.protocol.guest.GuestRequest;
import org.godwit.protocol.guest.GuestRequest.Arm;
import org.godwit.protocol.guest.GuestRequest.Settle;
import org.godwit.protocol.guest.GuestRequest.Stage;
import org.godwit.protocol.guest.GuestRequest.Unstage;
import org.godwit.protocol.guest.RefusalCode;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The whole agent as a process, with the real kernel, iproute2 and radvd; the test is its host. */
@Tag("netns")
class AgentInNamespaceTest {

    private Testbed testbed;
    private HostOfAgent host;

    @BeforeAll
    static void needsNamespaces() {
        Tier.NETNS.needs(Testbed.lack());
    }

    @BeforeEach
    void build() throws IOException {
        testbed = new Testbed();
    }

    @AfterEach
    void remove() throws Exception {
        testbed.close();
    }

    private void startGuest() throws IOException {
        TwoSites.lay(testbed);
        host = HostOfAgent.start(testbed);
    }

    private void enrol() throws Exception {
        assertThat(host.ask(IDENTITY)).as(testbed.log()).isInstanceOfSatisfying(GuestStatus.class, status -> {
            assertThat(status.activeMoa()).contains(MOA_A);
            assertThat(status.activeMac()).contains(MAC0);
        });
    }

    private void timed(GuestRequest request, GuestReply expected) throws Exception {
        long begin = System.nanoTime();
        assertThat(host.ask(request)).as(testbed.log()).isEqualTo(expected);
        long ms = (System.nanoTime() - begin) / 1_000_000;
        System.out.println(request.getClass().getSimpleName() + " took " + ms + " ms");
    }

    @Test
    void aGuestMovesThereAndBack() throws Exception {
        startGuest();
        enrol();
        testbed.advertise("eth1", B);
        Epoch five = new Epoch(5);

        timed(new Stage(MAC1, B, five), new Staged(MOA_B, MAC1, MAC1.linkLocal()));
        assertThat(testbed.in("node", "ip", "-6", "neigh", "show", "dev", "eth1")).containsPattern("fe80::b1 lladdr "
                + B.mac() + " (router )?PERMANENT");
        assertThat(testbed.in("node", "ip", "-6", "route", "show", "table", "all"))
                .contains("default from 2001:db8:b::/64 via fe80::b1 dev eth1")
                .contains("default from 2001:db8:a::/64 via fe80::a1 dev eth0");
        assertThat(plainRouteGoes()).isEqualTo("eth0");

        timed(new Arm(five), new Done());
        timed(new Settle(five), new Settled(MOA_B, FlipTrigger.COMMANDED, Silences.UNKNOWN));
        assertThat(plainRouteGoes()).isEqualTo("eth1");
        assertThat(testbed.in("node", "ip", "-6", "neigh", "show", "dev", "eth1")).doesNotContain("PERMANENT");
        assertThat(testbed.in("node", "ip", "-6", "route", "show", "table", "all")).doesNotContain("eth0");

        Epoch six = new Epoch(6);
        timed(new Stage(MAC0, A, six), new Staged(MOA_A, MAC0, MAC0.linkLocal()));
        assertThat(plainRouteGoes()).isEqualTo("eth1");
        timed(new Arm(six), new Done());
        timed(new Unstage(six), new Done());
        assertThat(testbed.in("node", "ip", "-6", "route", "show", "table", "all")).doesNotContain("eth0");
        assertThat(testbed.in("node", "ip", "-6", "addr", "show", "dev", "eth0")).doesNotContain("inet6");
    }

    private String plainRouteGoes() {
        String route = testbed.in("node", "ip", "-6", "route", "get", "2001:db8:d::1", "from", "::");
        return route.contains("dev eth0") ? "eth0" : route.contains("dev eth1") ? "eth1" : route;
    }

    @Test
    void aStrangersAdvertisementIsRefused() throws Exception {
        startGuest();
        enrol();
        testbed.advertise("eth1", B);
        Gateway expected = new Gateway(LinkLocalAddress.of("fe80::99"), B.mac(), B.prefix());

        assertThat(host.ask(new Stage(MAC1, expected, new Epoch(1)))).isInstanceOfSatisfying(Refused.class,
                refused -> assertThat(refused.code()).isEqualTo(RefusalCode.WRONG_ROUTER));
        assertThat(testbed.in("node", "ip", "-6", "addr", "show", "dev", "eth1")).doesNotContain("inet6");
    }

    @Test
    void anUplinkThatIsDownIsFoundAndTheOtherInterfaceLeftDown() throws Exception {
        startGuest();
        testbed.in("node", "ip", "link", "set", "eth0", "down");

        enrol();
        assertThat(testbed.in("node", "ip", "-o", "link", "show", "dev", "eth1")).contains("state DOWN");
    }

    @Test
    void aCorrespondentTranslatesAtItsOwnAddress() throws Exception {
        testbed.link("eth0", MAC0, A);
        testbed.in("node", "ip", "link", "set", "eth0", "up");
        testbed.in("node", "ip", "addr", "add", "2001:db8:a::c/64", "dev", "eth0", "nodad");
        Path key = testbed.file("key", KEY + "\n");
        Process agent = testbed.agent("--peer", "--hoa", "2001:db8:face::c", "--hoa-space", "2001:db8:face::/64",
                "--interface", "eth0", "--ims", "[2001:db8:d::53]:4342", "--key-file", key.toString());

        assertThat(logComesToSay(agent, "event=not_registered"))
                .contains("event=installed hoa=2001:db8:face::c moa=2001:db8:a:")
                .doesNotContain(KEY);
        assertThat(testbed.in("node", "ip", "-6", "addr", "show", "dev", "matif")).contains("2001:db8:face::c/128");
        assertThat(testbed.in("node", "ip", "-6", "route", "get", "2001:db8:face::1")).contains("dev matif")
                .contains("src 2001:db8:face::c");
    }

    @Test
    void aNodeThatMovesByItselfFollowsItsAddress() throws Exception {
        TwoSites.lay(testbed);
        Path key = testbed.file("key", KEY + "\n");
        Process agent = testbed.agent("--peer", "--hoa", "2001:db8:face::1", "--hoa-space", "2001:db8:face::/64",
                "--interface", "eth0,eth1", "--ims", "[2001:db8:d::53]:4342", "--key-file", key.toString());
        logComesToSay(agent, "event=installed hoa=2001:db8:face::1 moa=" + MOA_A);

        testbed.in("node", "ip", "link", "set", "eth1", "up");
        testbed.advertise("eth1", B);
        testbed.in("node", "ip", "link", "set", "eth0", "down");

        logComesToSay(agent, "event=moved hoa=2001:db8:face::1 moa=" + MOA_B + " interface=eth1");
    }

    @Test
    void aHomeGatewaySpeaksForAStranger() throws Exception {
        testbed.link("eth0", MAC0, A);
        testbed.in("node", "ip", "link", "set", "eth0", "up");
        testbed.in("node", "ip", "addr", "add", "2001:db8:a::c/64", "dev", "eth0", "nodad");
        testbed.in("gweth0", "ip", "addr", "add", "2001:db8:a::1/64", "dev", "link", "nodad");
        testbed.in("gweth0", "ip", "route", "add", "2001:db8:face::/64", "via", "2001:db8:a::c");
        testbed.in("node", "sysctl", "-qw", "net.ipv6.conf.all.forwarding=1");
        Path key = testbed.file("key", KEY + "\n");
        Process agent = testbed.agent("--home-gateway", "--proxy-prefix", "2001:db8:e::/64", "--proxy-key-file",
                key.toString(),
                "--hoa", "2001:db8:face::fe", "--hoa-space", "2001:db8:face::/64", "--interface", "eth0", "--ims",
                "[2001:db8:d::53]:4342", "--key-file", key.toString());
        assertThat(logComesToSay(agent, "event=installed")).contains("hoa=2001:db8:face::fe address=2001:db8:a::c")
                .contains("proxy_prefix=2001:db8:e::/64").doesNotContain(KEY);

        testbed.in("gweth0", "sh", "-c", "ping -6 -c 1 -W 1 2001:db8:face::1 || true");

        assertThat(logComesToSay(agent, "event=mapping_server_silent")).contains("registering 2001:db8:a::1");
        assertThat(agent.isAlive()).isTrue();
    }

    @Test
    void aRouterThatDoesNotForwardIsNoHomeGateway() throws Exception {
        Path key = testbed.file("key", KEY + "\n");
        Process agent = testbed.agent("--home-gateway", "--proxy-prefix", "2001:db8:e::/64", "--proxy-key-file",
                key.toString(),
                "--hoa", "2001:db8:face::fe", "--hoa-space", "2001:db8:face::/64", "--interface", "lo", "--ims",
                "[2001:db8:d::53]:4342", "--key-file", key.toString());

        assertThat(agent.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(agent.exitValue()).isEqualTo(1);
        assertThat(testbed.log()).contains("does not forward");
    }

    private String logComesToSay(Process agent, String words) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!testbed.log().contains(words) && agent.isAlive() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(20_000_000);
        }
        assertThat(testbed.log()).contains(words);
        return testbed.log();
    }
}
