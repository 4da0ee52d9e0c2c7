package org.godwit.mcs.store;

import org.godwit.mcs.workflow.MigrationState.Outcome;

/** {@link org.godwit.mcs.workflow.MigrationState#outcome()} as a condition on a row; a test compares the two. */
final class OutcomeColumn {

    private static final String ENDED = "phase IN ('SETTLED', 'ABORTED', 'LOST')";
    private static final String UNCERTAIN = "(phase IN ('INQUIRY', 'RECOVERY') OR overdue <> 0)";

    private OutcomeColumn() {}

    static String condition(Outcome outcome) {
        return switch (outcome) {
            case RUNNING -> "NOT " + ENDED + " AND NOT " + UNCERTAIN;
            case COMPLETED -> "phase = 'SETTLED'";
            case REFUSED -> "phase = 'ABORTED' AND changed = 0";
            case ROLLED_BACK -> "phase = 'ABORTED' AND changed <> 0";
            case UNCERTAIN -> "NOT " + ENDED + " AND " + UNCERTAIN;
            case LOST -> "phase = 'LOST'";
        };
    }
}
