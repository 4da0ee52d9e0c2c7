package org.godwit.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.godwit.lab.Requirements;
import org.godwit.lab.process.Processes;
import org.godwit.lab.process.Running;
import org.godwit.model.HomeAddress;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The generator gets answers of a mapping server; how many, no test says. */
@Tag("netns")
class ImsRigTest {

    private static final int BINDINGS = 2_000;

    @TempDir
    Path root;

    @BeforeAll
    static void needsNamespaces() {
        Tier.NETNS.needs(Requirements.missingForNetworks());
        Tier.NETNS.needs(Processes.isInstalled("clang") ? "" : "needs clang");
    }

    @Test
    void plainAndSignedQuestionsAreAnswered() {
        try (ImsRig rig = new ImsRig(root)) {
            ImsBindings bindings = new ImsBindings(BINDINGS);
            Path data = rig.folder().resolve("data");
            bindings.write(data, BINDINGS);
            UdpLoad load = UdpLoad.on(rig.node(), ImsRig.GENERATOR, rig.folder());
            try (Running ims = rig.ims(data, 128, false)) {
                for (Optional<HomeAddress> subscriber : List
                        .of(Optional.<HomeAddress>empty(), Optional.of(ImsBindings.hoa(0)))) {
                    UdpLoad.Questions questions = UdpLoad.Questions.write(rig.folder().resolve("questions"),
                            ImsRig.IMS_PORT, 4, 8, bindings.lookups(500, subscriber));
                    assertThat(load.capacity(questions, 2).answered()).isPositive();
                    assertThat(load.steady(questions, 100, 2).answered()).isPositive();
                }
                assertThat(ProcessorTime.of(ims.pid())).isPositive();
            }
        }
    }

    @Test
    void aSiteThatSendsTooMuchIsStoppedBeforeTheServerAndNobodyElse() {
        try (ImsRig rig = new ImsRig(root)) {
            ImsBindings bindings = new ImsBindings(BINDINGS);
            Path data = rig.folder().resolve("data");
            bindings.write(data, BINDINGS);
            rig.node().run("ip", "-6", "route", "add", "local", "2001:db8:bad::/48", "dev", "lo");
            UdpLoad load = UdpLoad.on(rig.node(), ImsRig.GENERATOR, rig.folder());
            UdpLoad.Questions questions = UdpLoad.Questions.write(rig.folder().resolve("questions"),
                    ImsRig.IMS_PORT, 4, 8, bindings.lookups(500, Optional.empty()));
            try (Running _ = rig.ims(data, 128, true)) {
                rig.node().run(load.flood(questions, 1_000, 2, "2001:db8:bad/256").toArray(String[]::new));
                assertThat(rules(rig)).contains("counter packets 0 bytes 0 drop");

                rig.node().run(load.flood(questions, 30_000, 2, "2001:db8:bad:ffff::1").toArray(String[]::new));
                assertThat(rules(rig)).doesNotContain("counter packets 0 bytes 0 drop");
                assertThat(load.steady(questions, 100, 2).answered()).isPositive();
            }
        }
    }

    private static String rules(ImsRig rig) {
        return rig.node().run("nft", "list", "chain", "ip6", "godwit_ims", "input");
    }
}
