package org.godwit.lab.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.godwit.lab.Correspondent;
import org.godwit.lab.HomeGateway;
import org.godwit.lab.Lab;
import org.godwit.lab.Node;
import org.godwit.lab.Requirements;
import org.godwit.lab.process.Patience;
import org.godwit.lab.process.Processes;
import org.godwit.lab.process.Running;
import org.godwit.model.HomeAddress;
import org.godwit.model.SitePrefix;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The home gateway's agent with the real kernel and the real mapping server. The part of the mobile node is played by a peer
 * that does not move, so no VM is needed.
 */
@Tag("netns")
@Timeout(240)
class HomeGatewayTest {

    private static final HomeAddress MOBILE = HomeAddress.of("2001:db8:face::2");
    private static final HomeAddress NOBODY = HomeAddress.of("2001:db8:face::77");
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Patience PATIENCE = new Patience(InstantSource.system());

    @TempDir
    private Path root;

    @BeforeAll
    static void needsNamespaces() {
        Tier.NETNS.needs(Requirements.missingForNetworks());
    }

    @Test
    void plainNodesTalkWithAHoaAndTheAgentMayBeRestarted() {
        try (Lab lab = Lab.open(root)) {
            Correspondent mobile = lab.correspondent("mobile");
            Node plain = lab.plainCorrespondent("plain");
            Node late = lab.plainCorrespondent("late");
            Node server = lab.plainCorrespondent("server");
            HomeGateway gateway = lab.homeGateway("hgw", HomeAddress.of("2001:db8:face::fe"),
                    SitePrefix.of(House.HOA_SPACE), SitePrefix.of("2001:db8:e::/64")).speaksAlwaysFor(server);
            Node control = lab.node("mcs");
            lab.start();
            House house = House.open(lab, control, gateway);
            house.know(mobile, MOBILE);
            String routes = gateway.run("ip", "-6", "route");
            Running agent = house.know(gateway);

            awaitAnswer(" 0% packet loss", plain, MOBILE.toString());
            awaitAnswer("Address unreachable", plain, NOBODY.toString());
            awaitAnswer(" 0% packet loss", mobile, "-I", MOBILE.toString(), plain.address().toCanonicalString());
            awaitAnswer(" 0% packet loss", mobile, "-I", MOBILE.toString(), server.address().toCanonicalString());
            // Nobody knows the way to a plain node that has never spoken.
            awaitAnswer("Address unreachable", mobile, "-I", MOBILE.toString(), late.address().toCanonicalString());

            Running pings = plain.start("pings",
                    List.of("ping", "-6", "-n", "-i", "0.05", "-c", "100", MOBILE.toString()));
            pings.awaitReady(PATIENCE, LIMIT, () -> pings.hasSaid("icmp_seq=10 "), "does not flow");
            agent.crash();
            agent = house.startAgent(gateway);
            assertThat(pings.await(LIMIT)).isZero();
            assertThat(pings.hasSaid(" 0% packet loss")).as("across the restart of the agent").isTrue();
            awaitSaying(agent, "event=adopted correspondents=2 mobile_nodes=1");
            awaitAnswer(" 0% packet loss", late, MOBILE.toString());
            awaitAnswer(" 0% packet loss", mobile, "-I", MOBILE.toString(), late.address().toCanonicalString());

            // As after a restart of the machine: the kernel has forgotten all, and the mobile node is the first to speak.
            agent.crash();
            Processes.run(LIMIT, gateway.enter(Programs.command("org.godwit.guest.Main", List.of("uninstall"))), "",
                    Programs.environment());
            assertThat(gateway.run("ip", "-6", "route")).isEqualTo(routes);
            house.startAgent(gateway);
            awaitAnswer(" 0% packet loss", mobile, "-I", MOBILE.toString(), plain.address().toCanonicalString());
        }
    }

    private static void awaitSaying(Running agent, String words) {
        agent.awaitReady(PATIENCE, LIMIT, () -> agent.hasSaid(words), "did not say \"" + words + "\"");
    }

    /** First packets wait for a second at most, which a busy machine may need. */
    private static void awaitAnswer(String words, Node from, String... to) {
        List<String> command = new ArrayList<>(List.of("ping", "-6", "-n", "-c", "1", "-W", "5"));
        command.addAll(List.of(to));
        AtomicReference<String> said = new AtomicReference<>("");
        PATIENCE.until(LIMIT, () -> {
            said.set(Processes.finish(LIMIT, from.enter(command), "", Map.of()).text());
            return said.get().contains(words);
        }, () -> "ping from " + from + " comes not to say \"" + words + "\" but " + said.get());
    }
}
