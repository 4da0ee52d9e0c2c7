package org.godwit.mcs.workflow;

import java.time.Duration;
import java.util.Optional;
import org.godwit.mcs.workflow.Event.AddressStaged;
import org.godwit.mcs.workflow.Event.CancelRequested;
import org.godwit.mcs.workflow.Event.ChecksPassed;
import org.godwit.mcs.workflow.Event.CleanedUpAfterLoss;
import org.godwit.mcs.workflow.Event.CopyCompleted;
import org.godwit.mcs.workflow.Event.CopyStalled;
import org.godwit.mcs.workflow.Event.GuestBooted;
import org.godwit.mcs.workflow.Event.GuestSettled;
import org.godwit.mcs.workflow.Event.MappingUnstaged;
import org.godwit.mcs.workflow.Event.Overdue;
import org.godwit.mcs.workflow.Event.PostCopyBroken;
import org.godwit.mcs.workflow.Event.Setback;
import org.godwit.mcs.workflow.Event.StepFailed;
import org.godwit.mcs.workflow.Event.StepTimedOut;
import org.godwit.mcs.workflow.Event.StillUnclear;
import org.godwit.mcs.workflow.Event.TargetDiscarded;
import org.godwit.mcs.workflow.Event.TargetReady;
import org.godwit.mcs.workflow.Event.VmGone;
import org.godwit.model.MigrationPhase;
import org.godwit.model.StallAction;

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
            Knowledge learned = learn(state, event).withAttempts(failures);
            Knowledge known = learned.withFailure(failure(state, learned, event, row.to())).withOverdue(
                    late || state.knowledge().overdue() && row.from() == row.to());
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
            case GuestBooted e -> known.withFigures(e.figures());
            case GuestSettled e -> known.withSilences(e.silences());
            case CancelRequested e -> known.withCalledOff(Optional.of(e.failure()));
            case CopyStalled e when state.plan().options().onStall() == StallAction.ABORT ->
                known.withCalledOff(Optional.of(e.failure()));
            // What it was to be made to end for.
            case StepFailed e when e.effect() == Effect.FORCE_COPY -> known.withCalledOff(known.failure());
            case StepTimedOut e when e.effect() == Effect.FORCE_COPY -> known.withCalledOff(known.failure());
            // If the VM does not run there after all, that is why.
            case StepFailed e when e.effect() == Effect.START_AT_TARGET ->
                known.withCalledOff(Optional.of(e.failure()));
            case StepTimedOut e when e.effect() == Effect.START_AT_TARGET ->
                known.withCalledOff(Optional.of(e.failure()));
            case Event _ -> known;
        };
    }

    /**
     * Copying, what the copy is to be ended for stays. Rolling back, it is what it was called off for, else the failure that caused
     * it, whatever fails on the way. Rolling forward, the present trouble is what an operator wants to see, and none when there is
     * none any more. Asking, it is the last answer; whatever fails while things are removed after a loss, the loss stays, as it was told
     * first: who is asked once more sees less, since what was left of the VM has been ended.
     */
    private static Optional<MigrationFailure> failure(MigrationState state, Knowledge known, Event event,
            MigrationPhase next) {
        Optional<MigrationFailure> before = state.knowledge().failure();
        Optional<MigrationFailure> now = event instanceof Setback setback
                ? Optional.of(setback.failure())
                : Optional.empty();
        return switch (next) {
            case ROLLBACK, ABORTED -> state.phase() == MigrationPhase.ROLLBACK
                    ? before.or(() -> now)
                    : known.calledOff().or(() -> now).or(() -> before);
            case RECOVERY, REBINDING -> event instanceof Overdue ? before.or(() -> now) : now;
            case INQUIRY, LOST -> isUndoing(event) || isToldAgain(before, event) ? before.or(() -> now) : now;
            case COPYING -> event instanceof CopyStalled ? now : known.calledOff().or(() -> before);
            case REQUESTED, CHECKED, GATEWAY_STAGED, ADDRESS_STAGED, TARGET_PREPARED, SHUTDOWN, SWITCHOVER -> before;
            case SETTLED -> Optional.empty();
        };
    }

    private static boolean isToldAgain(Optional<MigrationFailure> before, Event event) {
        return event instanceof VmGone gone
                && before.filter(told -> told.code().equals(gone.failure().code())).isPresent();
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
