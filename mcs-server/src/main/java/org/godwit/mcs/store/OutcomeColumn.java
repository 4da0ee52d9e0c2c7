package org.godwit.mcs.store;

import org.godwit.mcs.workflow.MigrationState.Outcome;

/** {@link org.godwit.mcs.workflow.MigrationState#outcome()} as a condition on a row; a test compares the two. */
final class OutcomeColumn {

    private static final String ENDED = "phase IN ('SETTLED', 'ABORTED', 'LOST')";
    private static final String UNCERTAIN = "(phase IN ('INQUIRY', 'RECOVERY') OR overdue <> 0)";
    private static final String REHEARSED = "(rehearsal <> 0 AND failure_code IS NULL)";

    private OutcomeColumn() {}

    static String condition(Outcome outcome) {
        return switch (outcome) {
            case RUNNING -> "NOT " + ENDED + " AND NOT " + UNCERTAIN;
            case COMPLETED -> "phase = 'SETTLED'";
            case UNCERTAIN -> "NOT " + ENDED + " AND " + UNCERTAIN;
            case REHEARSED -> "phase = 'ABORTED' AND " + REHEARSED;
            case REFUSED -> "phase = 'ABORTED' AND changed = 0 AND NOT " + REHEARSED;
            case ROLLED_BACK -> "phase = 'ABORTED' AND changed <> 0 AND NOT " + REHEARSED;
            case LOST -> "phase = 'LOST'";
        };
    }
}
