package org.godwit.mcs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.godwit.mcs.workflow.Knowledge;
import org.godwit.mcs.workflow.MigrationState;
import org.godwit.mcs.workflow.MigrationState.Outcome;
import org.godwit.mcs.workflow.Plans;
import org.godwit.model.MigrationPhase;
import org.godwit.model.Name;
import org.godwit.model.Silences;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventLogTest {

    private static final Instant NOW = Instant.parse("2026-11-21T09:00:00.000123Z");

    private static final Knowledge OVERDUE = new Knowledge(Optional.empty(), Optional.empty(), Optional.empty(),
            Optional.empty(), Optional.empty(), Silences.UNKNOWN, Optional.empty(), Optional.empty(), 0, true);

    private final Database database = Database.inMemory();
    private final InventoryStore inventory = new InventoryStore(database, InstantSource.fixed(NOW));
    private final EventLog log = database.events();

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void whatHappensIsToldInOrderAndBackwards() {
        inventory.addSite(Name.of("a"));
        inventory.addSite(Name.of("b"));
        inventory.removeSite(Name.of("a"), Precondition.NONE);
        assertThat(log.after(1, EventLog.Filter.ALL, 10)).extracting(LoggedEvent::kind)
                .containsExactly(EventKind.SITE_ADDED, EventKind.SITE_REMOVED);
        assertThat(log.before(Long.MAX_VALUE, EventLog.Filter.of("a"), 10)).extracting(LoggedEvent::number)
                .containsExactly(3L, 1L);
        assertThat(log.after(0, new EventLog.Filter(Optional.of(EventKind.SITE_REMOVED), Optional.empty(),
                Optional.empty()), 10)).singleElement().satisfies(event -> {
                    assertThat(event.subject()).isEqualTo("a");
                    assertThat(event.at()).isEqualTo(NOW);
                });
    }

    @Test
    void whatDidNotHappenIsNotTold() throws Exception {
        AtomicInteger told = new AtomicInteger();
        try (AutoCloseable _ = log.onAppend(told::incrementAndGet)) {
            inventory.addSite(Name.of("a"));
            assertThatThrownBy(() -> inventory.addSite(Name.of("a"))).isInstanceOf(ConflictException.class);
            assertThatThrownBy(() -> database.jdbi().useTransaction(h -> {
                log.append(h, 0, EventKind.SITE_ADDED, "b");
                throw new IllegalStateException("on second thoughts");
            })).hasMessage("on second thoughts");
        }
        inventory.addSite(Name.of("c"));
        assertThat(told).hasValue(1);
        assertThat(log.before(Long.MAX_VALUE, EventLog.Filter.ALL, 10)).extracting(LoggedEvent::subject)
                .containsExactly("c", "a");
    }

    @Test
    void theOldestAreDropped() {
        assertThat(log.oldest()).isOne();
        inventory.addSite(Name.of("a"));
        database.jdbi().useHandle(h -> h.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'events'",
                EventLog.KEPT + 999));
        inventory.addSite(Name.of("b"));
        assertThat(log.oldest()).isEqualTo(log.newest()).isEqualTo(EventLog.KEPT + 1_000);
        assertThat(inventory.version(InventoryStore.Table.SITES, Name.of("a"))).as("a version outlives its event")
                .hasValue(1);
    }

    @Test
    void anOutcomeIsTheSameInTheStoreAsInTheWorkflow() {
        for (MigrationPhase phase : MigrationPhase.values()) {
            for (boolean changed : new boolean[]{true, false }) {
                for (boolean rehearsal : new boolean[]{true, false }) {
                    for (Knowledge known : List.of(Knowledge.NONE, OVERDUE)) {
                        MigrationState state = new MigrationState(Plans.fromAToB(rehearsal), phase, changed, known);
                        assertThat(Arrays.stream(Outcome.values()).filter(asked -> isFound(state, asked)))
                                .as(state.toString()).containsExactly(state.outcome());
                    }
                }
            }
        }
    }

    private boolean isFound(MigrationState state, Outcome asked) {
        return database.jdbi().withHandle(h -> h.createQuery("""
                SELECT count(*) FROM (SELECT :phase AS phase, :changed AS changed, :overdue AS overdue,
                    :rehearsal AS rehearsal, NULL AS failure_code) WHERE\s""" + OutcomeColumn.condition(asked))
                .bind("phase", state.phase().name()).bind("changed", state.changed())
                .bind("overdue", state.knowledge().overdue()).bind("rehearsal", state.plan().rehearsal())
                .mapTo(Integer.class).one()) == 1;
    }
}
