package org.godwit.mcs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.godwit.mcs.scripted.Inventory;
import org.godwit.mcs.workflow.Event;
import org.godwit.mcs.workflow.MigrationState;
import org.godwit.mcs.workflow.Plans;
import org.godwit.mcs.workflow.Workflow;
import org.godwit.model.CopyOptions;
import org.godwit.model.Epoch;
import org.godwit.model.Name;
import org.godwit.model.Strategy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever asks first begins, and nobody begins with what another server has taken over. */
class TakeoverRaceTest {

    private static final int ROUNDS = 40;

    @TempDir
    Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private Database database;
    private InventoryStore inventory;

    @BeforeEach
    void open() {
        database = Database.open(folder);
        inventory = Inventory.fill(database);
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        database.close();
    }

    @Test
    void ofManyWhoMigrateOneVmOneBegins() throws Exception {
        MigrationStore store = server();
        int wishes = 8;
        List<Optional<MigrationState>> begun = atOnce(wishes, () -> begin(store));
        assertThat(begun.stream().flatMap(Optional::stream)).hasSize(1);
        assertThat(store.unfinished()).hasSize(1);
        assertThat(inventory.epoch(Plans.VM_UUID)).as("a wish that was refused costs no epoch").isEqualTo(new Epoch(1));
    }

    @Test
    void whatAServerBeginsWhileItIsTakenOverTheNextOneKnows() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            MigrationStore before = server();
            MigrationStore after = store();
            CyclicBarrier start = new CyclicBarrier(2);
            Future<Optional<MigrationState>> begun = threads.submit(() -> {
                start.await();
                return begin(before);
            });
            start.await();
            List<MigrationRecord> taken = after.takeOver();

            assertThat(taken.stream().map(record -> record.state().plan().id()).toList())
                    .as("as the next server has them").isEqualTo(
                            begun.get().stream().map(state -> state.plan().id()).toList());
            taken.forEach(record -> end(after, record.state()));
        }
    }

    @Test
    void aMigrationThatWaitsForItsTurnIsAdmittedByTheServerThatHasItOnly() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            MigrationStore before = server();
            MigrationState waiting = begin(before).orElseThrow();
            UUID id = waiting.plan().id();
            MigrationStore after = store();
            CyclicBarrier start = new CyclicBarrier(2);
            Future<Optional<MigrationStore.Ongoing>> admitted = threads.submit(() -> {
                start.await();
                return unlessTakenOver(() -> before.admit(id));
            });
            start.await();
            MigrationRecord taken = after.takeOver().getFirst();

            Optional<MigrationStore.Ongoing> ongoing = admitted.get();
            assertThat(taken.admittedAt().isPresent()).as("admitted before").isEqualTo(ongoing.isPresent());
            ongoing.ifPresent(it -> assertThat(it.record().state().plan().epoch())
                    .as("what it goes on with is over").isLessThan(taken.state().plan().epoch()));
            end(after, taken.state());
        }
    }

    @Test
    void aServerThatWasTakenOverBeginsAdmitsAndCancelsNothing() {
        MigrationStore before = server();
        UUID id = begin(before).orElseThrow().plan().id();
        MigrationStore after = server();
        assertThatThrownBy(() -> before.admit(id)).isInstanceOf(TakenOverException.class);
        assertThatThrownBy(() -> before.requestCancel(id)).isInstanceOf(TakenOverException.class);
        assertThatThrownBy(() -> before.begin(inventory.vm(Inventory.VM).orElseThrow(), Inventory.HOST_B,
                Plans.GATEWAY_B, Strategy.PRE_COPY, CopyOptions.STANDARD, false, Optional.empty()))
                .isInstanceOf(TakenOverException.class);
        assertThat(after.find(id).orElseThrow().cancelRequested()).isFalse();
        assertThat(after.admit(id).record()).isEqualTo(after.admit(id).record());
    }

    @Test
    void aVmThatHasMovedSinceItWasLookedAtAndATargetThatIsGoneAreRefused() {
        MigrationStore store = server();
        Vm seen = inventory.vm(Inventory.VM).orElseThrow();
        inventory.removeHost(Inventory.HOST_B, Precondition.NONE);
        assertThatThrownBy(() -> store.begin(seen, Inventory.HOST_B, Plans.GATEWAY_B, Strategy.PRE_COPY,
                CopyOptions.STANDARD, false, Optional.empty()))
                .isInstanceOf(ConflictException.class).hasMessageContaining("ask again");
        inventory.addHost(Inventory.HOST_B, Name.of("b"));
        MigrationState first = store.begin(seen, Inventory.HOST_B, Plans.GATEWAY_B, Strategy.PRE_COPY,
                CopyOptions.STANDARD, false, Optional.empty());
        store.placeVm(first.plan(), Inventory.HOST_B);
        end(store, first);
        assertThatThrownBy(() -> store.begin(seen, Inventory.HOST_B, Plans.GATEWAY_B, Strategy.PRE_COPY,
                CopyOptions.STANDARD, false, Optional.empty()))
                .isInstanceOf(ConflictException.class).hasMessageContaining("ask again");
    }

    /** A server that works on this database, in place of whichever did before. */
    private MigrationStore server() {
        MigrationStore store = store();
        store.takeOver();
        return store;
    }

    private MigrationStore store() {
        return new MigrationStore(database, InstantSource.system(), UUID::randomUUID);
    }

    /** Empty when it is refused. */
    private Optional<MigrationState> begin(MigrationStore store) {
        try {
            return unlessTakenOver(() -> store.begin(inventory.vm(Inventory.VM).orElseThrow(), Inventory.HOST_B,
                    Plans.GATEWAY_B, Strategy.PRE_COPY, CopyOptions.STANDARD, false, Optional.empty()));
        } catch (ConflictException e) {
            return Optional.empty();
        }
    }

    private static <T> Optional<T> unlessTakenOver(Supplier<T> deed) {
        try {
            return Optional.of(deed.get());
        } catch (TakenOverException e) {
            return Optional.empty();
        }
    }

    private static void end(MigrationStore store, MigrationState state) {
        Event cancel = new Event.CancelRequested();
        store.enter(Workflow.decide(state, cancel).orElseThrow(), Optional.empty(), cancel, "because");
    }

    private <T> List<T> atOnce(int times, Callable<T> deed) throws Exception {
        CyclicBarrier start = new CyclicBarrier(times);
        List<Future<T>> running = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            running.add(threads.submit(() -> {
                start.await();
                return deed.call();
            }));
        }
        List<T> done = new ArrayList<>();
        for (Future<T> one : running) {
            done.add(one.get());
        }
        return done;
    }
}
