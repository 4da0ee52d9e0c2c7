package org.godwit.guest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.net.Inet6Address;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.godwit.model.Epoch;
import org.godwit.model.Gateway;
import org.godwit.model.HomeAddress;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.SitePrefix;
import org.godwit.protocol.guest.FlipTrigger;
import org.godwit.protocol.guest.GuestAnswer;
import org.godwit.protocol.guest.GuestCall;
import org.godwit.protocol.guest.GuestCodec;
import org.godwit.protocol.guest.GuestReply;
import org.godwit.protocol.guest.GuestReply.Done;
import org.godwit.protocol.guest.GuestReply.GuestStatus;
import org.godwit.protocol.guest.GuestReply.Settled;
import org.godwit.protocol.guest.GuestReply.Staged;
import org.godwit.protocol.guest.GuestRequest;
import org.godwit.protocol.guest.GuestRequest.Arm;
import org.godwit.protocol.guest.GuestRequest.Enrol;
import org.godwit.protocol.guest.GuestRequest.Settle;
import org.godwit.protocol.guest.GuestRequest.Stage;
import org.godwit.protocol.guest.GuestRequest.Status;
import org.godwit.protocol.guest.ImsKey;
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

    private static final MacAddress MAC0 = MacAddress.of("52:54:00:00:00:01");
    private static final MacAddress MAC1 = MacAddress.of("52:54:00:00:00:02");
    private static final Gateway A = new Gateway(LinkLocalAddress.of("fe80::a1"), MacAddress.of("02:00:00:00:00:a1"),
            SitePrefix.of("2001:db8:a::/64"));
    private static final Gateway B = new Gateway(LinkLocalAddress.of("fe80::b1"), MacAddress.of("02:00:00:00:00:b1"),
            SitePrefix.of("2001:db8:b::/64"));
    private static final MobileAddress MOA_A = A.prefix().addressOf(MAC0);
    private static final MobileAddress MOA_B = B.prefix().addressOf(MAC1);
    private static final String HOA = "2001:db8:face::1";
    private static final String PEER = "2001:db8:face::c";
    private static final String PEER_MOA = "2001:db8:c::c";
    private static final Enrol IDENTITY = new Enrol(HomeAddress.of(HOA), SitePrefix.of("2001:db8:face::/64"),
            (Inet6Address) Inet6Address.ofLiteral("2001:db8:d::53"), 4342,
            new ImsKey("00112233445566778899aabbccddeeff"));
    private static final Epoch FIVE = new Epoch(5);
    private static final String GATEWAY = "gweth0";

    private Testbed testbed;
    private Path pins;
    private Process agent;
    private BlockingQueue<String> answers;
    private long id = 100;

    @BeforeAll
    static void needsNamespaces() {
        Tier.NETNS.needs(Testbed.lack());
    }

    @BeforeEach
    void build() throws Exception {
        testbed = new Testbed();
        pins = testbed.bpfFileSystem().resolve("godwit");
        testbed.link("eth0", MAC0, A);
        testbed.link("eth1", MAC1, B);
        testbed.advertise("eth0", A);
        testbed.in("node", "ip", "link", "set", "eth0", "up");
        start();
        assertThat(ask(IDENTITY)).as(testbed.log()).isInstanceOf(GuestStatus.class);
    }

    @AfterEach
    void remove() throws Exception {
        testbed.close();
    }

    private void start() throws Exception {
        agent = testbed.agent("--channel", "-", "--pin", pins.toString());
        BufferedReader reader = agent.inputReader(UTF_8);
        answers = new LinkedBlockingQueue<>();
        BlockingQueue<String> own = answers;
        Thread.ofVirtual().start(() -> reader.lines().forEach(own::add));
    }

    /** As by {@code kill -9}. The agent runs in place of the {@code ip} that started it. */
    private void kill() throws Exception {
        assertThat(agent.destroyForcibly().waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(agent.exitValue()).isEqualTo(128 + 9);
    }

    private GuestReply ask(GuestRequest request) throws Exception {
        agent.getOutputStream().write(GuestCodec.encode(new GuestCall(++id, request)));
        agent.getOutputStream().flush();
        String line = answers.poll(30, TimeUnit.SECONDS);
        assertThat(line).as("answer to " + request + "; log: " + testbed.log()).isNotNull();
        GuestAnswer answer = GuestCodec.decodeAnswer(line.getBytes(UTF_8));
        assertThat(answer.id()).isEqualTo(id);
        return answer.reply();
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
            kill();
            start();
            assertThat(ask(new Status())).as(testbed.log()).isInstanceOfSatisfying(GuestStatus.class, status -> {
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
        assertThat(ask(new Stage(MAC1, B, FIVE))).isEqualTo(new Staged(MOA_B, MAC1, MAC1.linkLocal()));
        kill();
        start();
        assertThat(ask(new Arm(FIVE))).as(testbed.log()).isEqualTo(new Done());
        // An announcement leaves: to the programs a sign of landing.
        testbed.in("node", "sysctl", "-qw", "net.ipv6.conf.eth1.ndisc_notify=1");
        testbed.in("node", "ip", "link", "set", "dev", "eth1", "address", MAC1.text());
        awaitFlip();
        kill();
        start();

        assertThat(ask(new Status())).as(testbed.log()).isInstanceOfSatisfying(GuestStatus.class, status -> {
            assertThat(status.activeMoa()).contains(MOA_B);
            assertThat(status.activeMac()).contains(MAC1);
            assertThat(status.armed()).isTrue();
        });
        assertThat(ask(new Settle(FIVE))).as(testbed.log()).isInstanceOfSatisfying(Settled.class, settled -> {
            assertThat(settled.activeMoa()).isEqualTo(MOA_B);
            assertThat(settled.trigger()).isIn(FlipTrigger.ANNOUNCED, FlipTrigger.NOTIFIED);
        });
        assertThat(testbed.in("node", "ip", "-6", "route", "show", "table", "all")).doesNotContain("eth0")
                .contains("default from 2001:db8:b::/64 via fe80::b1 dev eth1");
        kill();
        start();
        assertThat(ask(new Settle(FIVE))).isInstanceOf(Settled.class);
    }

    @Test
    void whatIsUninstalledLeavesTheNodeAsItWasBefore() throws Exception {
        String installed = state();
        testbed.advertise("eth1", B);
        assertThat(ask(new Stage(MAC1, B, FIVE))).isInstanceOf(Staged.class);
        assertThat(command("counters", "-o", "json")).startsWith("{\"translated_out\":");
        assertThat(command("counters", "-o", "prometheus")).contains("godwit_shim_bicast_total 0\n");
        assertThat(command("probe")).contains(") can run the shim\n");
        kill();

        assertThat(command("uninstall")).isEmpty();
        assertThat(installed).contains("matif", "6275", "clsact", "proto 77");
        assertThat(state()).doesNotContain("matif", "6275", "clsact", "proto 77", "PERMANENT");
        assertThat(pins).doesNotExist();
        assertThat(command("uninstall")).as("nothing is left to do").isEmpty();

        start();
        assertThat(ask(IDENTITY)).as("installed afresh").isInstanceOf(GuestStatus.class);
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
