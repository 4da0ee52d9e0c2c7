package org.godwit.mcs.workflow;

import java.time.Duration;
import java.util.Optional;
import org.godwit.mcs.workflow.Event.AddressStaged;
import org.godwit.mcs.workflow.Event.ChecksPassed;
import org.godwit.mcs.workflow.Event.CleanedUpAfterLoss;
import org.godwit.mcs.workflow.Event.CopyCompleted;
import org.godwit.mcs.workflow.Event.MappingUnstaged;
import org.godwit.mcs.workflow.Event.Overdue;
import org.godwit.mcs.workflow.Event.PostCopyBroken;
import org.godwit.mcs.workflow.Event.Setback;
import org.godwit.mcs.workflow.Event.StepFailed;
import org.godwit.mcs.workflow.Event.StepTimedOut;
import org.godwit.mcs.workflow.Event.StillUnclear;
import org.godwit.mcs.workflow.Event.TargetDiscarded;
import org.godwit.mcs.workflow.Event.TargetReady;
import org.godwit.model.MigrationPhase;

/** The pure core: which phase and which effects follow from an event. */
public final class Workflow {

    private static final Duration FIRST_DELAY = Duration.ofMillis(250);
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(10);

    private Workflow() {}

    /** Empty when the event changes nothing, because it comes too late or twice. */
    public static Optional<Decision> decide(MigrationState state, Event event) {
        int attempts = state.knowledge().attempts() + 1;
        // Conditions see how often the step has failed, this time included.
        MigrationState counted = state.knowing(state.knowledge().withAttempts(attempts));
        return MigrationTransitions.TABLE.find(counted, event).map(row -> {
            boolean late = event instanceof Overdue;
            int failures = isRetry(row, event) ? attempts : late ? state.knowledge().attempts() : 0;
            Knowledge known = learn(state, event).withAttempts(failures).withFailure(failure(state, event, row.to()))
                    .withOverdue(late || state.knowledge().overdue() && row.from() == row.to());
            return new Decision(state.in(row.to()).knowing(known), row.effects(), delay(failures), row);
        });
    }

    private static boolean isRetry(TransitionTable.Row row, Event event) {
        return switch (event) {
            case StepFailed failed -> isRetry(row, failed.effect());
            case StepTimedOut timedOut -> isRetry(row, timedOut.effect());
            case StillUnclear _ -> true;
            case PostCopyBroken _ -> row.from() == MigrationPhase.RECOVERY;
            case Event _ -> false;
        };
    }

    /** Asking again, too: whoever failed would be asked to do the same at once. */
    private static boolean isRetry(TransitionTable.Row row, Effect failed) {
        return row.effects().contains(failed) || row.effects().contains(Effect.ASK_BOTH_HYPERVISORS);
    }

    private static Knowledge learn(MigrationState state, Event event) {
        Knowledge known = state.knowledge();
        return switch (event) {
            case ChecksPassed e -> known.withInterface(e.secondaryMac(),
                    state.plan().targetGateway().prefix().addressOf(e.secondaryMac()));
            case AddressStaged e -> known.withAddress(e.moa(), e.linkLocal());
            case TargetReady e -> known.withDestination(e.destination());
            case CopyCompleted e -> known.withFigures(e.figures());
            case Event _ -> known;
        };
    }

    /**
     * Rolling back, the failure that caused it stays, whatever fails on the way. Rolling forward, the present trouble is
     * what an operator wants to see, and none when there is none any more. Asking, it is the last answer; whatever fails while
     * things are removed after a loss, the loss stays.
     */
    private static Optional<MigrationFailure> failure(MigrationState state, Event event, MigrationPhase next) {
        Optional<MigrationFailure> now = event instanceof Setback setback
                ? Optional.of(setback.failure())
                : Optional.empty();
        return switch (next) {
            case ROLLBACK, ABORTED -> state.knowledge().failure().or(() -> now);
            case RECOVERY, REBINDING -> event instanceof Overdue ? state.knowledge().failure().or(() -> now) : now;
            case INQUIRY, LOST -> isUndoing(event) ? state.knowledge().failure().or(() -> now) : now;
            case REQUESTED, CHECKED, GATEWAY_STAGED, ADDRESS_STAGED, TARGET_PREPARED, COPYING, SWITCHOVER ->
                state.knowledge().failure();
            case SETTLED -> Optional.empty();
        };
    }

    private static boolean isUndoing(Event event) {
        return switch (event) {
            case StepFailed _,StepTimedOut _,CleanedUpAfterLoss _,MappingUnstaged _,TargetDiscarded _,Overdue _ -> true;
            case Event _ -> false;
        };
    }

    private static Duration delay(int attempts) {
        if (attempts == 0) {
            return Duration.ZERO;
        }
        Duration delay = FIRST_DELAY.multipliedBy(1L << Math.min(attempts - 1, 10));
        return delay.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : delay;
    }
}
