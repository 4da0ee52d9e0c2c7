package org.godwit.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.godwit.lab.Host;
import org.godwit.lab.LabFolder;
import org.godwit.lab.Node;
import org.godwit.lab.Requirements;
import org.godwit.lab.VmSize;
import org.godwit.lab.experiment.Stage;
import org.godwit.lab.experiment.TextReport;
import org.godwit.lab.experiment.rowdisk.RowDiskExperiment;
import org.godwit.lab.experiment.rowdisk.RowDiskRun;
import org.godwit.lab.house.House.Answer;
import org.godwit.lab.house.Meter;
import org.godwit.lab.hypervisor.Qemu;
import org.godwit.lab.image.GuestImage;
import org.godwit.lab.image.GuestImages;
import org.godwit.lab.process.Patience;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.rest.Resources.Finding;
import org.godwit.protocol.rest.Resources.Migration;
import org.godwit.protocol.rest.Resources.MigrationPlan;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Checks, plans and rehearsals on real parts, with real faults; and what they were about: a VM that flies with its disk. */
@Tag("vm")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PrecheckFlightTest {

    private static final int REFUSED = 3;
    private static final String OTHER_MAC = "02:00:00:00:00:99";

    private static final int SLOW_MBIT = 20;
    private static final int FAST_MBIT = 1000;
    /** So much that layers are worth their while. */
    private static final String MUCH = "overwrite=0 hot=1 run=16 pause=0";
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Patience PATIENCE = new Patience(InstantSource.system());

    @TempDir
    static Path folder;

    private static TwoSites scene;

    @BeforeAll
    static void aVmRunsAtSiteA() {
        Tier.VM.needs(Requirements.missingForVms());
        GuestImages images = GuestImages.standard();
        GuestImage image = images.guest();
        scene = TwoSites.open(Qemu.probe(images), LabFolder.STANDARD_ROOT, image,
                new TwoSites.Plan(VmSize.SMALL, 0, TwoSites.Part.DISK), folder, System.out::println);
    }

    @AfterAll
    static void nothingIsLeft() {
        if (scene != null) {
            scene.saveLogs(Path.of("target/precheck-flight"));
            scene.close();
        }
    }

    @Test
    @Order(1)
    void aPlanOfAGoodVmIsCleanAndTouchesNothing() {
        String before = state();
        MigrationPlan plan = plan(0);
        assertThat(speaking(plan.findings())).isEmpty();
        assertThat(plan.wouldGo()).isTrue();
        assertThat(plan.steps()).extracting(step -> step.phase()).contains("CHECKED", "GATEWAY_STAGED", "REBINDING");
        assertThat(plan.forecast().restsOn()).isNotEmpty();
        assertThat(state()).isEqualTo(before);
        System.out.println(scene.house().ask("migrate", "vm1", "--to", "host-b", "--plan").text());
    }

    @Test
    @Order(2)
    void allFaultsOfTheTargetAreFoundAtOnce() throws IOException {
        Node gateway = scene.siteB().gatewayNode();
        String taken = futureMoa() + "/64";
        Path meminfo = Files.writeString(folder.resolve("meminfo"), "MemTotal: 8000000 kB\nMemAvailable: 100000 kB\n");
        scene.hostB().run("mount", "--bind", meminfo.toString(), "/proc/meminfo");
        gateway.run("ip", "addr", "add", taken, "dev", "lan", "nodad");
        // The gateway's bridge takes over the least MTU of its ports, and says so to whoever sends more.
        gateway.run("ip", "link", "set", "host-b", "mtu", "1400");
        scene.hostB().run("ip", "link", "set", "uplink", "mtu", "1400");
        gatewayMac(OTHER_MAC);
        scene.hostB().run("nft", "add table inet fault; add chain inet fault in { type filter hook input priority 0; };"
                + " add rule inet fault in tcp dport 16514 reject with tcp reset");
        try {
            List<Finding> findings = plan(REFUSED).findings();
            assertThat(findings).filteredOn(finding -> finding.severity().equals("error")).extracting(Finding::check)
                    .contains("memory", "libvirt", "bridge", "gateway", "address")
                    .doesNotContain("egress", "vm", "guest");
            assertThat(findings).filteredOn(finding -> finding.check().equals("gateway")).extracting(Finding::problem)
                    .anySatisfy(
                            problem -> assertThat(problem).contains(OTHER_MAC, scene.siteB().gateway().mac().text()));
            assertThat(findings).filteredOn(finding -> finding.check().equals("address")).extracting(Finding::problem)
                    .anySatisfy(problem -> assertThat(problem).contains(futureMoa().toString()));
        } finally {
            scene.hostB().run("nft", "delete table inet fault");
            gatewayMac(scene.siteB().gateway().mac().text());
            scene.hostB().run("ip", "link", "set", "uplink", "mtu", "1500");
            gateway.run("ip", "link", "set", "host-b", "mtu", "1500");
            gateway.run("ip", "addr", "del", taken, "dev", "lan");
            scene.hostB().run("umount", "/proc/meminfo");
            // Hosts remember for ten minutes what a path was like.
            List.of(scene.hostA(), scene.hostB()).forEach(host -> host.run("ip", "-6", "route", "flush", "cache"));
        }
    }

    @Test
    @Order(3)
    void aGatewayThatFiltersTheFutureAddressIsFoundBeforeTheMove() {
        Node gateway = scene.siteB().gatewayNode();
        gateway.run("nft", "add table ip6 fault; add chain ip6 fault out { type filter hook forward priority 0; };"
                + " add rule ip6 fault out ip6 saddr " + futureMoa() + " drop");
        try {
            String before = state();
            Answer answer = scene.house().migrate(scene.vm().name(), scene.hostB());
            assertThat(answer.exitCode()).as(answer.toString()).isEqualTo(REFUSED);
            assertThat(speaking(answer.as(Migration.class).findings())).containsExactly("egress");
            assertThat(state()).isEqualTo(before);
        } finally {
            gateway.run("nft", "delete table ip6 fault");
        }
    }

    @Test
    @Order(4)
    void aRehearsalDoesAllButTheCopyAndLeavesNothingButANewerEpoch() {
        String before = withoutEpochs(state());
        Answer answer = scene.house().ask("migrate", "vm1", "--to", "host-b", "--rehearse", "-o", "json");
        assertThat(answer.exitCode()).as(answer.toString()).isZero();
        Migration rehearsal = answer.as(Migration.class);
        assertThat(rehearsal.outcome()).isEqualTo("rehearsed");
        assertThat(rehearsal.phases()).extracting(phase -> phase.phase()).contains("GATEWAY_STAGED", "ADDRESS_STAGED",
                "ROLLBACK").doesNotContain("COPYING");
        assertThat(speaking(rehearsal.findings())).isEmpty();
        assertThat(withoutEpochs(state())).isEqualTo(before);
        assertThat(images(scene.hostA())).containsExactly("vm1.qcow2");
        assertThat(scene.house().vm(scene.vm().name()).moa()).startsWith("2001:db8:a:");
        scene.correspondent().run("ping", "-6", "-n", "-c", "1", "-W", "5", TwoSites.VM_HOA.toString());
    }

    @Test
    @Order(5)
    void whatWasRehearsedFlies() {
        Answer answer = scene.house().migrate(scene.vm().name(), scene.hostB());
        assertThat(answer.exitCode()).as(answer.toString()).isZero();
        assertThat(speaking(answer.as(Migration.class).findings())).isEmpty();
        scene.correspondent().run("ping", "-6", "-n", "-c", "1", "-W", "5", TwoSites.VM_HOA.toString());
        assertDiskIsAt(scene.hostB(), scene.hostA());
    }

    @Test
    @Order(6)
    void aVmWhoseSourceAgentIsKilledBetweenTwoLayersOfItsDiskStaysAsItWas() {
        scene.write(MUCH).close();
        String migration = departUntilTheSecondLayer();
        scene.house().crashAgent(scene.hostB());
        scene.hostB().limit(FAST_MBIT);
        scene.house().startAgent(scene.hostB());

        Answer answer = scene.house().watch(migration);
        assertThat(answer.as(Migration.class).outcome()).as(answer.toString()).isEqualTo("rolled_back");
        assertThat(scene.ledger()).endsWith("wrong=0");
        assertThat(images(scene.hostB())).containsExactly("vm1.qcow2");
        assertThat(images(scene.hostA())).containsExactly("vm1.qcow2.godwit-part");
        assertThat(scene.hostB().virsh("domblklist", "vm1")).doesNotContain("overlay");
    }

    @Test
    @Order(7)
    void itFliesAllTheSameAfterwardsLayerByLayer() throws IOException {
        String migration = departUntilTheSecondLayer();
        scene.hostB().limit(FAST_MBIT);
        assertThat(scene.house().watch(migration).exitCode()).isZero();
        assertDiskIsAt(scene.hostA(), scene.hostB());
        assertThat(Files.readString(scene.lab().folder().logs().resolve("host-b.host-agent.log")))
                .contains("layer=1 is there");
    }

    @Test
    @Order(8)
    void anExperimentTellsWhatOfADiskWasSentTwice() {
        RowDiskExperiment experiment = new RowDiskExperiment(TwoSites.DISK_MIB, List.of(FAST_MBIT));
        try (Stage stage = new Stage(LabFolder.STANDARD_ROOT, folder, System.out::println);
                Meter meter = scene.measure(folder)) {
            List<RowDiskRun> runs = experiment.trials(scene, meter, stage).stream()
                    .filter(trial -> trial.label().startsWith("layers, Godwit, overwriting 88 %")).findFirst()
                    .orElseThrow().measure().take(1, 1);

            assertThat(runs).hasSize(1).allSatisfy(run -> {
                assertThat(run.firstMb()).as("half of the disk is noise").isGreaterThan(TwoSites.DISK_MIB / 2);
                assertThat(run.during()).as("the VM goes on writing").isPositive();
                assertThat(run.wrong()).isZero();
            });
            System.out.println(TextReport.render(experiment.report(runs)));
        }
    }

    /** Half of the image is at host-a, and what was written meanwhile is frozen. */
    private static String departUntilTheSecondLayer() {
        scene.hostB().limit(SLOW_MBIT);
        scene.house().godwit("migrate", "vm1", "--to", "host-a", "--detach");
        PATIENCE.until(LIMIT, () -> scene.hostB().virsh("domblklist", "vm1").contains("overlay-2"),
                () -> "no second layer is begun: " + images(scene.hostB()));
        return scene.house().vm(scene.vm().name()).migration();
    }

    /** With all that was written to it, before, meanwhile and since; and nowhere else. */
    private static void assertDiskIsAt(Host here, Host left) {
        assertThat(scene.ledger()).endsWith("wrong=0");
        PATIENCE.until(LIMIT, () -> images(here).equals(List.of("vm1.qcow2")),
                () -> "the disk is not put together: " + images(here));
        assertThat(here.virsh("domblklist", "vm1")).contains(TwoSites.DISK.toString()).doesNotContain("overlay");
        assertThat(images(left)).isEmpty();
        assertThat(scene.ledger()).endsWith("wrong=0");
    }

    private static List<String> images(Host host) {
        return host.run("ls", TwoSites.DISK.getParent().toString()).lines().toList();
    }

    private static MigrationPlan plan(int exitCode) {
        Answer answer = scene.house().ask("migrate", "vm1", "--to", "host-b", "--plan", "-o", "json");
        assertThat(answer.exitCode()).as(answer.toString()).isEqualTo(exitCode);
        return answer.as(MigrationPlan.class);
    }

    /** A machine without KVM and without a newer QEMU is warned of its emulator, rightly. */
    private static List<String> speaking(List<Finding> findings) {
        return findings.stream().map(Finding::check).filter(check -> !check.equals("emulator")).toList();
    }

    private static MobileAddress futureMoa() {
        return scene.siteB().prefix().addressOf(scene.vm().secondaryMac());
    }

    /** Its neighbours would find out by themselves, some seconds later. */
    private static void gatewayMac(String mac) {
        scene.siteB().gatewayNode().run("ip", "link", "set", "lan", "address", mac);
        scene.hostB().run("ip", "-6", "neigh", "flush", "dev", Host.REACHABLE_BRIDGE);
    }

    /** Epochs only grow, also by what is undone. */
    private static String withoutEpochs(String state) {
        return state.replaceAll("\"epoch\": \\d+", "\"epoch\": any");
    }

    /** Links, filters, domains, and what is bound: all that a check must not change. */
    private static String state() {
        StringBuilder state = new StringBuilder();
        for (Host host : List.of(scene.hostA(), scene.hostB())) {
            state.append(host.run("ip", "-br", "link")).append(host.run("nft", "list", "tables"))
                    .append(host.virsh("list", "--all", "--name"));
        }
        return state + scene.house().godwit("binding", "list", "-o", "json").text()
                + scene.house().godwit("vm", "show", "vm1", "-o", "json").text();
    }
}
