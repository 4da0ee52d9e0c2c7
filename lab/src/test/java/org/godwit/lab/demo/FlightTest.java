package org.godwit.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.godwit.lab.Host;
import org.godwit.lab.LabFolder;
import org.godwit.lab.Requirements;
import org.godwit.lab.VmSize;
import org.godwit.lab.experiment.Run;
import org.godwit.lab.experiment.Stage;
import org.godwit.lab.experiment.TextReport;
import org.godwit.lab.experiment.Trial;
import org.godwit.lab.experiment.postcopy.PostCopyExperiment;
import org.godwit.lab.experiment.postcopy.PostCopyRun;
import org.godwit.lab.experiment.roundtrip.RoundTripExperiment;
import org.godwit.lab.experiment.roundtrip.RoundTripRun;
import org.godwit.lab.experiment.wan.WanExperiment;
import org.godwit.lab.experiment.wan.WanRun;
import org.godwit.lab.experiment.watanabe.Subject;
import org.godwit.lab.experiment.watanabe.WatanabeExperiment;
import org.godwit.lab.experiment.watanabe.WatanabeRun;
import org.godwit.lab.house.House;
import org.godwit.lab.house.House.Answer;
import org.godwit.lab.house.Meter;
import org.godwit.lab.house.SecretScan;
import org.godwit.lab.hypervisor.Qemu;
import org.godwit.lab.image.GuestImage;
import org.godwit.lab.image.GuestImages;
import org.godwit.lab.process.Patience;
import org.godwit.lab.process.Running;
import org.godwit.lab.report.Flight;
import org.godwit.lab.report.FlightReport;
import org.godwit.model.MobileAddress;
import org.godwit.model.Strategy;
import org.godwit.protocol.rest.Resources.Migration;
import org.godwit.protocol.rest.Resources.ReportPhase;
import org.godwit.protocol.rest.Resources.ReportStep;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** The whole path on real parts. One VM, booted once: first everything that must not move it, then the flights. */
@Tag("vm")
@Isolated
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FlightTest {

    private static final int REFUSED = 3;
    private static final int ROLLED_BACK = 4;
    private static final int LOST = 7;
    private static final Duration GUEST_LIMIT = Duration.ofMinutes(2);

    @TempDir
    static Path folder;

    private static TwoSites scene;
    private static GuestImage image;
    private static Meter meter;
    private static Stage stage;

    @BeforeAll
    static void aVmRunsAtSiteAAndTalksWithItsPeer() {
        Tier.VM.needs(Requirements.missingForVms());
        GuestImages images = GuestImages.standard();
        image = images.guest();
        Qemu qemu = Qemu.probe(images);
        scene = TwoSites.open(qemu, LabFolder.STANDARD_ROOT, image,
                new TwoSites.Plan(VmSize.SMALL, 0, TwoSites.Part.PLAIN_CORRESPONDENT, TwoSites.Part.CAPTURES,
                        TwoSites.Part.FAR),
                folder,
                System.out::println);
        meter = scene.measure(folder);
        stage = new Stage(LabFolder.STANDARD_ROOT, folder, System.out::println);
    }

    @AfterAll
    static void nothingIsLeft() {
        if (scene != null) {
            scene.saveLogs(Path.of("target/flight"));
            scene.close();
        }
    }

    @Test
    @Order(1)
    void whatDoesNotExistOrMakesNoSenseIsRefusedByName() {
        assertRefused(scene.house().ask("migrate", "vm9", "--to", "host-b"), "vm9");
        assertRefused(scene.house().ask("migrate", "vm1", "--to", "host-9"), "host-9");
        assertRefused(scene.house().ask("migrate", "vm1", "--to", "host-a"), "host-a");
        assertUntouched();
    }

    @Test
    @Order(2)
    void aMoaThatSomebodyHasOnTheTargetsLinkIsRefused() {
        MobileAddress moa = scene.siteB().prefix().addressOf(scene.vm().secondaryMac());
        scene.siteB().gatewayNode().run("ip", "addr", "add", moa + "/64", "dev", "lan", "nodad");
        try {
            Answer answer = scene.house().migrate(scene.vm().name(), scene.hostB());
            assertThat(answer.exitCode()).as(answer.toString()).isEqualTo(REFUSED);
            assertThat(answer.as(Migration.class).failure().message()).contains(moa.toString());
        } finally {
            scene.siteB().gatewayNode().run("ip", "addr", "del", moa + "/64", "dev", "lan");
        }
        assertUntouched();
    }

    @Test
    @Order(3)
    void aVmThatIsPausedIsRefused() {
        scene.hostA().virsh("suspend", "vm1");
        try {
            Answer answer = scene.house().migrate(scene.vm().name(), scene.hostB());
            assertThat(answer.exitCode()).as(answer.toString()).isEqualTo(REFUSED);
            assertThat(answer.as(Migration.class).failure().code()).isEqualTo("vm");
        } finally {
            scene.hostA().virsh("resume", "vm1");
        }
        assertUntouched();
    }

    @Test
    @Order(4)
    void aGatewayThatCannotBeStagedRollsBack() {
        // radvd "fails" on this host only: the host's own mount namespace shows another program in its place
        scene.hostA().run("mount", "--bind", "/bin/false", "/usr/sbin/radvd");
        try {
            assertRolledBack(scene.house().migrate(scene.vm().name(), scene.hostB()));
        } finally {
            scene.hostA().run("umount", "/usr/sbin/radvd");
        }
        assertUntouched();
    }

    @Test
    @Order(5)
    void aCopyThatCannotReachTheTargetRollsBack() {
        scene.hostB().run("nft", "add table inet fault; add chain inet fault in { type filter hook input priority 0; };"
                + " add rule inet fault in tcp dport 49152-49215 reject with tcp reset");
        try {
            assertRolledBack(scene.house().migrate(scene.vm().name(), scene.hostB()));
        } finally {
            scene.hostB().run("nft", "delete table inet fault");
        }
        assertUntouched();
    }

    @Test
    @Order(6)
    void anAnnouncementWithoutAMigrationChangesNothing() {
        meter.begin("announced");
        announce();
        // Long enough for all rounds of QEMU's announcement, and for the guest to answer to each.
        scene.correspondent().run("ping", "-6", "-n", "-c", "30", "-i", "0.1", "-W", "5", TwoSites.VM_HOA.toString());
        assertThat(meter.end("announced").tcp().survived()).as("TCP connection").isTrue();
        assertThat(console()).doesNotContain("event=flipped");
        assertUntouched();
    }

    @Test
    @Order(7)
    void anAnnouncementDuringAMigrationThatIsThenCancelledIsAFalseAlarm() {
        String speed = scene.hostA().virsh("migrate-getspeed", "vm1").strip();
        // Slow enough to be cancelled in the middle.
        scene.hostA().virsh("migrate-setspeed", "vm1", "1");
        int before = console().length();
        meter.begin("cancelled");
        try {
            scene.house().godwit("migrate", "vm1", "--to", "host-b", "--detach");
            String migration = scene.house().vm(scene.vm().name()).migration();
            awaitConsole(before, "event=armed");
            announce();
            awaitConsole(before, "event=flipped slot=SECOND");
            // Data from the peer, which knows better.
            awaitConsole(before, "event=flipped slot=FIRST trigger=received");
            scene.house().godwit("migration", "cancel", migration);
            assertRolledBack(scene.house().watch(migration));
            awaitConsole(before, "event=unstaged");
        } finally {
            scene.hostA().virsh("migrate-setspeed", "vm1", speed);
        }
        assertThat(meter.end("cancelled").tcp().survived()).as("TCP connection").isTrue();
        assertThat(scene.house().vm(scene.vm().name()).moa()).startsWith("2001:db8:a:");
        assertUntouched();
    }

    /** As QEMU does it after a migration, five rounds. */
    private static void announce() {
        scene.hostA().virsh("qemu-monitor-command", "vm1", "{\"execute\":\"announce-self\",\"arguments\":"
                + "{\"initial\":50,\"max\":550,\"rounds\":5,\"step\":50}}");
    }

    /** @param before how long the console was before what is waited for */
    private static void awaitConsole(int before, String words) {
        new Patience(InstantSource.system()).until(GUEST_LIMIT, () -> console().substring(before).contains(words),
                () -> "the guest's console does not say " + words);
    }

    private static String console() {
        try {
            return Files.readString(scene.vm().console(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @Order(8)
    void aVmFliesToTheOtherSiteAndBackAndItsSessionsSurvive() {
        Flight there = scene.fly(scene.hostB());
        assertThat(scene.house().vm(scene.vm().name()).moa()).startsWith("2001:db8:b:");
        scene.restartHomeGatewayAgent();
        Flight back = scene.fly(scene.hostA());
        assertThat(scene.house().vm(scene.vm().name()).moa()).startsWith("2001:db8:a:");

        for (Flight flight : List.of(there, back)) {
            Migration migration = flight.measured();
            assertThat(migration.outcome()).isEqualTo("completed");
            assertThat(migration.vmDowntimeMs()).isPositive();
            assertThat(migration.tcp().survived()).as("TCP connection").isTrue();
            assertThat(migration.phases()).extracting(phase -> phase.phase()).contains("ADDRESS_STAGED", "COPYING",
                    "SWITCHOVER", "SETTLED");
            assertThat(flight.plain().orElseThrow().tcp().survived()).as("TCP connection of the plain node").isTrue();
        }
        System.out.println(FlightReport.render(List.of(there, back)));
        assertNothingStaged(scene.hostA());
        assertNothingStaged(scene.hostB());
    }

    /** What it writes takes 750 ms at the bandwidth that the copy may have, and the pause may last 300. */
    @Test
    @Order(9)
    void aVmWhosePreCopyDoesNotEndStandsStillUntilTheRestHasComeAndIsNotMigratedTwice() {
        meter.begin("stalled");
        try (Running _ = scene.busyWriter()) {
            scene.house().godwit("migrate", "vm1", "--to", "host-b", "--bandwidth-max", "32", "--on-stall", "suspend",
                    "--detach");
            String running = scene.house().vm(scene.vm().name()).migration();
            assertRefused(scene.house().ask("migrate", "vm1", "--to", "host-b", "--detach"), running);
            Migration migration = scene.house().watch(running).arrival(scene.hostB());
            assertThat(migration.outcome()).isEqualTo("completed");
            assertThat(migration.strategy()).isEqualTo("pre-copy");
            assertThat(migration.vmDowntimeMs()).as("more than QEMU may take").isGreaterThan(300);
            assertThat(scene.house().report(running).phases()).flatExtracting(ReportPhase::steps)
                    .extracting(ReportStep::effect).contains("force_copy").doesNotContain("cancel_copy");
        }
        assertThat(meter.end("stalled").tcp().survived()).as("TCP connection").isTrue();
        assertThat(scene.hostB().virsh("list", "--name")).contains("vm1");
    }

    @Test
    @Order(10)
    void aControlServerThatIsKilledGoesOnWhereItWas() {
        scene.house().godwit("migrate", "vm1", "--to", "host-a", "--detach");
        String running = scene.house().vm(scene.vm().name()).migration();
        scene.house().crashControlServer();
        scene.house().startControlServer();
        assertThat(scene.house().watch(running).exitCode()).isZero();

        assertThat(scene.house().vm(scene.vm().name()).host()).isEqualTo("host-a");
        assertUntouched();
    }

    @Test
    @Order(11)
    void aVmThatRunsAtTheTargetBeforeItsMemoryHasComeKeepsItsSessions() {
        PostCopyExperiment experiment = new PostCopyExperiment(List.of(1000));
        List<PostCopyRun> runs = turn(experiment.trials(scene, stage), Strategy.HYBRID_COPY.word());

        assertThat(runs).hasSize(2).allSatisfy(run -> {
            assertThat(run.tcpSurvived()).as("TCP connection").isTrue();
            assertThat(run.pauseMs()).isPositive();
            assertThat(run.iterations()).as("a round before it goes").isGreaterThanOrEqualTo(2);
            assertThat(run.sentMb()).isPositive();
        });
        assertNothingStaged(scene.hostA());
        assertNothingStaged(scene.hostB());
        System.out.println(TextReport.render(experiment.report(runs)));
    }

    @Test
    @Order(12)
    void whatACopyIsToBeLikeReachesTheEmulator() {
        Answer contradictory = scene.house().ask("migrate", "vm1", "--to", "host-b", "--parallel", "2",
                "--compression", "mt", "--detach");
        assertRefused(contradictory, "exclude each other");
        Answer zipped = scene.house().migrate(scene.vm().name(), scene.hostB(), "--compression", "mt");
        assertThat(zipped.exitCode()).as(zipped.toString()).isEqualTo(REFUSED);
        assertThat(zipped.as(Migration.class).failure().message()).contains("lacks the migration capability compress");

        String migration = copySlowly("--auto-converge", "--parallel", "3", "--downtime-limit", "70ms");
        assertThat(monitor("query-migrate-parameters")).contains("\"max-bandwidth\":1048576",
                "\"multifd-channels\":3");
        assertThat(monitor("query-migrate-capabilities"))
                .contains("{\"state\":true,\"capability\":\"multifd\"}",
                        "{\"state\":true,\"capability\":\"auto-converge\"}",
                        "{\"state\":false,\"capability\":\"postcopy-ram\"}");
        cancel(migration);
    }

    @Test
    @Order(13)
    void aVmThatStandsStillWhileItTravelsIsCalledBackAndRuns() {
        String migration = copySlowly("--strategy", "suspended");
        new Patience(InstantSource.system()).until(GUEST_LIMIT,
                () -> scene.hostA().virsh("domstate", "vm1", "--reason").contains("paused (migrating)"),
                () -> "the VM does not stand still");
        cancel(migration);
    }

    /** So that it can be looked at, and cancelled in the middle. @return its id */
    private static String copySlowly(String... options) {
        scene.house().godwit(Stream.concat(Stream.of("migrate", "vm1", "--to", "host-b", "--bandwidth-max", "1",
                "--detach"), Stream.of(options)).toArray(String[]::new));
        String migration = scene.house().vm(scene.vm().name()).migration();
        new Patience(InstantSource.system()).until(GUEST_LIMIT,
                () -> scene.house().godwit("migration", "show", migration, "-o", "json").as(Migration.class)
                        .progress() != null,
                () -> "migration " + migration + " does not copy");
        return migration;
    }

    private static void cancel(String migration) {
        scene.house().godwit("migration", "cancel", migration);
        Answer end = scene.house().watch(migration);
        assertRolledBack(end);
        assertThat(end.as(Migration.class).failure().code()).isEqualTo("cancelled");
        assertUntouched();
    }

    private static String monitor(String question) {
        return scene.hostA().virsh("qemu-monitor-command", "vm1", "{\"execute\":\"" + question + "\"}");
    }

    @Test
    @Order(14)
    void applicationsSeeHomeAddressesOnlyAndTheWireMobileAddressesOnly() {
        assertThat(scene.socketsOfCorrespondent()).isNotEmpty();
        assertThat(scene.socketsInVm()).contains("[" + TwoSites.VM_HOA + "]:7003")
                .contains("[" + TwoSites.PEER_HOA + "]");
        assertThat(scene.socketsInVm().lines().filter(line -> line.contains(":7003")))
                .noneMatch(line -> line.contains("2001:db8:a:") || line.contains("2001:db8:b:"));
        scene.plainMeter().orElseThrow().awaitFlow("after-all-flights");
        assertThat(scene.plain().orElseThrow().run("ss", "-Htn")).contains("[" + TwoSites.VM_HOA + "]:7003")
                .doesNotContain("2001:db8:a:", "2001:db8:b:");
        assertThat(scene.captures().count("udp port 7002")).as("probes captured").isPositive();
        assertThat(scene.captures().count("net " + House.HOA_SPACE)).as("packets with a HoA").isZero();
    }

    @Test
    @Order(14)
    void noSecretIsInALogOrInWhatProcessesTellOfThemselves() {
        SecretScan scan = scene.house().secretScan();
        // 3 tokens, 4 keys of an identity and their copies for libvirt and QEMU, the authority's, and mapping keys.
        assertThat(scan.size()).isGreaterThan(15);
        assertThat(scan.in(scene.lab().folder().logs())).isEmpty();
        assertThat(scan.in(scene.vm().console().getParent())).isEmpty();
        assertThat(scan.inProcesses()).isEmpty();
    }

    @Test
    @Order(15)
    void anExperimentTellsWhatAFlightToAFarSiteTook() {
        WanExperiment experiment = new WanExperiment(List.of(new WanExperiment.Way(25, 0)));
        List<WanRun> runs = turn(experiment.trials(scene, meter, stage), "25 ms");

        assertThat(runs).hasSize(2).allSatisfy(run -> {
            assertThat(run.tcpSurvived()).as("TCP connection").isTrue();
            assertThat(run.pingMs()).isGreaterThanOrEqualTo(50);
            // The target waits to be told to resume the VM, and the source that it was.
            assertThat(run.finishMs()).isPositive();
            assertThat(run.outageVmToPeerMs()).isPositive();
        });
        scene.siteB().longLink().set(Duration.ZERO, 0, 1);
        System.out.println(TextReport.render(experiment.report(runs)));
    }

    @Test
    @Order(16)
    void aRoundTripLeavesAsMuchAsTheOneBefore() {
        RoundTripExperiment experiment = new RoundTripExperiment();
        List<RoundTripRun> runs = new ArrayList<>();
        Trial<RoundTripRun> flight = experiment.trials(scene, List.of(scene.hostB(), scene.hostA()), stage).getFirst();
        for (int run = 1; run <= 2; run++) {
            runs.addAll(flight.measure().take(run, run));
        }

        assertThat(runs).allMatch(RoundTripRun::tcpSurvived, "TCP connection");
        assertThat(runs).extracting(RoundTripRun::radvds).containsOnly(0L);
        assertThat(runs.getLast().interfaces()).isEqualTo(runs.getFirst().interfaces());
        assertThat(runs.getLast().bindings()).isEqualTo(runs.getFirst().bindings());
        System.out.println(TextReport.render(experiment.report(runs)));
    }

    @Test
    @Order(17)
    void aVmThatNobodyHelpsButThatIsPreparedAsThePaperHasItIsFoundAgain() {
        meter.close();
        WatanabeExperiment experiment = new WatanabeExperiment(List.of(VmSize.SMALL.memoryMib()), List.of(1000));
        List<WatanabeRun> runs = turn(experiment.trials(scene, image, stage), Subject.PRINTED.toString());

        assertThat(runs).hasSize(2).allSatisfy(run -> {
            // Not that TCP survives: a peer that learns late where the VM is may reset what comes from there.
            assertThat(run.dwMs()).as("T_DW").isPositive();
            assertThat(run.noticedMs()).as("it registers by itself").isPositive();
        });
        System.out.println(TextReport.render(experiment.report(runs)));
    }

    /** The last one: then there is no VM any more. */
    @Test
    @Order(18)
    void aVmWhosePostCopyBreaksWhileItsTargetHangsIsGivenUpAndThenRunsNowhere() {
        boolean isAtA = scene.house().vm(scene.vm().name()).host().equals("host-a");
        Host source = isAtA ? scene.hostA() : scene.hostB();
        Host target = isAtA ? scene.hostB() : scene.hostA();
        Patience patience = new Patience(InstantSource.system());
        String migration;
        // One that writes leaves something for after the first round, and what it does not ask for comes slowly enough to be broken.
        try (Running _ = scene.busyWriter()) {
            source.virsh("migrate-setspeed", "vm1", "1", "--postcopy");
            scene.house().godwit("migrate", "vm1", "--to", target.name().text(), "--strategy", "hybrid-copy",
                    "--detach");
            String begun = scene.house().vm(scene.vm().name()).migration();
            patience.until(GUEST_LIMIT, () -> target.virsh("list", "--name", "--state-running").contains("vm1")
                    && target.virsh("domstate", "vm1", "--reason").contains("(post-copy)"),
                    () -> "the VM does not run ahead of its memory: " + scene.house().ask("why", begun).text());
            migration = begun;
        }
        // As when its main thread waits for a page that does not come: libvirt's calls wait with it, here and at the source.
        target.run("sh", "-c", "kill -STOP $(cat /run/libvirt/qemu/vm1.pid)");
        source.virsh("domjobabort", "vm1", "--postcopy");
        patience.until(GUEST_LIMIT, () -> phase(migration).equals("RECOVERY"),
                () -> "the break is not seen: " + scene.house().ask("why", migration).text());
        scene.house().godwit("migration", "abandon", migration);
        Answer answer = scene.house().watch(migration);
        assertThat(answer.exitCode()).as(answer.toString()).isEqualTo(LOST);
        assertThat(answer.as(Migration.class).failure().message()).contains("The VM runs nowhere: its post-copy broke");
        for (Host host : List.of(source, target)) {
            assertThat(host.virsh("list", "--name")).as("domains of " + host).doesNotContain("vm1");
            assertNothingStaged(host);
        }
        assertThat(scene.house().godwit("binding", "list", "-o", "json").text()).doesNotContain("staged");
    }

    private static String phase(String migration) {
        return scene.house().godwit("migration", "show", migration, "-o", "json").as(Migration.class).phase();
    }

    /** Of the trial whose label begins so. */
    private static <R extends Record & Run> List<R> turn(List<Trial<R>> trials, String label) {
        return trials.stream().filter(trial -> trial.label().startsWith(label)).findFirst().orElseThrow().measure()
                .take(1, 1);
    }

    private static void assertRefused(Answer answer, String named) {
        assertThat(answer.exitCode()).as(answer.toString()).isEqualTo(REFUSED);
        assertThat(answer.errors()).contains(named);
    }

    private static void assertRolledBack(Answer answer) {
        assertThat(answer.exitCode()).as(answer.toString()).isEqualTo(ROLLED_BACK);
        assertThat(answer.as(Migration.class).outcome()).isEqualTo("rolled_back");
    }

    /** The VM runs at the source, its peer reaches it, and nothing of a staging is left on either host. */
    private static void assertUntouched() {
        assertThat(scene.hostA().virsh("domstate", "vm1")).contains("running");
        assertThat(scene.hostB().virsh("list", "--all", "--name")).doesNotContain("vm1");
        scene.correspondent().run("ping", "-6", "-n", "-c", "1", "-W", "5", TwoSites.VM_HOA.toString());
        assertNothingStaged(scene.hostA());
        assertNothingStaged(scene.hostB());
        assertThat(scene.house().godwit("binding", "list", "-o", "json").text()).doesNotContain("staged");
    }

    private static void assertNothingStaged(Host host) {
        assertThat(host.run("ip", "-br", "link")).as("links of " + host).doesNotContain("gws-");
        // The rules of taps are no staging, and are in another table: they are there as long as a VM may speak.
        assertThat(host.run("nft", "list", "table", "netdev", "godwit").lines()
                .filter(line -> line.strip().startsWith("chain "))).as("nftables of " + host)
                .extracting(String::strip).containsExactlyInAnyOrder("chain from_idle {", "chain to_idle {");
        assertThat(host.processes()).as("processes of " + host).noneMatch(command -> command.contains("radvd"));
    }
}
