package org.godwit.guest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.godwit.guest.TwoSites.A;
import static org.godwit.guest.TwoSites.B;
import static org.godwit.guest.TwoSites.HOA;
import static org.godwit.guest.TwoSites.IDENTITY;
import static org.godwit.guest.TwoSites.MAC1;
import static org.godwit.guest.TwoSites.MOA_A;
import static org.godwit.guest.TwoSites.MOA_B;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.godwit.model.Epoch;
import org.godwit.protocol.guest.FlipTrigger;
import org.godwit.protocol.guest.GuestReply.Done;
import org.godwit.protocol.guest.GuestReply.GuestStatus;
import org.godwit.protocol.guest.GuestReply.Settled;
import org.godwit.protocol.guest.GuestReply.Staged;
import org.godwit.protocol.guest.GuestRequest.Arm;
import org.godwit.protocol.guest.GuestRequest.Settle;
import org.godwit.protocol.guest.GuestRequest.Stage;
import org.godwit.protocol.guest.GuestRequest.Status;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The agent is killed and started again; neither traffic nor a migration notices. */
@Tag("netns")
@Timeout(120)
class AgentRestartTest {

    private static final String PEER = "2001:db8:face::c";
    private static final String PEER_MOA = "2001:db8:c::c";
    private static final Epoch FIVE = new Epoch(5);
    private static final String GATEWAY = "gweth0";

    private Testbed testbed;
    private Path pins;
    private HostOfAgent host;

    @BeforeAll
    static void needsNamespaces() {
        Tier.NETNS.needs(Testbed.lack());
    }

    @BeforeEach
    void build() throws Exception {
        testbed = new Testbed();
        pins = testbed.bpfFileSystem().resolve("godwit");
        TwoSites.lay(testbed);
        start();
        assertThat(host.ask(IDENTITY)).as(testbed.log()).isInstanceOf(GuestStatus.class);
    }

    @AfterEach
    void remove() throws Exception {
        testbed.close();
    }

    private void start() throws Exception {
        host = HostOfAgent.start(testbed, "--pin", pins.toString());
    }

    /** The gateway of site A is the peer too. */
    private void makePeer() {
        testbed.in(GATEWAY, "ip", "addr", "add", "2001:db8:a::1/64", "dev", "link", "nodad");
        testbed.in(GATEWAY, "ip", "link", "set", "lo", "up");
        testbed.in(GATEWAY, "ip", "addr", "add", PEER_MOA + "/128", "dev", "lo", "nodad");
        testbed.peerProcess(GATEWAY, "install", PEER, PEER_MOA, "link", index(GATEWAY, "link"), HOA,
                MOA_A.toString());
        testbed.peerProcess("node", "install", HOA, MOA_A.toString(), "eth0", index("node", "eth0"), PEER, PEER_MOA,
                pins.toString());
    }

    private String index(String name, String nic) {
        return testbed.in(name, "cat", "/sys/class/net/" + nic + "/ifindex").strip();
    }

    @Test
    void noPacketIsLostWhenTheAgentIsKilledAndStartedAgain() throws Exception {
        makePeer();
        Process server = testbed.startPeerProcess(GATEWAY, "serve", PEER);
        BufferedReader served = server.inputReader(UTF_8);
        assertThat(served.readLine()).isEqualTo("ready");
        Process ping = testbed.start("node", "ping", "-6", "-n", "-q", "-i", "0.005", "-W", "10", "-I", HOA, PEER);
        Process talk = testbed.startPeerProcess("node", "talk", HOA, PEER);
        BufferedReader talked = talk.inputReader(UTF_8);
        assertThat(talked.readLine()).as(testbed.log()).isEqualTo("ready");

        for (int round = 0; round < 2; round++) {
            host.kill();
            start();
            assertThat(host.ask(new Status())).as(testbed.log()).isInstanceOfSatisfying(GuestStatus.class, status -> {
                assertThat(status.enrolled()).isTrue();
                assertThat(status.activeMoa()).contains(MOA_A);
            });
        }

        talk.getOutputStream().write('.');
        talk.getOutputStream().flush();
        assertThat(talked.readLine()).as(testbed.log()).startsWith("echoes ");
        // As by Ctrl-C: it waits for the last answer and says how many were lost.
        testbed.in("node", "kill", "-INT", Long.toString(ping.pid()));
        assertThat(new String(ping.getInputStream().readAllBytes(), UTF_8)).contains(" 0% packet loss");
        assertThat(testbed.log()).contains("event=resumed hoa=" + HOA).contains("peers=1");
    }

    @Test
    void aMigrationIsSettledByAnAgentThatWasStartedInTheMiddleOfIt() throws Exception {
        testbed.advertise("eth1", B);
        assertThat(host.ask(new Stage(MAC1, B, FIVE))).isEqualTo(new Staged(MOA_B, MAC1, MAC1.linkLocal()));
        host.kill();
        start();
        assertThat(host.ask(new Arm(FIVE))).as(testbed.log()).isEqualTo(new Done());
        // An announcement leaves: to the programs a sign of landing.
        testbed.in("node", "sysctl", "-qw", "net.ipv6.conf.eth1.ndisc_notify=1");
        testbed.in("node", "ip", "link", "set", "dev", "eth1", "address", MAC1.text());
        awaitFlip();
        host.kill();
        start();

        assertThat(host.ask(new Status())).as(testbed.log()).isInstanceOfSatisfying(GuestStatus.class, status -> {
            assertThat(status.activeMoa()).contains(MOA_B);
            assertThat(status.activeMac()).contains(MAC1);
            assertThat(status.armed()).isTrue();
        });
        assertThat(host.ask(new Settle(FIVE))).as(testbed.log()).isInstanceOfSatisfying(Settled.class, settled -> {
            assertThat(settled.activeMoa()).isEqualTo(MOA_B);
            assertThat(settled.trigger()).isIn(FlipTrigger.ANNOUNCED, FlipTrigger.NOTIFIED);
        });
        assertThat(testbed.in("node", "ip", "-6", "route", "show", "table", "all")).doesNotContain("eth0")
                .contains("default from 2001:db8:b::/64 via fe80::b1 dev eth1");
        host.kill();
        start();
        assertThat(host.ask(new Settle(FIVE))).isInstanceOf(Settled.class);
    }

    @Test
    void whatIsUninstalledLeavesTheNodeAsItWasBefore() throws Exception {
        String installed = state();
        testbed.advertise("eth1", B);
        assertThat(host.ask(new Stage(MAC1, B, FIVE))).isInstanceOf(Staged.class);
        assertThat(command("counters", "-o", "json")).startsWith("{\"translated_out\":");
        assertThat(command("counters", "-o", "prometheus")).contains("godwit_shim_bicast_total 0\n");
        assertThat(command("probe")).contains(") can run the shim\n");
        host.kill();

        assertThat(command("uninstall")).isEmpty();
        assertThat(installed).contains("matif", "6275", "proto 77");
        assertThat(state()).doesNotContain("matif", "6275", "clsact", "proto 77", "PERMANENT");
        assertThat(pins).doesNotExist();
        assertThat(command("uninstall")).as("nothing is left to do").isEmpty();

        start();
        assertThat(host.ask(IDENTITY)).as("installed afresh").isInstanceOf(GuestStatus.class);
    }

    private String command(String name, String... options) {
        List<String> arguments = new ArrayList<>(List.of(name, "--pin", pins.toString()));
        arguments.addAll(List.of(options));
        return testbed.command(arguments.toArray(String[]::new));
    }

    private String state() {
        return testbed.in("node", "ip", "address") + testbed.in("node", "ip", "-6", "rule")
                + testbed.in("node", "ip", "-6", "route", "show", "table", "all")
                + testbed.in("node", "ip", "-6", "neigh") + testbed.in("node", "tc", "qdisc");
    }

    private void awaitFlip() throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!testbed.log().contains("event=flipped") && System.nanoTime() < deadline) {
            LockSupport.parkNanos(20_000_000);
        }
        assertThat(testbed.log()).contains("event=flipped");
    }
}
