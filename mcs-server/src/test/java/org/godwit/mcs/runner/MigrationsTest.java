package org.godwit.mcs.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.godwit.mcs.ims.Clocks;
import org.godwit.mcs.ims.ImsPolicy;
import org.godwit.mcs.ims.ImsServer;
import org.godwit.mcs.precheck.Check;
import org.godwit.mcs.precheck.Finding;
import org.godwit.mcs.precheck.Forecast;
import org.godwit.mcs.precheck.Manner;
import org.godwit.mcs.scripted.FakeAgents;
import org.godwit.mcs.scripted.GoodFacts;
import org.godwit.mcs.scripted.Inventory;
import org.godwit.mcs.scripted.ScriptedHosts;
import org.godwit.mcs.scripted.Wait;
import org.godwit.mcs.store.ConflictException;
import org.godwit.mcs.store.Database;
import org.godwit.mcs.store.EventKind;
import org.godwit.mcs.store.EventLog;
import org.godwit.mcs.store.InventoryStore;
import org.godwit.mcs.store.MigrationFilter;
import org.godwit.mcs.store.MigrationRecord;
import org.godwit.mcs.store.MigrationStore;
import org.godwit.mcs.store.Page;
import org.godwit.mcs.store.Precondition;
import org.godwit.mcs.store.SqliteMappingStore;
import org.godwit.mcs.store.Vm;
import org.godwit.mcs.workflow.CopyFigures;
import org.godwit.mcs.workflow.DiskFigures;
import org.godwit.mcs.workflow.DowntimeBy;
import org.godwit.mcs.workflow.Effect;
import org.godwit.mcs.workflow.Itinerary;
import org.godwit.mcs.workflow.MigrationFailure;
import org.godwit.mcs.workflow.MigrationState.Outcome;
import org.godwit.mcs.workflow.Plans;
import org.godwit.model.Compression;
import org.godwit.model.CopyOptions;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MigrationPhase;
import org.godwit.model.MobileAddress;
import org.godwit.model.Name;
import org.godwit.model.StallAction;
import org.godwit.model.Strategy;
import org.godwit.planner.prediction.Baggage;
import org.godwit.planner.prediction.Budgets;
import org.godwit.planner.prediction.Prediction;
import org.godwit.protocol.agent.CopyProgress;
import org.godwit.protocol.agent.DirtyRate;
import org.godwit.protocol.agent.DiskPassage;
import org.godwit.protocol.agent.DisksSent;
import org.godwit.protocol.agent.DomainReport;
import org.godwit.protocol.agent.DomainState;
import org.godwit.protocol.agent.EgressAnswer;
import org.godwit.protocol.agent.EgressReport;
import org.godwit.protocol.agent.FailureCode;
import org.godwit.protocol.agent.GuestStatus;
import org.godwit.protocol.agent.LocalImage;
import org.godwit.protocol.agent.SourceFacts;
import org.godwit.protocol.agent.Space;
import org.godwit.protocol.agent.StoredFile;
import org.godwit.protocol.agent.TargetFacts;
import org.godwit.protocol.agent.VmPaused;
import org.godwit.protocol.agent.VmResumed;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Migrations on a real database and a real mapping server, with scripted hosts. */
class MigrationsTest {

    private static final List<String> COMPLETE = List.of("host-a CHECK_SOURCE", "host-b CHECK_TARGET",
            "host-a STAGE_GATEWAY", "host-a STAGE_ADDRESS", "host-a ARM",
            "host-b PREPARE_TARGET", "host-a COPY", "host-b SETTLE", "host-a REMOVE_STAGING");
    private static final List<String> UNDOING = List.of("host-a UNSTAGE", "host-b DISCARD_TARGET");
    private static final Duration GENEROUS = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private final ScriptedHosts hosts = new ScriptedHosts();
    private final FakeAgents agents = new FakeAgents(hosts);
    private final Threads threads = new Threads();
    private final CountDownLatch faults = new CountDownLatch(2);
    private final Schedule schedule = new Schedule() {

        @Override
        public Lane lane(String name) {
            return threads.lane(name);
        }

        @Override
        public Alarm after(Duration delay, Runnable task) {
            if (!delay.equals(Migrations.FAULT_PAUSE)) {
                return threads.after(delay, task);
            }
            faults.countDown();
            return threads.after(Duration.ofMillis(50), task);
        }
    };
    private Database database;
    private InventoryStore inventory;
    private ImsServer ims;
    private Migrations migrations;

    @BeforeEach
    void start() {
        database = Database.open(folder.resolve("data"));
        inventory = Inventory.fill(database);
        ims = ImsServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new SqliteMappingStore(database), ImsPolicy.DEFAULT,
                new Clocks(InstantSource.system(), System::nanoTime));
        ims.enrol(Plans.HOA, MappingKey.of(new byte[32]));
        ims.activate(Plans.HOA, Plans.MOA_A, Epoch.NONE);
        migrations = migrations(GENEROUS);
    }

    @AfterEach
    void stop() {
        migrations.close();
        threads.close();
        ims.close();
        database.close();
    }

    @Test
    void theVmFlies() {
        MigrationRecord end = end(begin());
        assertThat(hosts.heard()).isEqualTo(COMPLETE);
        assertThat(end.state().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(end.phases().stream().map(MigrationRecord.Phase::phase)).containsExactly(MigrationPhase.REQUESTED,
                MigrationPhase.CHECKED, MigrationPhase.GATEWAY_STAGED, MigrationPhase.ADDRESS_STAGED,
                MigrationPhase.TARGET_PREPARED, MigrationPhase.COPYING, MigrationPhase.SWITCHOVER,
                MigrationPhase.REBINDING, MigrationPhase.SETTLED);
        assertThat(inventory.vm(Inventory.VM).orElseThrow().host()).isEqualTo(Inventory.HOST_B);
        assertThat(ims.lookup(Plans.HOA)).flatMap(Mapping::active).contains(Plans.MOA_B);
        assertThat(store().open(end.state().plan().id())).isEmpty();
    }

    @Test
    void aVmThatIsShutDownBootsAtTheTargetAndItsNextForecastKnowsHowLongThatTook() {
        Manner cold = Manner.of(Strategy.COLD);
        assertThat(migrations.preview(Inventory.VM, Inventory.HOST_B, cold).forecast().reason())
                .startsWith("nothing can be predicted");
        hosts.fails("host-b ENROL_GUEST", FailureCode.GUEST_SILENT);
        MigrationRecord end = end(migrations.begin(Inventory.VM, Inventory.HOST_B, cold).state().plan().id());
        assertThat(hosts.heard().subList(2, hosts.heard().size())).containsExactly("host-a CHECK_SOURCE",
                "host-b CHECK_TARGET", "host-b PROBE_ADDRESS", "host-b PREPARE_TARGET", "host-a SHUT_DOWN",
                "host-a SEND_DISKS", "host-a COPY_DEFINITION", "host-b START", "host-a REMOVE_STAGING",
                "host-b ENROL_GUEST",
                "host-b ENROL_GUEST", "host-a REMOVE_STAGING");
        assertThat(end.state().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(end.phases().stream().map(MigrationRecord.Phase::phase)).containsExactly(MigrationPhase.REQUESTED,
                MigrationPhase.CHECKED, MigrationPhase.SHUTDOWN, MigrationPhase.COPYING, MigrationPhase.SWITCHOVER,
                MigrationPhase.REBINDING, MigrationPhase.SETTLED);
        assertThat(inventory.vm(Inventory.VM).orElseThrow().host()).isEqualTo(Inventory.HOST_B);
        assertThat(ims.lookup(Plans.HOA)).flatMap(Mapping::active).contains(Plans.MOA_B);
        assertThat(end.state().knowledge().figures().orElseThrow().vmDowntimeMs()).as("it was silent once")
                .isGreaterThanOrEqualTo(250);
        Prediction.Converges next = migrations.preview(Inventory.VM, Inventory.HOST_A, cold).forecast().prediction()
                .orElseThrow();
        assertThat(next.downtimeSeconds().likely())
                .isEqualTo(end.state().knowledge().figures().orElseThrow().vmDowntimeMs() / 1e3);
    }

    @Test
    void aVmThatDoesNotStartAtTheTargetIsForgottenThereBeforeTheSourceStartsIt() {
        hosts.fails("host-b START", FailureCode.AGENT_INTERNAL);
        for (String host : List.of("host-a", "host-b")) {
            hosts.script(host + " INSPECT", outcome -> outcome
                    .setDomain(DomainReport.newBuilder().setState(DomainState.DOMAIN_SHUTOFF)));
        }
        MigrationRecord end = end(migrations.begin(Inventory.VM, Inventory.HOST_B, Manner.of(Strategy.COLD)).state()
                .plan().id());
        assertThat(hosts.heard().stream().dropWhile(word -> !word.equals("host-b START")).filter(
                word -> !word.endsWith("INSPECT") && !word.endsWith("CANCEL_COPY")))
                .containsExactly("host-b START", "host-b DISCARD_TARGET", "host-a START", "host-a ENROL_GUEST",
                        "host-b DISCARD_TARGET");
        assertThat(end.state().outcome()).isEqualTo(Outcome.ROLLED_BACK);
        assertThat(end.state().knowledge().failure()).map(MigrationFailure::code).contains("agent_internal");
        assertThat(inventory.vm(Inventory.VM).orElseThrow().host()).isEqualTo(Inventory.HOST_A);
        assertThat(ims.lookup(Plans.HOA)).flatMap(Mapping::active).contains(Plans.MOA_A);
    }

    @Test
    void disksTravelWhileTheVmIsOffAndItsNextForecastTellsThemFromItsGuest() {
        hosts.script("host-a CHECK_SOURCE", _ -> source(MigrationsTest::withDisk));
        hosts.script("host-b CHECK_TARGET", _ -> target(MigrationsTest::withRoom));
        hosts.fails("host-b ENROL_GUEST", FailureCode.GUEST_SILENT);
        hosts.hold("host-a SEND_DISKS").hold("host-a REMOVE_STAGING");
        Manner cold = new Manner(Optional.of(Strategy.COLD), Budgets.NONE, new CopyOptions(OptionalInt.of(8),
                OptionalInt.empty(), false, OptionalInt.empty(), Compression.NONE, Optional.empty(),
                StallAction.ABORT));
        UUID id = migrations.begin(Inventory.VM, Inventory.HOST_B, cold).state().plan().id();
        ScriptedHosts.Held sending = hosts.held("host-a SEND_DISKS");
        assertThat(sending.command().getSendDisks().getBandwidthMibPerSecond()).isEqualTo(8);
        sending.notices().accept(ScriptedHosts.notice(sending.command()).setCopyProgress(
                CopyProgress.newBuilder().setBytesTotal(100).setBytesProcessed(60).setBytesRemaining(40)).build());
        assertThat(migrations.progress(id).orElseThrow().getBytesRemaining()).isEqualTo(40);
        assertThat(hosts.heard()).as("before all of them are there").doesNotContain("host-b START");

        sending.answer().accept(org.godwit.protocol.agent.Outcome.newBuilder().setCommandId(sending.command().getId())
                .setDisksSent(DisksSent.newBuilder().setDisks(DiskPassage.newBuilder().setMs(2_000).setBytes(999)))
                .build());
        ScriptedHosts.Held first = hosts.held("host-a REMOVE_STAGING");
        assertThat(first.command().getRemoveStaging().getKeepDisks()).as("the guest has not booted from them").isTrue();
        hosts.release("host-a REMOVE_STAGING");
        first.succeed();
        MigrationRecord end = end(id);
        assertThat(end.state().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(store().disks(id).orElseThrow()).satisfies(disks -> {
            assertThat(disks.measured()).contains(new DiskFigures(2_000, 999, 0, false, ""));
            assertThat(disks.forecast()).contains(Baggage.atRest(4 * GoodFacts.MIB, 8 * GoodFacts.MIB));
        });

        hosts.script("host-a CHECK_SOURCE", _ -> source(MigrationsTest::withDisk));
        Forecast next = migrations.preview(Inventory.VM, Inventory.HOST_A, cold).forecast();
        assertThat(next.restsOn()).as("it took no longer than we say of its disks")
                .anyMatch(sentence -> sentence.startsWith("The VM was away for 0.0 s when"));
    }

    private static SourceFacts.Builder withDisk(SourceFacts.Builder facts) {
        return facts.setStorage(0, facts.getStorage(0).toBuilder().setFilesystem("ext4")
                .setImage(LocalImage.newBuilder().setFormat("qcow2").setUsedBytes(4 * GoodFacts.MIB)));
    }

    private static TargetFacts.Builder withRoom(TargetFacts.Builder facts) {
        return facts.setStorage(0, StoredFile.newBuilder().setPath(facts.getStorage(0).getPath())
                .setFolder(Space.newBuilder().setFolder("/srv").setFreeBytes(1L << 30)));
    }

    @Test
    void disksOnTheirWayAreCalledOffBeforeTheVmIsStartedAgain() {
        hosts.hold("host-a SEND_DISKS").hold("host-a START");
        UUID id = migrations.begin(Inventory.VM, Inventory.HOST_B, Manner.of(Strategy.COLD)).state().plan().id();
        ScriptedHosts.Held sending = hosts.held("host-a SEND_DISKS");
        migrations.cancel(id);
        ScriptedHosts.Held start = hosts.held("host-a START");
        assertThat(hosts.heard()).endsWith("host-a SEND_DISKS", "host-a CANCEL_COPY", "host-a START");
        sending.fail(FailureCode.COPY_CANCELLED);
        start.succeed();
        MigrationRecord end = end(id);
        assertThat(end.state().outcome()).isEqualTo(Outcome.ROLLED_BACK);
        assertThat(end.state().knowledge().failure()).map(MigrationFailure::code).contains("cancelled");
        assertThat(hosts.heard()).doesNotContain("host-b START", "host-a REMOVE_STAGING");
    }

    @Test
    void aTransientVmOrOneWhoseDisksFindNoPlaceIsNotShutDown() {
        hosts.script("host-a CHECK_SOURCE", _ -> source(
                facts -> withDisk(facts.setDomain(facts.getDomain().toBuilder().setPersistent(false)))));
        MigrationRecord end = end(migrations.begin(Inventory.VM, Inventory.HOST_B, Manner.of(Strategy.COLD)).state()
                .plan().id());
        assertThat(end.state().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(end.findings()).extracting(Finding::problem).anyMatch(problem -> problem.contains("is transient"))
                .anyMatch(problem -> problem.contains("the agent of host host-b cannot take disks"));
        assertThat(hosts.heard()).isEqualTo(COMPLETE.subList(0, 2));
    }

    @Test
    void everyMigrationHasTheNextEpoch() {
        hosts.fails("host-a STAGE_GATEWAY", FailureCode.GATEWAY_STAGING_FAILED);
        assertThat(end(begin()).state().plan().epoch()).isEqualTo(new Epoch(1));
        assertThat(end(begin()).state().plan().epoch()).isEqualTo(new Epoch(2));
        assertThat(inventory.epoch(Plans.VM_UUID)).isEqualTo(new Epoch(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"host-a CHECK_SOURCE", "host-b CHECK_TARGET" })
    void aHostThatCannotBeAskedRefusesAndChangesNothing(String place) {
        hosts.fails(place, FailureCode.AGENT_INTERNAL);
        MigrationRecord end = end(begin());
        assertThat(end.state().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(end.state().knowledge().failure()).map(MigrationFailure::code).contains("agents");
        assertThat(hosts.heard()).isEqualTo(COMPLETE.subList(0, 2));
        assertThat(inventory.vm(Inventory.VM).orElseThrow().host()).isEqualTo(Inventory.HOST_A);
    }

    @Test
    void allThatSpeaksAgainstItIsToldAtOnceAndKept() {
        hosts.script("host-a CHECK_SOURCE", _ -> source(facts -> facts
                .setGuest(ScriptedHosts.guest().setArmed(true)).setJobRunning(true)));
        hosts.script("host-b CHECK_TARGET", _ -> target(facts -> facts
                .setDomain(DomainReport.newBuilder().setState(DomainState.DOMAIN_SHUTOFF)).setBridgeMtu(1400)));
        MigrationRecord end = end(begin());
        assertThat(end.state().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(end.findings()).extracting(Finding::check).containsExactly(Check.OPERATION, Check.GUEST,
                Check.TARGET, Check.BRIDGE);
        assertThat(end.state().knowledge().failure()).map(MigrationFailure::code).contains("operation");
        assertThat(hosts.heard()).isEqualTo(COMPLETE.subList(0, 2));
    }

    @Test
    void aWarningIsKeptAndDoesNotStopIt() {
        hosts.script("host-a CHECK_SOURCE",
                _ -> source(facts -> facts.setPath(facts.getPath().toBuilder().setSmallAnswered(false)
                        .setLargeAnswered(false))));
        MigrationRecord end = end(begin());
        assertThat(end.state().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(end.findings()).extracting(Finding::severity).containsExactly(Finding.Severity.WARNING);
    }

    @Test
    void aPreviewLooksAndDoesNothingElse() {
        hosts.script("host-b CHECK_TARGET", _ -> target(facts -> facts.setBridgeMtu(1400)));
        Preview preview = migrations.preview(Inventory.VM, Inventory.HOST_B, Manner.of(Strategy.PRE_COPY));
        assertThat(preview.wouldGo()).isFalse();
        assertThat(preview.findings()).extracting(Finding::check).containsExactly(Check.BRIDGE);
        assertThat(preview.steps()).extracting(Itinerary.Step::effect).startsWith(Effect.PRECHECK,
                Effect.STAGE_GATEWAY);
        assertThat(preview.forecast().prediction()).isPresent();
        assertThat(hosts.heard()).containsExactly("host-a CHECK_SOURCE", "host-b CHECK_TARGET");
        assertThat(store().unfinished()).isEmpty();
        assertThat(inventory.epoch(Plans.VM_UUID)).isEqualTo(Epoch.NONE);
    }

    @Test
    void theStrategyForABusyVmMayBeLeftToTheForecast() {
        hosts.script("host-a CHECK_SOURCE", _ -> source(facts -> facts.setDirtyRate(
                DirtyRate.newBuilder().setBytesPerSecond(1000 * GoodFacts.MIB))));
        MigrationRecord begun = migrations.begin(Inventory.VM, Inventory.HOST_B,
                new Manner(Optional.empty(), Budgets.NONE, CopyOptions.STANDARD));
        assertThat(begun.state().plan().strategy()).isEqualTo(Strategy.HYBRID_COPY);
        UUID id = begun.state().plan().id();
        assertThat(end(id).state().outcome()).isEqualTo(Outcome.COMPLETED);
        // The forecast that chose it, with the dirty rate, and not the later one of the checks.
        assertThat(migrations.forecast(id).orElseThrow().bytes().likely()).isGreaterThan(1.5 * (256 << 20));
    }

    @ParameterizedTest
    @EnumSource
    void aPreCopyThatTakesTooLongIsEndedAsItWasAskedFor(StallAction onStall) {
        hosts.hold("host-a COPY");
        UUID id = migrations.begin(Inventory.VM, Inventory.HOST_B, new Manner(Optional.of(Strategy.PRE_COPY),
                Budgets.NONE, options(onStall))).state().plan().id();
        ScriptedHosts.Held copy = hosts.held("host-a COPY");
        assertThat(copy.command().getCopy().getPostCopyPossible()).isEqualTo(onStall == StallAction.POST_COPY);
        assertThat(copy.command().getCopy().getOptions().getParallelConnections()).isZero();
        assertThat(copy.command().getCopy().getOptions().getBandwidthMibPerSecond()).isEqualTo(40);
        for (int elapsed : new int[]{4_000, 5_001, 6_000 }) {
            copy.notices().accept(ScriptedHosts.notice(copy.command())
                    .setCopyProgress(CopyProgress.newBuilder().setElapsedMs(elapsed)).build());
        }
        String ended = onStall == StallAction.ABORT ? "host-a CANCEL_COPY" : "host-a FORCE_COPY";
        Wait.until("the copy is ended: " + hosts.heard(), () -> hosts.heard().contains(ended));
        assertThat(store().find(id).orElseThrow().state().knowledge().failure()).hasValueSatisfying(failure -> {
            assertThat(failure.code()).isEqualTo("copy_stalled");
            assertThat(failure.message()).contains("it has taken 5.0 s, and may take 5.0");
        });
        if (onStall == StallAction.ABORT) {
            copy.fail(FailureCode.COPY_CANCELLED);
            assertThat(end(id).state().knowledge().failure().orElseThrow().code()).isEqualTo("copy_stalled");
        } else {
            copy.succeed();
            assertThat(end(id).state().knowledge().failure()).isEmpty();
        }
        assertThat(hosts.heard().stream().filter(ended::equals)).as("once").hasSize(1);
    }

    private static CopyOptions options(StallAction onStall) {
        return new CopyOptions(OptionalInt.of(40), OptionalInt.empty(), false, OptionalInt.empty(), Compression.NONE,
                Optional.of(Duration.ofSeconds(5)), onStall);
    }

    @Test
    void whatWasForecastIsKeptToBeHeldAgainstWhatCame() {
        Prediction.Converges forecast = migrations.forecast(end(begin()).state().plan().id()).orElseThrow();
        assertThat(forecast.strategy().word()).isEqualTo("pre-copy");
        assertThat(forecast.bytes().likely()).isGreaterThanOrEqualTo(256 << 20);
        assertThat(forecast.totalSeconds().low()).isLessThan(forecast.totalSeconds().high());
        assertThat(migrations.forecast(UUID.randomUUID())).isEmpty();
    }

    @Test
    void aBudgetThatNothingCanKeepIsRefusedBeforeAnythingIsTouched() {
        Manner hasty = new Manner(Optional.empty(),
                new Budgets(OptionalDouble.of(0.001), OptionalDouble.empty(), OptionalDouble.empty()),
                CopyOptions.STANDARD);
        assertThatThrownBy(() -> migrations.begin(Inventory.VM, Inventory.HOST_B, hasty))
                .isInstanceOfSatisfying(RefusedException.class, refused -> {
                    assertThat(refused.field()).contains("budgets");
                    assertThat(refused).hasMessageContaining("pre-copy: the copy would take ")
                            .hasMessageContaining("post-copy: the copy would take ");
                });
        assertThat(hosts.heard()).containsExactly("host-a CHECK_SOURCE");
        assertThat(store().unfinished()).isEmpty();
        assertThat(migrations.preview(Inventory.VM, Inventory.HOST_B, hasty).wouldGo()).isFalse();
    }

    @Test
    void aPreviewOfAVmThatIsBeingMigratedSaysSoAndWaitsForNobodyWhoIsAway() {
        hosts.hold("host-a COPY");
        UUID running = begin();
        ScriptedHosts.Held copy = hosts.held("host-a COPY");
        agents.away("host-b");
        Preview preview = migrations.preview(Inventory.VM, Inventory.HOST_B, Manner.of(Strategy.PRE_COPY));
        assertThat(preview.findings()).extracting(Finding::check).containsExactly(Check.AGENTS, Check.OPERATION);
        assertThat(preview.findings().getLast().problem()).contains(running.toString());
        copy.succeed();
    }

    @Test
    void aPreviewWaitsForNobodyWhoIsHeardNoLonger() throws Exception {
        hosts.hold("host-a CHECK_SOURCE");
        CompletableFuture<Preview> preview = CompletableFuture.supplyAsync(
                () -> migrations.preview(Inventory.VM, Inventory.HOST_B, Manner.of(Strategy.PRE_COPY)));
        hosts.held("host-a CHECK_SOURCE");
        agents.silent("host-a");
        assertThat(preview.get(GENEROUS.toSeconds(), TimeUnit.SECONDS).findings()).singleElement()
                .satisfies(finding -> assertThat(finding.problem())
                        .contains("agent of host host-a did not answer: nothing has been heard from it for 8 s"));
        assertThat(hosts.heard()).as("the other one is asked all the same").contains("host-b CHECK_TARGET");

        agents.silent("host-b");
        assertThat(migrations.preview(Inventory.VM, Inventory.HOST_B, Manner.of(Strategy.PRE_COPY)).findings())
                .as("both are named").hasSize(2).extracting(Finding::check).containsOnly(Check.AGENTS);
        assertThat(hosts.heard()).as("and neither is asked").hasSize(2);
    }

    @Test
    void aRehearsalLeavesEverythingAsItWas() {
        MigrationRecord end = end(
                migrations.rehearse(Inventory.VM, Inventory.HOST_B, Manner.of(Strategy.PRE_COPY)).state().plan().id());
        assertThat(end.state().outcome()).isEqualTo(Outcome.REHEARSED);
        assertThat(hosts.heard()).containsExactly("host-a CHECK_SOURCE", "host-b CHECK_TARGET", "host-a STAGE_GATEWAY",
                "host-a STAGE_ADDRESS", "host-b PROBE_ADDRESS", "host-b PROBE_EGRESS", "host-a ARM",
                "host-b PREPARE_TARGET", "host-a UNSTAGE", "host-b DISCARD_TARGET");
        assertThat(inventory.vm(Inventory.VM).orElseThrow().host()).isEqualTo(Inventory.HOST_A);
        assertThat(ims.lookup(Plans.HOA).orElseThrow().staged()).isEmpty();
        assertThat(ims.lookup(Plans.HOA)).flatMap(Mapping::active).contains(Plans.MOA_A);
    }

    @Test
    void aFilterThatARehearsalMeetsIsItsFailure() {
        hosts.script("host-b PROBE_EGRESS",
                _ -> org.godwit.protocol.agent.Outcome.newBuilder().setEgress(EgressReport.newBuilder().addAnswers(
                        EgressAnswer.newBuilder().setDestination("2001:db8:d::2").setHostAnswered(true))));
        MigrationRecord end = end(
                migrations.rehearse(Inventory.VM, Inventory.HOST_B, Manner.of(Strategy.PRE_COPY)).state().plan().id());
        assertThat(end.state().outcome()).isEqualTo(Outcome.ROLLED_BACK);
        assertThat(end.state().knowledge().failure()).map(MigrationFailure::message)
                .hasValueSatisfying(message -> assertThat(message).contains("2001:db8:d::2", Plans.MOA_B.toString()));
    }

    private static org.godwit.protocol.agent.Outcome.Builder source(UnaryOperator<SourceFacts.Builder> change) {
        return org.godwit.protocol.agent.Outcome.newBuilder().setSourceFacts(change.apply(GoodFacts.source()));
    }

    private static org.godwit.protocol.agent.Outcome.Builder target(UnaryOperator<TargetFacts.Builder> change) {
        return org.godwit.protocol.agent.Outcome.newBuilder().setTargetFacts(change.apply(GoodFacts.target()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"host-a STAGE_GATEWAY", "host-a STAGE_ADDRESS", "host-a ARM", "host-b PREPARE_TARGET" })
    void aFailureWhileStagingIsUndone(String place) {
        hosts.fails(place, FailureCode.AGENT_INTERNAL);
        assertRolledBack(end(begin()), "agent_internal");
    }

    @Test
    void aFailedCopyIsUndone() {
        hosts.fails("host-a COPY", FailureCode.COPY_FAILED);
        assertRolledBack(end(begin()), "copy_failed");
    }

    @Test
    void aStepThatIsNotAnsweredIsUndone() {
        migrations.close();
        migrations = migrations(Duration.ofMillis(150));
        hosts.hold("host-a STAGE_ADDRESS");
        assertRolledBack(end(begin()), "time_limit");
    }

    @Test
    void anAddressOtherThanPredictedIsProbedToo() {
        MobileAddress other = MobileAddress.of("2001:db8:b::77");
        hosts.script("host-a STAGE_ADDRESS", success -> {
            success.getStagedAddressBuilder().setMoa(other.toString());
            return success;
        });
        assertThat(end(begin()).state().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(hosts.heard().stream().filter("host-b PROBE_ADDRESS"::equals)).hasSize(1);
        assertThat(ims.lookup(Plans.HOA)).flatMap(Mapping::active).contains(other);
    }

    @Test
    void aGuestThatClaimsAnAddressOfElsewhereIsNotBelieved() {
        hosts.script("host-a STAGE_ADDRESS", success -> {
            success.getStagedAddressBuilder().setMoa("2001:db8:bad::1");
            return success;
        });
        assertRolledBack(end(begin()), "address_staging_failed");
    }

    @Test
    void aGuestThatHasBootedIsEnrolledAgain() {
        hosts.script("host-a CHECK_SOURCE", _ -> source(facts -> facts.setGuest(GuestStatus.getDefaultInstance())));
        assertThat(end(begin()).state().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(hosts.heard()).contains("host-a ENROL_GUEST");
    }

    @Test
    void aCancelWaitsForTheStepThatIsUnderWay() {
        hosts.hold("host-a STAGE_ADDRESS");
        UUID id = begin();
        ScriptedHosts.Held staging = hosts.held("host-a STAGE_ADDRESS");
        migrations.cancel(id);
        assertThat(hosts.heard()).doesNotContainAnyElementsOf(UNDOING);
        staging.succeed();
        assertRolledBack(end(id), "cancelled");
        assertThat(hosts.heard()).doesNotContain("host-a ARM");
    }

    @Test
    void aCancelledCopyIsUndone() {
        hosts.hold("host-a COPY");
        UUID id = begin();
        ScriptedHosts.Held copy = hosts.held("host-a COPY");
        migrations.cancel(id);
        Wait.until("the agent is told", () -> hosts.heard().contains("host-a CANCEL_COPY"));
        copy.fail(FailureCode.COPY_CANCELLED);
        assertRolledBack(end(id), "cancelled");
    }

    @Test
    void aCancelAfterThePauseComesTooLate() {
        hosts.hold("host-a COPY");
        UUID id = begin();
        ScriptedHosts.Held copy = hosts.held("host-a COPY");
        hosts.say("host-a", notice -> notice.setVmPaused(VmPaused.getDefaultInstance()));
        Wait.until("switchover", () -> phase(id) == MigrationPhase.SWITCHOVER);
        assertThatThrownBy(() -> migrations.cancel(id)).isInstanceOf(RefusedException.class)
                .hasMessageContaining("SWITCHOVER");
        copy.succeed();
        assertThat(end(id).state().outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    void theGuestIsSettledAsSoonAsTheTargetHasResumedIt() {
        // the source's agent does one thing after the other for a VM: staging is removed after the copy has ended
        hosts.hold("host-a COPY").hold("host-a REMOVE_STAGING");
        UUID id = begin();
        ScriptedHosts.Held copy = hosts.held("host-a COPY");
        hosts.say("host-a", notice -> notice.setVmPaused(VmPaused.getDefaultInstance()));
        // a source that goes on with its VM after a failed copy says the same word; it proves nothing
        hosts.say("host-a", notice -> notice.setVmResumed(VmResumed.getDefaultInstance()));
        hosts.say("host-b", notice -> notice.setVmResumed(VmResumed.getDefaultInstance()));
        Wait.until("the guest settles", () -> hosts.heard().contains("host-b SETTLE"));
        assertThat(phase(id)).isEqualTo(MigrationPhase.REBINDING);
        ScriptedHosts.Held removal = hosts.held("host-a REMOVE_STAGING");
        copy.succeed();
        removal.succeed();
        MigrationRecord end = end(id);
        assertThat(end.state().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(end.state().knowledge().figures()).as("the copy's own outcome is not lost").isPresent();
    }

    @Test
    void ofAPostCopyBothAgentsTellHowLongTheVmStoodStill() {
        hosts.hold("host-a COPY");
        UUID id = beginByPostCopy();
        ScriptedHosts.Held copy = hosts.held("host-a COPY");
        hosts.say("host-a", notice -> notice.setVmPaused(VmPaused.getDefaultInstance()));
        hosts.say("host-b", notice -> notice.setVmResumed(VmResumed.getDefaultInstance()));
        Wait.until("the target's word is there", () -> store().standstill(id).isPresent());
        copy.succeed();
        CopyFigures figures = end(id).state().knowledge().figures().orElseThrow();
        long standstillMs = store().standstill(id).orElseThrow().toMillis();
        assertThat(figures.downtimeBy())
                .isEqualTo(standstillMs > 42 ? DowntimeBy.AGENTS : DowntimeBy.HYPERVISORS);
        assertThat(figures.vmDowntimeMs()).isEqualTo(Math.max(42, standstillMs));
    }

    @Test
    void ofAPostCopyWhoseTargetsAgentWasNotHeardTheSourceTellsItsOwnPartAsSuch() {
        CopyFigures figures = end(beginByPostCopy()).state().knowledge().figures().orElseThrow();
        assertThat(figures.downtimeBy()).isEqualTo(DowntimeBy.SOURCE);
        assertThat(figures.vmDowntimeMs()).isEqualTo(42);
    }

    @Test
    void aVmThatTheTargetHasLostAgainIsWhereTheSourceRunsIt() {
        hosts.hold("host-a COPY").hold("host-a REMOVE_STAGING");
        UUID id = begin();
        ScriptedHosts.Held copy = hosts.held("host-a COPY");
        hosts.say("host-b", notice -> notice.setVmResumed(VmResumed.getDefaultInstance()));
        Wait.until("the mapping follows",
                () -> ims.lookup(Plans.HOA).flatMap(Mapping::active).equals(Optional.of(Plans.MOA_B)));
        copy.fail(FailureCode.COPY_FAILED);
        MigrationRecord end = end(id);
        assertThat(end.state().outcome()).isEqualTo(Outcome.ROLLED_BACK);
        assertThat(inventory.vm(Inventory.VM).orElseThrow().host()).isEqualTo(Inventory.HOST_A);
        assertThat(ims.lookup(Plans.HOA)).flatMap(Mapping::active).contains(Plans.MOA_A);
    }

    @Test
    void anUnknownOutcomeIsAskedForAndRollsForward() {
        hosts.hold("host-a COPY");
        UUID id = begin();
        ScriptedHosts.Held copy = hosts.held("host-a COPY");
        // first nothing is clear, then the VM is at the target
        hosts.domain("host-a INSPECT", DomainState.DOMAIN_PAUSED).domain("host-b INSPECT", DomainState.DOMAIN_PAUSED)
                .domain("host-a INSPECT", DomainState.DOMAIN_SHUTOFF)
                .domain("host-b INSPECT", DomainState.DOMAIN_RUNNING);
        copy.fail(FailureCode.COPY_OUTCOME_UNKNOWN);
        MigrationRecord end = end(id);
        assertThat(end.state().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(end.phases().stream().map(MigrationRecord.Phase::phase)).contains(MigrationPhase.INQUIRY);
        assertThat(hosts.heard()).contains("host-a CANCEL_COPY").doesNotContainAnyElementsOf(UNDOING);
    }

    @Test
    void settlingIsTriedUntilItIsDone() {
        hosts.fails("host-b SETTLE", FailureCode.GUEST_SILENT).fails("host-b SETTLE", FailureCode.GUEST_SILENT);
        MigrationRecord end = end(begin());
        assertThat(end.state().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(hosts.heard().stream().filter("host-b SETTLE"::equals)).hasSize(3);
    }

    @Test
    void aSecondMigrationOfTheVmIsRefusedByTheNameOfTheFirst() {
        hosts.hold("host-a COPY");
        UUID id = begin();
        hosts.held("host-a COPY");
        assertThatThrownBy(this::begin).isInstanceOf(RefusedException.class).hasMessageContaining(id.toString());
        assertThatThrownBy(() -> inventory.removeVm(Inventory.VM, Precondition.NONE))
                .isInstanceOf(ConflictException.class);
        hosts.held("host-a COPY").succeed();
        end(id);
    }

    @Test
    void whatIsKnownAtOnceToBeImpossibleIsNotBegun() {
        assertThatThrownBy(() -> migrations.begin(Inventory.VM, Inventory.HOST_A)).hasMessageContaining("another host");
        agents.away("host-b");
        assertThatThrownBy(this::begin).hasMessageContaining("agent of host host-b is not connected");
        inventory.removeGateway(Name.of("b"), Precondition.NONE);
        assertThatThrownBy(this::begin).hasMessageContaining("gateway of site b");
        assertThat(migrations.newest(new Page(Optional.empty(), 10), MigrationFilter.ALL)).isEmpty();
    }

    /** Where a server can be killed in the course of a migration: while this command is under way. */
    enum Place {
        CHECK_SOURCE("host-a CHECK_SOURCE"), CHECK_TARGET("host-b CHECK_TARGET"), STAGE_GATEWAY(
                "host-a STAGE_GATEWAY"), STAGE_ADDRESS(
                        "host-a STAGE_ADDRESS"), ARM("host-a ARM"), PREPARE("host-b PREPARE_TARGET"), COPY(
                                "host-a COPY"), SETTLE("host-b SETTLE"), REMOVE_STAGING("host-a REMOVE_STAGING");

        private final String words;

        Place(String words) {
            this.words = words;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aServerThatIsKilledGoesOnFromTheJournal(Place place) {
        hosts.hold(place.words);
        UUID id = begin();
        ScriptedHosts.Held before = hosts.held(place.words);
        migrations.close();
        // performed while nobody listened
        before.succeed();
        migrations = migrations(GENEROUS);
        hosts.release(place.words);
        migrations.resume();
        assertThat(end(id).state().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(hosts.heard()).filteredOn(heard -> !heard.contains(" CHECK_"))
                .as("nothing is performed twice; what only looks may look again").isEqualTo(COMPLETE.subList(2,
                        COMPLETE.size()));
    }

    @Test
    void whoeverBringsAnAnswerDoesNotWaitForTheDisk() throws Exception {
        hosts.hold("host-b CHECK_TARGET");
        UUID id = begin();
        ScriptedHosts.Held check = hosts.held("host-b CHECK_TARGET");
        try (Connection other = connection(); Statement statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            // On this thread, as on an event loop: it would wait for the lock that it holds itself, and be refused it.
            check.succeed();
            statement.execute("ROLLBACK");
        }

        assertThat(end(id).state().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(migrations.forecast(id)).isPresent();
    }

    @Test
    void aMigrationWhoseTurnCannotBeWrittenDownIsBegunLater() throws Exception {
        try (Connection other = connection(); Statement statement = other.createStatement()) {
            // Only this is refused, at first.
            statement.execute("CREATE TRIGGER no_room BEFORE UPDATE OF admitted_at_us ON migrations"
                    + " BEGIN SELECT RAISE(ABORT, 'disk full'); END");
            UUID id = begin();
            assertThat(faults.await(GENEROUS.toSeconds(), TimeUnit.SECONDS)).as("it is tried again").isTrue();
            assertThat(phase(id)).isEqualTo(MigrationPhase.REQUESTED);
            statement.execute("DROP TRIGGER no_room");
            assertThat(end(id).state().outcome()).isEqualTo(Outcome.COMPLETED);
        }
        assertThat(hosts.heard()).isEqualTo(COMPLETE);
    }

    @Test
    void aMigrationWhoseForecastCannotBeWrittenDownWasNotBegun() throws Exception {
        Manner whichever = new Manner(Optional.empty(), Budgets.NONE, CopyOptions.STANDARD);
        try (Connection other = connection(); Statement statement = other.createStatement()) {
            statement.execute("CREATE TRIGGER no_room BEFORE INSERT ON forecasts"
                    + " BEGIN SELECT RAISE(ABORT, 'disk full'); END");
            assertThatThrownBy(() -> migrations.begin(Inventory.VM, Inventory.HOST_B, whichever))
                    .hasMessageContaining("disk full");
            assertThat(migrations.running()).as("nobody would go on with it until the server starts again").isEmpty();
            statement.execute("DROP TRIGGER no_room");
        }
        assertThat(end(begin()).state().outcome()).isEqualTo(Outcome.COMPLETED);
    }

    private Connection connection() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("data/mcs.db"));
    }

    @Test
    void aDatabaseThatRefusesForAWhileStopsNoMigrationForGood() throws Exception {
        hosts.hold("host-a STAGE_ADDRESS");
        UUID id = begin();
        ScriptedHosts.Held staging = hosts.held("host-a STAGE_ADDRESS");
        // Another connection: nothing of what the server does next can be written down.
        try (Connection other = connection(); Statement statement = other.createStatement()) {
            statement.execute("ALTER TABLE journal RENAME TO journal_away");
            staging.succeed();
            hosts.release("host-a STAGE_ADDRESS");
            assertThat(faults.await(GENEROUS.toSeconds(), TimeUnit.SECONDS))
                    .as("the run failed, and the one that took it up").isTrue();
            statement.execute("ALTER TABLE journal_away RENAME TO journal");
        }

        assertThat(end(id).state().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(hosts.heard()).as("nothing is performed twice").isEqualTo(COMPLETE);
    }

    @Test
    void aServerThatIsKilledDuringTheCopyHearsOfItsEnd() {
        hosts.hold("host-a COPY");
        UUID id = begin();
        ScriptedHosts.Held before = hosts.held("host-a COPY");
        migrations.close();
        migrations = migrations(GENEROUS);
        migrations.resume();
        Wait.until("the command is sent again", () -> hosts.held("host-a COPY") != before);
        assertThat(hosts.held("host-a COPY").command().getId()).isEqualTo(before.command().getId());
        assertThat(hosts.held("host-a COPY").command().getSentAgain()).isTrue();
        hosts.held("host-a COPY").succeed();
        assertThat(end(id).state().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(hosts.heard()).isEqualTo(COMPLETE);
    }

    @Test
    void aCopyThatNobodyRemembersIsNotBegunAgain() {
        hosts.hold("host-a COPY");
        UUID id = begin();
        hosts.held("host-a COPY");
        migrations.close();
        hosts.restartAgents();
        hosts.release("host-a COPY");
        migrations = migrations(GENEROUS);
        migrations.resume();
        MigrationRecord end = end(id);
        assertRolledBack(end, "copy_outcome_unknown");
        assertThat(end.phases().stream().map(MigrationRecord.Phase::phase)).contains(MigrationPhase.INQUIRY);
    }

    @Test
    void aServerThatOnlyBelievesToBeAliveIsHeardByNobody() {
        hosts.hold("host-a STAGE_ADDRESS");
        UUID id = begin();
        ScriptedHosts.Held ofTheOld = hosts.held("host-a STAGE_ADDRESS");
        hosts.hold("host-a ARM");
        Migrations old = migrations;
        try {
            migrations = migrations(GENEROUS);
            migrations.resume();
            Wait.until("the command is sent again", () -> hosts.held("host-a STAGE_ADDRESS") != ofTheOld);
            ScriptedHosts.Held ofTheNew = hosts.held("host-a STAGE_ADDRESS");
            assertThat(ofTheNew.command().getEpoch()).isGreaterThan(ofTheOld.command().getEpoch());
            ofTheOld.succeed();
            hosts.release("host-a ARM");
            ofTheNew.succeed();
            assertThat(end(id).state().outcome()).isEqualTo(Outcome.COMPLETED);
            assertThat(hosts.heard()).as("the old one sends nothing more").isEqualTo(COMPLETE);
        } finally {
            old.close();
        }
    }

    @Test
    void aPostCopyThatBreaksIsRecovered() {
        hosts.fails("host-a COPY", FailureCode.POSTCOPY_BROKEN)
                .fails("host-a RECOVER_COPY", FailureCode.POSTCOPY_BROKEN)
                .domain("host-a INSPECT", DomainState.DOMAIN_PAUSED, "post-copy failed")
                .domain("host-b INSPECT", DomainState.DOMAIN_RUNNING, "post-copy failed");
        MigrationRecord end = end(beginByPostCopy());
        assertThat(end.state().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(end.phases().stream().map(MigrationRecord.Phase::phase)).contains(MigrationPhase.RECOVERY);
        assertThat(hosts.heard().stream().filter("host-a RECOVER_COPY"::equals)).hasSize(2);
        assertThat(hosts.heard()).doesNotContainAnyElementsOf(UNDOING);
    }

    private UUID beginByPostCopy() {
        return migrations.begin(Inventory.VM, Inventory.HOST_B, Manner.of(Strategy.POST_COPY)).state().plan().id();
    }

    @Test
    void aPostCopyWhoseHalfAtTheTargetHasEndedIsLostAndNothingOfItIsLeft() {
        hosts.fails("host-a COPY", FailureCode.POSTCOPY_BROKEN)
                .fails("host-a RECOVER_COPY", FailureCode.POSTCOPY_BROKEN)
                .domain("host-a INSPECT", DomainState.DOMAIN_PAUSED, "post-copy failed")
                .domain("host-a INSPECT", DomainState.DOMAIN_PAUSED, "post-copy failed");
        MigrationRecord end = end(beginByPostCopy());
        assertThat(end.state().outcome()).isEqualTo(Outcome.LOST);
        assertThat(end.state().knowledge().failure()).hasValueSatisfying(failure -> {
            assertThat(failure.code()).isEqualTo("vm_lost");
            assertThat(failure.message()).contains("the target host says absent", "start it where it shall be");
        });
        assertThat(hosts.heard()).endsWith("host-a REMOVE_STAGING", "host-b DISCARD_TARGET");
        assertThat(hosts.heard().stream().filter("host-a INSPECT"::equals)).as("asked twice").hasSize(2);
        assertThat(ims.lookup(Plans.HOA).orElseThrow().staged()).isEmpty();
        assertThat(store().open(end.state().plan().id())).isEmpty();
    }

    @Test
    void whoGivesABrokenVmUpEndsItsHalfAtTheTargetAndThenBothAreAsked() {
        hosts.fails("host-a COPY", FailureCode.POSTCOPY_BROKEN).hold("host-a RECOVER_COPY")
                .hold("host-b DISCARD_TARGET");
        UUID id = beginByPostCopy();
        ScriptedHosts.Held hanging = hosts.held("host-a RECOVER_COPY");
        migrations.abandon(id);
        ScriptedHosts.Held end = hosts.held("host-b DISCARD_TARGET");
        assertThat(end.command().getDiscardTarget().getAbandon()).isTrue();
        hosts.domain("host-a INSPECT", DomainState.DOMAIN_PAUSED, "post-copy failed")
                .domain("host-a INSPECT", DomainState.DOMAIN_PAUSED, "post-copy failed").hold("host-a REMOVE_STAGING")
                .release("host-b DISCARD_TARGET");
        end.succeed();
        ScriptedHosts.Held removal = hosts.held("host-a REMOVE_STAGING");
        assertThat(removal.command().getRemoveStaging().getAbandon()).isTrue();
        hanging.fail(FailureCode.POSTCOPY_BROKEN);
        removal.succeed();
        assertThat(end(id).state().outcome()).isEqualTo(Outcome.LOST);
    }

    @Test
    void aVmThatTurnsOutToBeWholeIsNotGivenUp() {
        hosts.fails("host-a COPY", FailureCode.POSTCOPY_BROKEN).hold("host-a RECOVER_COPY")
                .domain("host-a INSPECT", DomainState.DOMAIN_ABSENT)
                .domain("host-b INSPECT", DomainState.DOMAIN_RUNNING);
        UUID id = beginByPostCopy();
        hosts.held("host-a RECOVER_COPY");
        migrations.abandon(id);
        assertThat(end(id).state().outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    void onlyWhatIsBrokenIsGivenUp() {
        hosts.hold("host-a COPY");
        UUID id = begin();
        ScriptedHosts.Held copy = hosts.held("host-a COPY");
        assertThatThrownBy(() -> migrations.abandon(id)).isInstanceOf(RefusedException.class)
                .hasMessageContaining("only given up while its post-copy is broken");
        copy.succeed();
        end(id);
        assertThatThrownBy(() -> migrations.abandon(UUID.randomUUID())).isInstanceOf(RefusedException.class);
    }

    @Test
    void anOperatorSeesThatAMigrationWaitsTooLong() {
        migrations.close();
        migrations = migrations(Duration.ofMillis(50));
        // checks are waited for longer than that
        hosts.hold("host-b CHECK_TARGET");
        UUID id = begin();
        Wait.until("it is seen", () -> migrations.find(id).orElseThrow().state().knowledge().overdue());
        assertThat(migrations.find(id).orElseThrow().state().outcome()).isEqualTo(Outcome.UNCERTAIN);
        assertThat(database.events().after(0, EventLog.Filter.of(id.toString()), 10))
                .anySatisfy(event -> {
                    assertThat(event.kind()).isEqualTo(EventKind.MIGRATION_OVERDUE);
                    assertThat(event.message()).hasValueSatisfying(it -> assertThat(it).contains("REQUESTED"));
                });
    }

    @Test
    void aCancelSurvivesTheServer() {
        hosts.hold("host-a STAGE_ADDRESS");
        UUID id = begin();
        hosts.held("host-a STAGE_ADDRESS");
        migrations.cancel(id);
        migrations.close();
        hosts.release("host-a STAGE_ADDRESS");
        hosts.held("host-a STAGE_ADDRESS").succeed();
        migrations = migrations(GENEROUS);
        migrations.resume();
        assertRolledBack(end(id), "cancelled");
    }

    @Test
    void aMigrationWaitsForItsTurnAlsoThroughARestart() {
        migrations.close();
        migrations = oneAtATime();
        Name second = addSecondVm();
        hosts.hold("host-a COPY");
        UUID first = begin();
        hosts.held("host-a COPY");
        UUID waiting = migrations.begin(second, Inventory.HOST_B).state().plan().id();
        assertThat(migrations.turn(waiting)).get().extracting(Migrations.Turn::position, Migrations.Turn::reason)
                .containsExactly(1, "host host-a takes part in 1 migration, of at most 1");
        assertThat(migrations.turn(first)).isEmpty();

        migrations.close();
        migrations = oneAtATime();
        migrations.resume();
        assertThat(migrations.turn(waiting)).isPresent();
        assertThat(migrations.find(waiting).orElseThrow().admittedAt()).isEmpty();
        assertThat(phase(waiting)).isEqualTo(MigrationPhase.REQUESTED);

        Wait.until("the copy is asked for again",
                () -> hosts.heard().stream().filter("host-a COPY"::equals).count() > 0);
        hosts.release("host-a COPY");
        hosts.held("host-a COPY").succeed();
        end(first);
        Wait.until("it is its turn", () -> migrations.turn(waiting).isEmpty());
        assertThat(migrations.find(waiting).orElseThrow().admittedAt()).isPresent();
        end(waiting);
    }

    @Test
    void whatWaitsForItsTurnCanBeCancelledAndHasChangedNothing() {
        migrations.close();
        migrations = oneAtATime();
        hosts.hold("host-a COPY");
        UUID first = begin();
        hosts.held("host-a COPY");
        List<String> heard = hosts.heard();
        UUID waiting = migrations.begin(addSecondVm(), Inventory.HOST_B).state().plan().id();
        migrations.cancel(waiting);
        MigrationRecord end = end(waiting);
        assertThat(end.state().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(end.state().knowledge().failure()).map(MigrationFailure::code).contains("cancelled");
        assertThat(hosts.heard()).as("no host was asked anything").isEqualTo(heard);
        hosts.held("host-a COPY").succeed();
        end(first);
    }

    private Name addSecondVm() {
        Name name = Name.of("vm2");
        inventory.addVm(new Vm(name, "vm2-domain", UUID.fromString("00000000-0000-4000-8000-000000000002"),
                HomeAddress.of("2001:db8:face::2"), Inventory.HOST_A, Epoch.NONE));
        return name;
    }

    private Migrations oneAtATime() {
        return migrations(GENEROUS, new ConcurrencyLimits(10, 1, 10));
    }

    private Migrations migrations(Duration change) {
        return migrations(change, ConcurrencyLimits.DEFAULT);
    }

    private Migrations migrations(Duration change, ConcurrencyLimits concurrency) {
        return new Migrations(database, agents, ims, Inventory.NETWORK,
                new StepLimits(GENEROUS, change, GENEROUS, GENEROUS),
                concurrency, schedule, InstantSource.system(), () -> {});
    }

    private MigrationStore store() {
        return new MigrationStore(database, InstantSource.system(), UUID::randomUUID);
    }

    private UUID begin() {
        return migrations.begin(Inventory.VM, Inventory.HOST_B).state().plan().id();
    }

    private MigrationPhase phase(UUID id) {
        return migrations.find(id).orElseThrow().state().phase();
    }

    private MigrationRecord end(UUID id) {
        Wait.until("migration ends, heard " + hosts.heard(),
                () -> migrations.find(id).orElseThrow().endedAt().isPresent());
        return migrations.find(id).orElseThrow();
    }

    private void assertRolledBack(MigrationRecord end, String code) {
        assertThat(end.state().outcome()).isEqualTo(Outcome.ROLLED_BACK);
        assertThat(end.state().knowledge().failure()).map(MigrationFailure::code).contains(code);
        assertThat(hosts.heard()).endsWith("host-a UNSTAGE", "host-b DISCARD_TARGET");
        assertThat(inventory.vm(Inventory.VM).orElseThrow().host()).isEqualTo(Inventory.HOST_A);
        Mapping mapping = ims.lookup(Plans.HOA).orElseThrow();
        assertThat(mapping.active()).contains(Plans.MOA_A);
        assertThat(mapping.staged()).isEmpty();
        assertThat(store().open(end.state().plan().id())).isEmpty();
    }
}
