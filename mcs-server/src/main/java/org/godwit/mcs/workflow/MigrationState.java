package org.godwit.mcs.workflow;

import static java.util.Objects.requireNonNull;

import org.godwit.model.MigrationPhase;

/**
 * All that the workflow decides upon.
 *
 * @param changed whether anything in the world may have been changed: from CHECKED on
 */
public record MigrationState(Plan plan, MigrationPhase phase, boolean changed, Knowledge knowledge) {

    public MigrationState {
        requireNonNull(plan, "plan is null");
        requireNonNull(phase, "phase is null");
        requireNonNull(knowledge, "knowledge is null");
    }

    public static MigrationState requested(Plan plan) {
        return new MigrationState(plan, MigrationPhase.REQUESTED, false, Knowledge.NONE);
    }

    /** How it stands, in the words of the REST API. */
    public Outcome outcome() {
        return switch (phase) {
            case SETTLED -> Outcome.COMPLETED;
            case ABORTED -> aborted();
            case INQUIRY, RECOVERY -> Outcome.UNCERTAIN;
            case LOST -> Outcome.LOST;
            case REQUESTED, CHECKED, GATEWAY_STAGED, ADDRESS_STAGED, TARGET_PREPARED, SHUTDOWN, COPYING, SWITCHOVER,
                    REBINDING, ROLLBACK ->
                knowledge.overdue() ? Outcome.UNCERTAIN : Outcome.RUNNING;
        };
    }

    private Outcome aborted() {
        if (plan.rehearsal() && knowledge.failure().isEmpty()) {
            return Outcome.REHEARSED;
        }
        return changed ? Outcome.ROLLED_BACK : Outcome.REFUSED;
    }

    /** Whether an operator may still stop it. */
    public boolean cancellable() {
        return switch (phase) {
            case REQUESTED, CHECKED, GATEWAY_STAGED, ADDRESS_STAGED, TARGET_PREPARED, SHUTDOWN, COPYING -> true;
            case SWITCHOVER, REBINDING, SETTLED, ROLLBACK, ABORTED, INQUIRY, RECOVERY, LOST -> false;
        };
    }

    MigrationState in(MigrationPhase next) {
        return new MigrationState(plan, next, changed || next != MigrationPhase.REQUESTED
                && next != MigrationPhase.ABORTED, knowledge);
    }

    MigrationState knowing(Knowledge more) {
        return new MigrationState(plan, phase, changed, more);
    }

    /** @see org.godwit.protocol.rest.Resources.Migration */
    public enum Outcome {
        RUNNING, COMPLETED, REHEARSED, REFUSED, ROLLED_BACK, UNCERTAIN, LOST
    }
}
