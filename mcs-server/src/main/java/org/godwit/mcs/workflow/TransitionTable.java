package org.godwit.mcs.workflow;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import org.godwit.model.MigrationPhase;

/**
 * Rows of (phase, event, condition) → (phase, effects). The first row that matches decides; a row without condition is
 * therefore the last one of its phase and event, and a second one is refused, as is any exit from a final phase.
 */
public final class TransitionTable {

    /** A condition with the words that stand for it in the diagram. */
    record Condition<E>(String words, BiPredicate<MigrationState, E> holds) {}

    /** @param condition empty when the row always applies */
    public record Row(MigrationPhase from, Class<? extends Event> event, String condition, MigrationPhase to,
            List<Effect> effects) {
        @Override
        public String toString() {
            return from + " --" + event.getSimpleName() + (condition.isEmpty() ? "" : " [" + condition + "]") + "--> "
                    + to + " " + effects;
        }
    }

    private record Guarded(Row row, BiPredicate<MigrationState, Event> holds) {}

    private final List<Guarded> rows = new ArrayList<>();

    TransitionTable row(MigrationPhase from, Class<? extends Event> event, MigrationPhase to, Effect... effects) {
        return add(new Row(from, event, "", to, List.of(effects)), (_, _) -> true);
    }

    <E extends Event> TransitionTable row(MigrationPhase from, Class<E> event, Condition<? super E> when,
            MigrationPhase to, Effect... effects) {
        return add(new Row(from, event, when.words(), to, List.of(effects)),
                (state, e) -> when.holds().test(state, event.cast(e)));
    }

    /** Wherever something may still follow, the event changes no phase and has no effect. */
    <E extends Event> TransitionTable everywhere(Class<E> event, Condition<? super E> when) {
        for (MigrationPhase phase : MigrationPhase.values()) {
            if (!phase.isFinal()) {
                row(phase, event, when, phase);
            }
        }
        return this;
    }

    private TransitionTable add(Row row, BiPredicate<MigrationState, Event> holds) {
        requireNonNull(row.from(), "from is null");
        if (row.from().isFinal()) {
            throw new IllegalArgumentException("nothing follows a final phase: " + row);
        }
        for (Guarded earlier : rows) {
            boolean same = earlier.row.from() == row.from() && earlier.row.event() == row.event();
            if (same && (earlier.row.condition().isEmpty() || earlier.row.condition().equals(row.condition()))) {
                throw new IllegalArgumentException(row + " can never decide, because of " + earlier.row);
            }
        }
        rows.add(new Guarded(row, holds));
        return this;
    }

    Optional<Row> find(MigrationState state, Event event) {
        return rows.stream().filter(r -> r.row.from() == state.phase() && r.row.event() == event.getClass())
                .filter(r -> r.holds.test(state, event)).map(Guarded::row).findFirst();
    }

    List<Row> rows() {
        return rows.stream().map(Guarded::row).toList();
    }
}
