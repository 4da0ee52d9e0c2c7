package org.godwit.lab.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
            HomeGateway gateway = lab.homeGateway("hgw", HomeAddress.of("2001:db8:face::fe"),
                    SitePrefix.of(House.HOA_SPACE), SitePrefix.of("2001:db8:e::/64"));
            Node control = lab.node("mcs");
            lab.start();
            House house = House.open(lab, control, gateway);
            house.know(mobile, MOBILE);
            Running agent = house.know(gateway);

            assertThat(ping(plain, "-c", "3", MOBILE.toString())).as("the first packet waits for the mapping server")
                    .contains(" 0% packet loss");
            assertThat(ping(plain, "-c", "1", NOBODY.toString())).contains("Address unreachable");
            assertThat(ping(mobile, "-c", "3", "-I", MOBILE.toString(), plain.address().toCanonicalString()))
                    .contains(" 0% packet loss");
            assertThat(ping(mobile, "-c", "1", "-I", MOBILE.toString(), late.address().toCanonicalString()))
                    .as("nobody knows the way to a plain node that has never spoken").contains("Address unreachable");

            Running pings = plain.start("pings",
                    List.of("ping", "-6", "-n", "-i", "0.05", "-c", "100", MOBILE.toString()));
            pings.awaitReady(PATIENCE, LIMIT, () -> pings.hasSaid("icmp_seq=10 "), "does not flow");
            agent.crash();
            agent = house.startAgent(gateway);
            assertThat(pings.await(LIMIT)).isZero();
            assertThat(pings.hasSaid(" 0% packet loss")).as("across the restart of the agent").isTrue();
            awaitSaying(agent, "event=adopted correspondents=1 mobile_nodes=1");
            assertThat(ping(late, "-c", "3", MOBILE.toString())).contains(" 0% packet loss");
            assertThat(agent.hasSaid("reason")).as("complaints").isFalse();
        }
    }

    private static void awaitSaying(Running agent, String words) {
        agent.awaitReady(PATIENCE, LIMIT, () -> agent.hasSaid(words), "did not say \"" + words + "\"");
    }

    /** What ping says, whether all went well or not. */
    private static String ping(Node from, String... arguments) {
        List<String> command = new ArrayList<>(List.of("ping", "-6", "-n", "-i", "0.1", "-W", "5"));
        command.addAll(List.of(arguments));
        return Processes.finish(LIMIT, from.enter(command), "", Map.of()).text();
    }
}
