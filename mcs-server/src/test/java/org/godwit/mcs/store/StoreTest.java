package org.godwit.mcs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.assertj.core.data.Offset;
import org.godwit.mcs.ims.Enrolment;
import org.godwit.mcs.ims.HomeGateway;
import org.godwit.mcs.ims.SavedSubscription;
import org.godwit.mcs.precheck.Check;
import org.godwit.mcs.precheck.Finding;
import org.godwit.mcs.precheck.Forecast;
import org.godwit.mcs.scripted.Inventory;
import org.godwit.mcs.workflow.CopyDestination;
import org.godwit.mcs.workflow.CopyFigures;
import org.godwit.mcs.workflow.DiskFigures;
import org.godwit.mcs.workflow.DowntimeBy;
import org.godwit.mcs.workflow.Effect;
import org.godwit.mcs.workflow.Event;
import org.godwit.mcs.workflow.MigrationFailure;
import org.godwit.mcs.workflow.MigrationState;
import org.godwit.mcs.workflow.Plans;
import org.godwit.mcs.workflow.Workflow;
import org.godwit.model.Compression;
import org.godwit.model.CopyOptions;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MigrationPhase;
import org.godwit.model.MobileAddress;
import org.godwit.model.Name;
import org.godwit.model.Silences;
import org.godwit.model.SitePrefix;
import org.godwit.model.StallAction;
import org.godwit.model.Strategy;
import org.godwit.planner.prediction.Baggage;
import org.godwit.planner.prediction.Correction;
import org.godwit.planner.prediction.Corrections;
import org.godwit.planner.prediction.Estimate;
import org.godwit.planner.prediction.Overheads;
import org.godwit.planner.prediction.Prediction;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written is there after the database has been opened anew. */
class StoreTest {

    private static final Instant NOW = Instant.parse("2026-11-21T09:00:00.000123Z");

    private static final Silences SILENCES = new Silences(Optional.of(Duration.ofMillis(119)),
            Optional.of(Duration.ofMillis(107)));
    private static final HomeAddress OTHER = HomeAddress.of("2001:db8:face::2");

    @TempDir
    Path folder;

    private Database database;
    private InventoryStore inventory;

    @BeforeEach
    void open() {
        database = Database.open(folder.resolve("data"));
        inventory = Inventory.fill(database);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void theDatabaseIsForItsOwnerOnlyAndSparesNoSync() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("data/mcs.db"))))
                .isEqualTo("rw-------");
        String journal = database.jdbi()
                .withHandle(h -> h.createQuery("PRAGMA journal_mode").mapTo(String.class).one());
        int synchronous = database.jdbi()
                .withHandle(h -> h.createQuery("PRAGMA synchronous").mapTo(Integer.class).one());
        assertThat(journal).isEqualTo("wal");
        assertThat(synchronous).as("2 is FULL").isEqualTo(2);
    }

    @Test
    void theInventorySurvives() {
        reopen();
        assertThat(inventory.sites()).containsExactly(Name.of("a"), Name.of("b"));
        assertThat(inventory.gateways()).containsEntry(Name.of("b"), Plans.GATEWAY_B);
        assertThat(inventory.hosts()).extracting(Host::name).containsExactly(Inventory.HOST_A, Inventory.HOST_B);
        assertThat(inventory.vmsOn(Inventory.HOST_A)).extracting(Vm::hoa).containsExactly(Plans.HOA);
    }

    @Test
    void whatIsOwedToAMappingServerElsewhereSurvives() {
        SqliteMappingStore store = new SqliteMappingStore(database);
        HomeGateway gateway = new HomeGateway(OTHER, SitePrefix.of("2001:db8:9::/64"),
                SitePrefix.of("2001:db8:face::/64"));
        store.saveOwed(List.of(Plans.HOA, OTHER));
        store.saveOwed(List.of(OTHER));
        store.removeOwed(List.of(Plans.HOA));
        store.saveGateways(List.of(gateway));
        store.saveGateways(List.of(gateway));
        Enrolment next = Enrolment.of(OTHER, MappingKey.of(new byte[32])).withRegisterNonce(3);
        store.saveAll(List.of(next), List.of(Mapping.none(OTHER).activate(Plans.MOA_A, Epoch.NONE)));
        reopen();
        SqliteMappingStore read = new SqliteMappingStore(database);
        assertThat(all(read::readOwed)).containsExactly(OTHER);
        assertThat(all(read::readGateways)).containsExactly(gateway);
        assertThat(all(read::readEnrolments)).containsExactly(next);
        assertThat(all(read::readMappings)).hasSize(1);
        read.remove(OTHER);
        assertThat(all(read::readOwed)).isEmpty();
    }

    @Test
    void whatIsUsedIsNotRemovedAndNamesAreTakenOnce() {
        assertThatThrownBy(() -> inventory.removeSite(Name.of("a"), Precondition.NONE))
                .isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> inventory.removeHost(Inventory.HOST_A, Precondition.NONE))
                .isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> inventory.addSite(Name.of("a"))).isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> inventory.addPeer(new Peer(Name.of("cn"), Plans.HOA)))
                .isInstanceOf(ConflictException.class).hasMessageContaining("2001:db8:face::1");
        assertThat(inventory.removeVm(Inventory.VM, Precondition.NONE)).isTrue();
        assertThat(inventory.removeVm(Inventory.VM, Precondition.NONE)).isFalse();
        assertThat(inventory.removeHost(Inventory.HOST_A, Precondition.NONE)).isTrue();
    }

    @Test
    void theHostThatAVmHasJustLeftStaysUntilItsMigrationHasEnded() {
        MigrationStore store = store();
        MigrationState begun = begin(store);
        // As when a post-copy has landed: the VM is at the target, a part of its memory is not.
        store.placeVm(begun.plan(), Inventory.HOST_B);

        assertThatThrownBy(() -> inventory.removeHost(Inventory.HOST_A, Precondition.NONE))
                .isInstanceOf(ConflictException.class).hasMessageContaining("from or to host host-a");
    }

    @Test
    void aMigrationIsReadAsItWasWritten() {
        MigrationStore store = store();
        MigrationState begun = begin(store);
        UUID id = begun.plan().id();
        assertThat(store.open(id)).extracting(Intent::effect).containsExactly(Effect.PRECHECK);

        MigrationState state = begun;
        Finding warning = new Finding(Check.PATH, Finding.Severity.WARNING, "it is slow", "Wait.");
        for (Event event : new Event[]{new Event.ChecksPassed(Plans.SECONDARY_MAC, false, List.of(warning)),
                new Event.GuestReady(), new Event.GatewayStaged(),
                new Event.AddressStaged(Plans.MOA_B, Plans.SECONDARY_MAC.linkLocal()), new Event.MappingStaged(0),
                new Event.GuestArmed(), new Event.TargetReady(new CopyDestination("qemu:///x", "br0", "idle0")),
                new Event.CopyStarted(), new Event.CancelRequested(),
                new Event.CopyCompleted(new CopyFigures(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)) }) {
            state = enter(store, state, event);
        }
        state = enter(store, state,
                new Event.StepFailed(Effect.MOVE_VM, new MigrationFailure("trouble", "It failed.")));
        reopen();
        MigrationRecord read = store().find(id).orElseThrow();
        assertThat(read.state()).isEqualTo(state);
        assertThat(read.findings()).containsExactly(warning);
        assertThat(read.createdAt()).isEqualTo(NOW);
        assertThat(read.endedAt()).isEmpty();
        assertThat(read.phases()).hasSize(7).last().extracting(MigrationRecord.Phase::phase)
                .isEqualTo(MigrationPhase.REBINDING);
        assertThat(store().unfinished()).containsExactly(read);
        assertThat(store().open(id)).extracting(Intent::effect).containsExactly(Effect.MOVE_VM);
    }

    @Test
    void whoReadsMigrationsWaitsForNobodyWhoWrites() {
        MigrationState begun = begin(store());
        database.jdbi().useTransaction(h -> {
            h.execute("UPDATE migrations SET phase = 'COPYING'");
            MigrationRecord read = store().find(begun.plan().id()).orElseThrow();
            assertThat(read.state().phase()).as("what is not committed is not seen")
                    .isEqualTo(MigrationPhase.REQUESTED);
        });
        assertThat(store().unfinished()).singleElement()
                .satisfies(record -> assertThat(record.state().phase()).isEqualTo(MigrationPhase.COPYING));
    }

    @Test
    void whatForecastsWereOffByIsKnownByThePairOfHosts() {
        MigrationStore store = store();
        for (int i = 0; i < 3; i++) {
            assertThat(correction(store)).as("two are too few").isEqualTo(Correction.NONE);
            copied(store, Strategy.PRE_COPY, new CopyFigures(500, 3_000, 1 << 20, 14, 5, 6, 7, 8, 9, 0),
                    Corrections.NONE);
        }
        assertThat(correction(store)).isEqualTo(new Correction(1.5, 0.05, 3));
        assertThat(history(store).memoryBytes()).as("14 pages were sent, 8 of them again").hasValue(6 * 4096);
        assertThat(store.copies(Inventory.VM, Inventory.HOST_B, Inventory.HOST_A).corrections())
                .as("the other direction").isEmpty();

        MigrationState corrected = store.begin(inventory.vm(Inventory.VM).orElseThrow(), Inventory.HOST_B,
                Plans.GATEWAY_B, Strategy.PRE_COPY, CopyOptions.STANDARD, false, Optional.empty());
        store.keep(corrected.plan().id(), forecast(Strategy.PRE_COPY, 3),
                new Corrections(correction(store), Correction.NONE, Correction.NONE));
        assertThat(correction(store).migrations()).as("what has not ended does not count").isEqualTo(3);
    }

    @Test
    void whatBecameOfDisksStandsBesideWhatWasForecastOfThem() {
        MigrationStore store = store();
        MigrationState state = begin(store);
        UUID id = state.plan().id();
        assertThat(store.disks(id)).isEmpty();
        Baggage forecast = Baggage.of(1e9, 1e8);
        store.keep(id, forecast);
        store.keep(id, Baggage.of(2e9, 1e8));
        assertThat(store.disks(id)).as("what was forecast first").contains(
                new DiskPassage(Optional.of(forecast), Optional.empty()));
        DiskFigures measured = new DiskFigures(12_000, 1_100_000_000, 2, true, "they are few");
        for (Event event : new Event[]{new Event.ChecksPassed(Plans.SECONDARY_MAC, true, List.of()),
                new Event.GatewayStaged(), new Event.AddressStaged(Plans.MOA_B, Plans.SECONDARY_MAC.linkLocal()),
                new Event.MappingStaged(0), new Event.GuestArmed(),
                new Event.TargetReady(new CopyDestination("qemu:///x", "br0", "idle0")), new Event.CopyStarted(),
                new Event.CopyCompleted(new CopyFigures(500, 3_000, 1 << 20, 14, 5, 6, 7, 8, 9, 10),
                        Optional.of(measured)) }) {
            state = enter(store, state, event);
        }
        assertThat(store.disks(id)).contains(new DiskPassage(Optional.of(forecast), Optional.of(measured)));
    }

    @Test
    void aWayIsAsFastAsTheHypervisorSentAndTheRestOfACopyIsNoSending() {
        MigrationStore store = store();
        copied(store, Strategy.PRE_COPY, new CopyFigures(500, 3_000, 1_000_000, 14, 5, 6, 7, 8, 9, 0),
                Corrections.NONE);
        assertThat(history(store).way()).as("a hypervisor that does not tell")
                .isEqualTo(new Forecast.Way(List.of(1_000_000 / 3.0), List.of(), false));
        copied(store, Strategy.PRE_COPY, new CopyFigures(500, 3_000, 1_000_000, 14, 5, 6, 7, 8, 9, 500_000),
                Corrections.NONE);
        assertThat(history(store).way()).isEqualTo(new Forecast.Way(List.of(500_000.0), List.of(1.0), false));
        assertThat(store.copies(Inventory.VM, Inventory.HOST_B, Inventory.HOST_A).way())
                .as("who goes back expects the same, until somebody has")
                .isEqualTo(new Forecast.Way(List.of(500_000.0), List.of(1.0), true));
        assertThat(history(store).aroundSeconds()).as("the clock of this test stands still").containsExactly(0.0, 0.0);
        assertThat(history(store).landingSeconds()).as("as it said").containsExactly(0.119, 0.119);
    }

    @Test
    void ofALivePauseTheTimeThatWasNoSendingIsLearntAndOfASuspendedVmTheShare() {
        MigrationStore store = store();
        for (Strategy strategy : new Strategy[]{Strategy.HYBRID_COPY, Strategy.SUSPENDED, Strategy.SUSPENDED,
                Strategy.SUSPENDED }) {
            copied(store, strategy, new CopyFigures(2_300, 3_000, 1_000_000, 14, 5, 6, 7, 8, 9, 500_000),
                    Corrections.NONE);
        }
        copied(store, Strategy.HYBRID_COPY,
                new CopyFigures(6, 3_000, 1_000_000, 14, 5, 6, 7, 8, 9, 500_000).by(DowntimeBy.SOURCE),
                Corrections.NONE);
        // Of the forecast two seconds, one was no sending; of a pause that is told by half nothing is learnt.
        assertThat(history(store).pauseSeconds()).containsOnlyKeys(
                org.godwit.planner.prediction.Strategy.HYBRID_COPY);
        assertThat(history(store).pauseSeconds().get(org.godwit.planner.prediction.Strategy.HYBRID_COPY))
                .singleElement().satisfies(seconds -> assertThat(seconds).isCloseTo(1.3, Offset.offset(1e-9)));
        assertThat(history(store).corrections().get(org.godwit.planner.prediction.Strategy.SUSPENDED)
                .downtimeSeconds()).isEqualTo(new Correction(1.15, 0.05, 3));
    }

    @Test
    void whatOlderModelsWereWrongByCorrectsNothing() {
        MigrationStore store = store();
        for (int i = 0; i < 3; i++) {
            copied(store, Strategy.PRE_COPY, new CopyFigures(500, 3_000, 1 << 20, 14, 5, 6, 7, 8, 9, 0),
                    Corrections.NONE);
        }
        database.jdbi().useHandle(h -> h.execute("UPDATE forecasts SET model = 1"));
        assertThat(correction(store)).isEqualTo(Correction.NONE);
        assertThat(history(store).pauseSeconds()).isEmpty();
    }

    @Test
    void aStandstillIsFromTheSourcesWordToTheTargets() {
        AtomicReference<Instant> now = new AtomicReference<>(NOW);
        MigrationStore store = new MigrationStore(database, now::get, UUID::randomUUID);
        MigrationState state = begin(store);
        UUID id = state.plan().id();
        for (Event event : new Event[]{new Event.ChecksPassed(Plans.SECONDARY_MAC, true, List.of()),
                new Event.GatewayStaged(), new Event.AddressStaged(Plans.MOA_B, Plans.SECONDARY_MAC.linkLocal()),
                new Event.MappingStaged(0), new Event.GuestArmed(),
                new Event.TargetReady(new CopyDestination("qemu:///x", "br0", "idle0")), new Event.CopyStarted(),
                new Event.VmPaused() }) {
            now.updateAndGet(it -> it.plusMillis(7));
            state = enter(store, state, event);
        }
        assertThat(store.standstill(id)).as("the target has not said a word").isEmpty();
        now.updateAndGet(it -> it.plusMillis(48));
        state = enter(store, state, new Event.VmResumed());
        now.updateAndGet(it -> it.plusMillis(900));
        CopyFigures told = new CopyFigures(6, 3_000, 1 << 20, 14, 5, 6, 7, 8, 9, 10).by(DowntimeBy.SOURCE);
        CopyFigures heard = told.heard(store.standstill(id).orElseThrow());
        enter(store, state, new Event.CopyCompleted(heard));
        assertThat(store.find(id).orElseThrow().state().knowledge().figures()).contains(heard);
        assertThat(heard.vmDowntimeMs()).isEqualTo(48);
        assertThat(heard.downtimeBy()).isEqualTo(DowntimeBy.AGENTS);
        assertThat(told.heard(Duration.ofMillis(2))).as("no shorter than the hypervisors say")
                .isEqualTo(told.by(DowntimeBy.HYPERVISORS));
    }

    @Test
    void aClockThatIsSetBackMakesNoTimeNegative() {
        AtomicReference<Instant> now = new AtomicReference<>(NOW);
        MigrationStore store = new MigrationStore(database, now::get, UUID::randomUUID);
        MigrationState state = enter(store, begin(store),
                new Event.ChecksPassed(Plans.SECONDARY_MAC, true, List.of()));
        now.updateAndGet(it -> it.minusSeconds(3600));
        assertThat(store.since(state.plan().id(), MigrationPhase.CHECKED)).as("it would be no downtime").isZero();
    }

    private void copied(MigrationStore store, Strategy strategy, CopyFigures figures, Corrections applied) {
        MigrationState state = store.begin(inventory.vm(Inventory.VM).orElseThrow(), Inventory.HOST_B,
                Plans.GATEWAY_B, strategy, CopyOptions.STANDARD, false, Optional.empty());
        store.admit(state.plan().id());
        store.keep(state.plan().id(), forecast(strategy, 2), applied);
        for (Event event : new Event[]{new Event.ChecksPassed(Plans.SECONDARY_MAC, true, List.of()),
                new Event.GatewayStaged(),
                new Event.AddressStaged(Plans.MOA_B, Plans.SECONDARY_MAC.linkLocal()), new Event.MappingStaged(0),
                new Event.GuestArmed(), new Event.TargetReady(new CopyDestination("qemu:///x", "br0", "idle0")),
                new Event.CopyStarted(), new Event.CopyCompleted(figures), new Event.VmMoved(),
                new Event.MappingActivated(), new Event.GuestSettled(SILENCES), new Event.StagingRemoved() }) {
            state = enter(store, state, event);
        }
    }

    /** Of the downtime a second is no sending. */
    private static Prediction.Converges forecast(Strategy strategy, double seconds) {
        Estimate estimate = new Estimate(seconds, seconds, seconds);
        Estimate second = new Estimate(1, 1, 1);
        return new Prediction.Converges(org.godwit.planner.prediction.Strategy.valueOf(strategy.name()), estimate,
                estimate, estimate, estimate, new Overheads(second, second, second, Optional.empty()));
    }

    private static Forecast.History history(MigrationStore store) {
        return store.copies(Inventory.VM, Inventory.HOST_A, Inventory.HOST_B);
    }

    private static Correction correction(MigrationStore store) {
        return history(store).corrections()
                .getOrDefault(org.godwit.planner.prediction.Strategy.PRE_COPY, Corrections.NONE).totalSeconds();
    }

    @Test
    void oneMigrationAtATimeAndWhatHasEndedStaysSo() {
        MigrationStore store = store();
        MigrationState first = begin(store);
        assertThatThrownBy(() -> begin(store)).isInstanceOf(ConflictException.class)
                .hasMessageContaining(first.plan().id().toString());
        assertThatThrownBy(() -> database.jdbi()
                .useHandle(h -> {
                    h.execute("CREATE TEMP TABLE second AS SELECT * FROM migrations");
                    h.execute("UPDATE second SET id = 'other', epoch = epoch + 1");
                    h.execute("INSERT INTO migrations SELECT * FROM second");
                }))
                .as("the index itself refuses").rootCause().hasMessageContaining("UNIQUE");
        enter(store, first, new Event.CancelRequested());
        assertThat(store.find(first.plan().id()).orElseThrow().endedAt()).contains(NOW);
        assertThatThrownBy(() -> enter(store, first, new Event.ChecksPassed(Plans.SECONDARY_MAC, true, List.of())))
                .hasMessageContaining("ended already");
        assertThat(begin(store).plan().epoch()).isEqualTo(new Epoch(2));
    }

    @Test
    void aMigrationThatWasTakenOverIsClosedToWhoeverHadItBefore() {
        MigrationStore before = store();
        MigrationState old = begin(before);
        UUID command = before.open(old.plan().id()).getFirst().commandId();

        MigrationStore after = store();
        MigrationState taken = after.takeOver().getFirst().state();
        assertThat(taken.plan().epoch()).isEqualTo(old.plan().epoch().next());
        assertThat(after.open(old.plan().id())).as("what is open is the same").extracting(Intent::commandId)
                .containsExactly(command);
        Event event = new Event.ChecksPassed(Plans.SECONDARY_MAC, true, List.of());
        assertThatThrownBy(() -> enter(before, old, event)).isInstanceOf(TakenOverException.class);
        assertThatThrownBy(() -> before.close(old.plan(), command, event)).isInstanceOf(TakenOverException.class);
        assertThatThrownBy(() -> before.placeVm(old.plan(), Inventory.HOST_B)).isInstanceOf(TakenOverException.class);
        assertThat(after.open(old.plan().id())).hasSize(1);
        enter(after, taken, event);
        assertThat(inventory.epoch(Plans.VM_UUID)).isEqualTo(taken.plan().epoch());
    }

    @Test
    void theEpochOutlivesTheRegistration() {
        MigrationStore store = store();
        enter(store, begin(store), new Event.CancelRequested());
        inventory.removeVm(Inventory.VM, Precondition.NONE);
        inventory.addVm(new Vm(Inventory.VM, "vm1-domain", Plans.VM_UUID, Plans.HOA, Inventory.HOST_B, Epoch.NONE));
        assertThat(inventory.vm(Inventory.VM)).map(Vm::epoch).contains(new Epoch(1));
    }

    @Test
    void theMappingServerForgetsNothing() {
        SqliteMappingStore store = new SqliteMappingStore(database);
        MappingKey key = MappingKey.of(new byte[32]);
        Mapping mapping = new Mapping(Plans.HOA, Optional.of(Plans.MOA_A), Optional.of(Plans.MOA_B), Optional.empty(),
                new Epoch(7));
        SavedSubscription subscription = new SavedSubscription(new SavedSubscription.Id(Plans.HOA, OTHER),
                new InetSocketAddress("2001:db8:c::2", 40000), -7, NOW);
        Enrolment rotating = Enrolment.of(OTHER, key).withSuccessor(MappingKey.of(new byte[16]), NOW);
        store.saveEnrolment(Enrolment.of(Plans.HOA, key));
        store.saveEnrolment(rotating);
        store.saveSubscriptions(List.of(subscription), List.of());
        store.saveMapping(Mapping.none(Plans.HOA));
        store.saveMapping(mapping);
        store.saveRegistration(Plans.HOA, -1, Optional.empty());
        reopen();
        SqliteMappingStore read = new SqliteMappingStore(database);
        assertThat(all(read::readEnrolments)).containsExactly(Enrolment.of(Plans.HOA, key).withRegisterNonce(-1),
                rotating);
        assertThat(all(read::readMappings)).containsExactly(mapping);
        assertThat(all(read::readSubscriptions)).containsExactly(subscription);
        assertThat(read.key(Plans.HOA)).contains(key);
        assertThat(read.key(OTHER)).as("the newest").contains(MappingKey.of(new byte[16]));
        assertThat(read.key(HomeAddress.of("2001:db8:face::3"))).isEmpty();
        read.saveRegistration(Plans.HOA, 5,
                Optional.of(new Mapping(Plans.HOA, Optional.of(MobileAddress.of("2001:db8:b::9")), Optional.empty(),
                        Optional.empty(), new Epoch(8))));
        read.saveEnrolment(rotating.revoked());
        read.remove(Plans.HOA);
        assertThat(all(read::readEnrolments)).containsExactly(rotating.revoked());
        assertThat(all(read::readMappings)).isEmpty();
        assertThat(all(read::readSubscriptions)).isEmpty();
    }

    private static <T> List<T> all(Consumer<Consumer<T>> reading) {
        List<T> all = new ArrayList<>();
        reading.accept(all::add);
        return all;
    }

    @Test
    void whatAHostDidAloneIsWrittenOnceWithTheMigrationThatItBelongsTo() {
        MigrationStore store = store();
        MigrationState first = begin(store);
        store.takeOver();
        LoneDeedStore deeds = new LoneDeedStore(database);
        LoneDeed deed = new LoneDeed(Inventory.HOST_A, Plans.VM_UUID, first.plan().epoch(), LoneDeed.Kind.UNSTAGE, true,
                NOW.plusSeconds(40));
        assertThat(deeds.record(deed, 1)).isTrue();
        assertThat(deeds.record(deed, 2)).isTrue();
        assertThat(deeds.of(first.plan().id())).containsExactly(deed);
        EventLog.Filter alone = new EventLog.Filter(Optional.of(EventKind.MIGRATION_DONE_ALONE), Optional.empty(),
                Optional.empty());
        assertThat(database.events().after(0, alone, 10)).singleElement()
                .satisfies(event -> assertThat(event.subject()).isEqualTo(first.plan().id().toString()));
        assertThat(deeds.record(new LoneDeed(Name.of("host-z"), Plans.VM_UUID, first.plan().epoch(),
                LoneDeed.Kind.SETTLE, true, NOW), 3)).as("nothing to do with it").isFalse();
        assertThat(deeds.record(new LoneDeed(Inventory.HOST_B, Plans.VM_UUID, new Epoch(99), LoneDeed.Kind.SETTLE, true,
                NOW), 3)).as("of no migration").isFalse();
    }

    private static final CopyOptions OPTIONS = new CopyOptions(OptionalInt.of(40), OptionalInt.of(70), true,
            OptionalInt.empty(), Compression.XBZRLE, Optional.of(Duration.ofSeconds(90)), StallAction.SUSPEND);

    private MigrationState begin(MigrationStore store) {
        return store.begin(inventory.vm(Inventory.VM).orElseThrow(), Inventory.HOST_B, Plans.GATEWAY_B,
                Strategy.PRE_COPY, OPTIONS, false, Optional.empty());
    }

    private static MigrationState enter(MigrationStore store, MigrationState state, Event event) {
        Optional<UUID> answered = store.open(state.plan().id()).stream().map(Intent::commandId).findFirst();
        var decision = Workflow.decide(state, event).orElseThrow();
        store.enter(decision, answered, event, "because");
        return decision.state();
    }

    private MigrationStore store() {
        return new MigrationStore(database, InstantSource.fixed(NOW), UUID::randomUUID);
    }

    private void reopen() {
        database.close();
        database = Database.open(folder.resolve("data"));
        inventory = new InventoryStore(database, InstantSource.fixed(NOW));
    }
}
