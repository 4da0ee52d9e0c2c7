package org.godwit.mcs.store;

import org.godwit.mcs.workflow.MigrationState.Outcome;

/** {@link org.godwit.mcs.workflow.MigrationState#outcome()} as a condition on a row; a test compares the two. */
final class OutcomeColumn {

    private OutcomeColumn() {}

    static String condition(Outcome outcome) {
        return switch (outcome) {
            case RUNNING -> "phase NOT IN ('SETTLED', 'ABORTED', 'INQUIRY', 'LOST')";
            case COMPLETED -> "phase = 'SETTLED'";
            case REFUSED -> "phase = 'ABORTED' AND changed = 0";
            case ROLLED_BACK -> "phase = 'ABORTED' AND changed <> 0";
            case UNCERTAIN -> "phase = 'INQUIRY'";
            case LOST -> "phase = 'LOST'";
        };
    }
}
