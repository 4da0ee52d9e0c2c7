package org.godwit.mcs.workflow;

import static org.godwit.mcs.workflow.Effect.*;
import static org.godwit.model.MigrationPhase.*;

import org.godwit.mcs.workflow.Event.AbandonRequested;
import org.godwit.mcs.workflow.Event.Accepted;
import org.godwit.mcs.workflow.Event.AddressFree;
import org.godwit.mcs.workflow.Event.AddressStaged;
import org.godwit.mcs.workflow.Event.CancelRequested;
import org.godwit.mcs.workflow.Event.ChecksPassed;
import org.godwit.mcs.workflow.Event.ChecksRefused;
import org.godwit.mcs.workflow.Event.CleanedUpAfterLoss;
import org.godwit.mcs.workflow.Event.CopyCompleted;
import org.godwit.mcs.workflow.Event.CopyFailed;
import org.godwit.mcs.workflow.Event.CopyOutcomeUnknown;
import org.godwit.mcs.workflow.Event.CopyStalled;
import org.godwit.mcs.workflow.Event.CopyStarted;
import org.godwit.mcs.workflow.Event.DisksArrived;
import org.godwit.mcs.workflow.Event.EgressOpen;
import org.godwit.mcs.workflow.Event.GatewayStaged;
import org.godwit.mcs.workflow.Event.GuestArmed;
import org.godwit.mcs.workflow.Event.GuestBooted;
import org.godwit.mcs.workflow.Event.GuestReady;
import org.godwit.mcs.workflow.Event.GuestSettled;
import org.godwit.mcs.workflow.Event.MappingActivated;
import org.godwit.mcs.workflow.Event.MappingStaged;
import org.godwit.mcs.workflow.Event.MappingUnstaged;
import org.godwit.mcs.workflow.Event.Overdue;
import org.godwit.mcs.workflow.Event.PausedOnSource;
import org.godwit.mcs.workflow.Event.PostCopyBroken;
import org.godwit.mcs.workflow.Event.RunningOnSource;
import org.godwit.mcs.workflow.Event.RunningOnTarget;
import org.godwit.mcs.workflow.Event.SourceResumed;
import org.godwit.mcs.workflow.Event.SourceUnstaged;
import org.godwit.mcs.workflow.Event.StartedAtSource;
import org.godwit.mcs.workflow.Event.StartedAtTarget;
import org.godwit.mcs.workflow.Event.StagingRemoved;
import org.godwit.mcs.workflow.Event.StepFailed;
import org.godwit.mcs.workflow.Event.StepTimedOut;
import org.godwit.mcs.workflow.Event.StillUnclear;
import org.godwit.mcs.workflow.Event.TargetAbandoned;
import org.godwit.mcs.workflow.Event.TargetDefined;
import org.godwit.mcs.workflow.Event.TargetDiscarded;
import org.godwit.mcs.workflow.Event.TargetReady;
import org.godwit.mcs.workflow.Event.TargetUndefined;
import org.godwit.mcs.workflow.Event.VmGone;
import org.godwit.mcs.workflow.Event.VmMoved;
import org.godwit.mcs.workflow.Event.VmOff;
import org.godwit.mcs.workflow.Event.VmPaused;
import org.godwit.mcs.workflow.Event.VmResumed;
import org.godwit.mcs.workflow.Event.VmReturned;
import org.godwit.mcs.workflow.TransitionTable.Condition;
import org.godwit.model.StallAction;
import org.godwit.model.Strategy;

/**
 * The table. Where a row is missing the event changes nothing: it comes too late, such as the outcome of a command that was
 * given up, or a pause that is reported twice.
 */
final class MigrationTransitions {

    /** So many answered failures of an undoing step; after that what is left is the host agent's own clean-up. */
    static final int UNDOING_ATTEMPTS = 8;

    /** So many times a guest that boots at the source again is told who it is: minutes. It is told again when the host's agent dials in. */
    static final int BOOTING_ATTEMPTS = 30;

    private static final Condition<ChecksPassed> UNENROLLED = new Condition<>("guest not enrolled",
            (_, e) -> !e.guestEnrolled());

    private static final Condition<Event> COLD = new Condition<>("cold",
            (state, _) -> state.plan().strategy() == Strategy.COLD);

    /** A definition at the target is ours: it had none when it was prepared. */
    private static final Condition<Event> MAYBE_DEFINED = new Condition<>("cold, target prepared",
            (state, _) -> state.plan().strategy() == Strategy.COLD && state.knowledge().destination().isPresent());

    /** Of a cold migration: the guest has not booted at the target yet. */
    private static final Condition<Event> NAMELESS = new Condition<>("cold, guest not enrolled",
            (state, _) -> state.plan().strategy() == Strategy.COLD && state.knowledge().figures().isEmpty());

    private static final Condition<Event> REHEARSED = new Condition<>("rehearsal",
            (state, _) -> state.plan().rehearsal());

    private static final Condition<AddressStaged> AS_PREDICTED = new Condition<>("as predicted",
            (state, e) -> state.knowledge().moa().filter(e.moa()::equals).isPresent()
                    && state.knowledge().linkLocal().filter(e.linkLocal()::equals).isPresent());

    /** A copy that is being ended already is not ended in another way. */
    private static final Condition<CopyStalled> TO_BE_FORCED = new Condition<>("to be forced",
            (state, _) -> state.knowledge().failure().isEmpty()
                    && state.plan().options().onStall() != StallAction.ABORT);

    private static final Condition<CopyStalled> TO_BE_ABORTED = new Condition<>("to be aborted",
            (state, _) -> state.knowledge().failure().isEmpty()
                    && state.plan().options().onStall() == StallAction.ABORT);

    /** Then the pause is the copy, and may last. */
    private static final Condition<VmPaused> SUSPENDED = new Condition<>("suspended",
            (state, _) -> state.plan().strategy() == Strategy.SUSPENDED);

    private static final Condition<Event> COPY_UNDER_WAY = new Condition<>("copy under way",
            (state, _) -> state.knowledge().figures().isEmpty());

    private static final Condition<StepFailed> VM_MISSING = new Condition<>("settling or enrolling, VM unknown",
            (_, e) -> (e.effect() == SETTLE_GUEST || e.effect() == ENROL_AT_TARGET)
                    && e.failure().code().equals("vm_unknown"));

    private static final Condition<Overdue> STILL_THERE = new Condition<>("still there",
            (state, e) -> state.phase() == e.phase());

    /** The copy's own outcome has not been heard. */
    private static final Condition<StepFailed> MEMORY_LEFT = new Condition<>("removing, post-copy broken",
            (_, e) -> e.effect() == REMOVE_STAGING && e.failure().code().equals("postcopy_broken"));

    private static final Condition<Event> SOURCE_MISSING = new Condition<>("starting, VM unknown",
            (_, e) -> e instanceof StepFailed failed && failed.effect() == START_AT_SOURCE
                    && failed.failure().code().equals("vm_unknown"));

    private static final Condition<Event> REMOVING_FIRST = new Condition<>("removing, guest not enrolled",
            (state, e) -> effectOf(e) == REMOVE_STAGING && NAMELESS.holds().test(state, e));

    private static final Condition<Event> STARTING = failing(START_AT_TARGET, "starting");
    private static final Condition<Event> STARTING_AGAIN = failing(START_AT_SOURCE, "starting");
    private static final Condition<Event> UNDEFINING = failing(UNDEFINE_AT_TARGET, "undefining");
    private static final Condition<Event> UNDEFINING_GIVEN_UP = givenUp(UNDEFINE_AT_TARGET, "undefining given up");
    private static final Condition<Event> ENROLLING = failing(ENROL_GUEST, "enrolling");
    private static final Condition<Event> ENROLLING_GIVEN_UP = new Condition<>("enrolling given up",
            (state, e) -> effectOf(e) == ENROL_GUEST && state.knowledge().attempts() >= BOOTING_ATTEMPTS);
    private static final Condition<Event> GREETING = failing(ENROL_AT_TARGET, "enrolling");
    private static final Condition<Event> UNSTAGING = failing(UNSTAGE_SOURCE, "unstaging");
    private static final Condition<Event> UNSTAGING_GIVEN_UP = givenUp(UNSTAGE_SOURCE, "unstaging given up");
    private static final Condition<Event> DISCARDING = failing(DISCARD_TARGET, "discarding");
    private static final Condition<Event> DISCARDING_GIVEN_UP = givenUp(DISCARD_TARGET, "discarding given up");
    private static final Condition<Event> MOVING = failing(MOVE_VM, "moving");
    private static final Condition<Event> RETURNING = failing(RETURN_VM, "returning");
    private static final Condition<Event> RESUMING = failing(RESUME_SOURCE, "resuming");
    private static final Condition<Event> FORCING = failing(FORCE_COPY, "forcing");
    private static final Condition<Event> CANCELLING = new Condition<>("cancelling, not given up",
            (state, e) -> effectOf(e) == CANCEL_COPY && state.knowledge().attempts() < UNDOING_ATTEMPTS);
    private static final Condition<Event> RECOVERING = failing(RECOVER_COPY, "recovering");
    private static final Condition<Event> ABANDONING = failing(ABANDON_TARGET, "abandoning");
    private static final Condition<Event> CLEANING_UP = failing(CLEAN_UP_AFTER_LOSS, "cleaning up");
    private static final Condition<Event> SETTLING = failing(SETTLE_GUEST, "settling");
    private static final Condition<Event> ACTIVATING = failing(ACTIVATE_MAPPING, "activating");
    private static final Condition<Event> REMOVING = failing(REMOVE_STAGING, "removing");
    private static final Condition<Event> WITHDRAWING = failing(UNSTAGE_MAPPING, "withdrawing");

    static final TransitionTable TABLE = new TransitionTable()
            // ---- checks: nothing is changed, so a failed one simply ends it ----
            .row(REQUESTED, Accepted.class, REQUESTED, PRECHECK)
            .row(REQUESTED, ChecksPassed.class, COLD, CHECKED, PROBE_ADDRESS)
            .row(REQUESTED, ChecksPassed.class, UNENROLLED, REQUESTED, ENROL_GUEST)
            .row(REQUESTED, ChecksPassed.class, CHECKED, STAGE_GATEWAY)
            .row(REQUESTED, GuestReady.class, CHECKED, STAGE_GATEWAY)
            .row(REQUESTED, ChecksRefused.class, ABORTED)
            .row(REQUESTED, StepFailed.class, ABORTED)
            .row(REQUESTED, StepTimedOut.class, ABORTED)
            .row(REQUESTED, CancelRequested.class, ABORTED)
            // ---- cold: nothing is staged in the guest, which is to forget it ----
            .row(CHECKED, AddressFree.class, CHECKED, STAGE_MAPPING)
            .row(CHECKED, MappingStaged.class, CHECKED, PREPARE_TARGET)
            .row(CHECKED, TargetReady.class, REHEARSED, ROLLBACK, UNSTAGE_MAPPING)
            .row(CHECKED, TargetReady.class, SHUTDOWN, SHUT_DOWN)
            .row(SHUTDOWN, VmOff.class, COPYING, SEND_DISKS)
            .row(COPYING, DisksArrived.class, COPYING, DEFINE_AT_TARGET)
            .row(COPYING, TargetDefined.class, SWITCHOVER, START_AT_TARGET)
            // the target was not told to start it, so nobody need ask there
            .row(SHUTDOWN, StepFailed.class, ROLLBACK, START_AT_SOURCE)
            .row(SHUTDOWN, StepTimedOut.class, ROLLBACK, START_AT_SOURCE)
            .row(SHUTDOWN, CancelRequested.class, ROLLBACK, START_AT_SOURCE)
            .row(COPYING, StepFailed.class, COLD, ROLLBACK, START_AT_SOURCE)
            // what is still being sent the start would wait for
            .row(COPYING, StepTimedOut.class, COLD, ROLLBACK, CANCEL_COPY, START_AT_SOURCE)
            .row(COPYING, CancelRequested.class, COLD, ROLLBACK, CANCEL_COPY, START_AT_SOURCE)
            .row(SWITCHOVER, StartedAtTarget.class, REBINDING, MOVE_VM)
            .row(SWITCHOVER, StepFailed.class, STARTING, INQUIRY, ASK_BOTH_HYPERVISORS)
            .row(SWITCHOVER, StepTimedOut.class, STARTING, INQUIRY, ASK_BOTH_HYPERVISORS)
            // what is still under way at the target ends before it forgets the VM, and is seen when that fails
            .row(INQUIRY, VmOff.class, INQUIRY, UNDEFINE_AT_TARGET)
            .row(INQUIRY, RunningOnSource.class, COLD, INQUIRY, UNDEFINE_AT_TARGET)
            .row(INQUIRY, TargetUndefined.class, ROLLBACK, START_AT_SOURCE)
            .row(INQUIRY, StepFailed.class, UNDEFINING, INQUIRY, ASK_BOTH_HYPERVISORS)
            .row(INQUIRY, StepTimedOut.class, UNDEFINING, INQUIRY, ASK_BOTH_HYPERVISORS)
            // ---- staging: every failure rolls back ----
            .row(CHECKED, GatewayStaged.class, GATEWAY_STAGED, STAGE_ADDRESS)
            .row(CHECKED, StepFailed.class, ROLLBACK, UNSTAGE_MAPPING)
            .row(CHECKED, StepTimedOut.class, ROLLBACK, UNSTAGE_MAPPING)
            .row(CHECKED, CancelRequested.class, ROLLBACK, UNSTAGE_MAPPING)
            .row(GATEWAY_STAGED, AddressStaged.class, REHEARSED, GATEWAY_STAGED, PROBE_ADDRESS)
            .row(GATEWAY_STAGED, AddressStaged.class, AS_PREDICTED, GATEWAY_STAGED, STAGE_MAPPING)
            .row(GATEWAY_STAGED, AddressStaged.class, GATEWAY_STAGED, PROBE_ADDRESS)
            // before the peers know the address: one that does takes the first packet from it for the VM's landing
            .row(GATEWAY_STAGED, AddressFree.class, REHEARSED, GATEWAY_STAGED, PROBE_EGRESS)
            .row(GATEWAY_STAGED, EgressOpen.class, GATEWAY_STAGED, STAGE_MAPPING)
            .row(GATEWAY_STAGED, AddressFree.class, GATEWAY_STAGED, STAGE_MAPPING)
            .row(GATEWAY_STAGED, MappingStaged.class, GATEWAY_STAGED, ARM_GUEST)
            .row(GATEWAY_STAGED, GuestArmed.class, ADDRESS_STAGED, PREPARE_TARGET)
            .row(GATEWAY_STAGED, StepFailed.class, ROLLBACK, UNSTAGE_MAPPING)
            .row(GATEWAY_STAGED, StepTimedOut.class, ROLLBACK, UNSTAGE_MAPPING)
            .row(GATEWAY_STAGED, CancelRequested.class, ROLLBACK, UNSTAGE_MAPPING)
            .row(ADDRESS_STAGED, TargetReady.class, REHEARSED, ROLLBACK, UNSTAGE_MAPPING)
            .row(ADDRESS_STAGED, TargetReady.class, TARGET_PREPARED, COPY)
            .row(ADDRESS_STAGED, StepFailed.class, ROLLBACK, UNSTAGE_MAPPING)
            .row(ADDRESS_STAGED, StepTimedOut.class, ROLLBACK, UNSTAGE_MAPPING)
            .row(ADDRESS_STAGED, CancelRequested.class, ROLLBACK, UNSTAGE_MAPPING)
            .row(TARGET_PREPARED, CopyStarted.class, COPYING)
            .row(TARGET_PREPARED, CancelRequested.class, ROLLBACK, UNSTAGE_MAPPING)
            // ---- the copy: only a hypervisor's own word ends it ----
            .row(COPYING, VmPaused.class, SUSPENDED, COPYING)
            .row(COPYING, VmPaused.class, SWITCHOVER)
            .row(COPYING, CopyStalled.class, TO_BE_FORCED, COPYING, FORCE_COPY)
            .row(COPYING, CopyStalled.class, TO_BE_ABORTED, COPYING, CANCEL_COPY)
            // should it have been heard all the same, the copy is past being cancelled
            .row(COPYING, StepFailed.class, FORCING, COPYING, CANCEL_COPY)
            .row(COPYING, StepTimedOut.class, FORCING, COPYING, CANCEL_COPY)
            // unheard, nothing would end a copy that does not end by itself
            .row(COPYING, StepFailed.class, CANCELLING, COPYING, CANCEL_COPY)
            .row(COPYING, StepTimedOut.class, CANCELLING, COPYING, CANCEL_COPY)
            .row(COPYING, CancelRequested.class, COPYING, CANCEL_COPY)
            .row(COPYING, CopyCompleted.class, REBINDING, MOVE_VM)
            .row(COPYING, CopyFailed.class, ROLLBACK, UNSTAGE_MAPPING)
            .row(COPYING, CopyOutcomeUnknown.class, INQUIRY, ASK_BOTH_HYPERVISORS)
            .row(COPYING, VmResumed.class, REBINDING, MOVE_VM)
            .row(SWITCHOVER, VmResumed.class, REBINDING, MOVE_VM)
            .row(SWITCHOVER, CopyCompleted.class, REBINDING, MOVE_VM)
            .row(SWITCHOVER, CopyFailed.class, ROLLBACK, UNSTAGE_MAPPING)
            .row(SWITCHOVER, CopyOutcomeUnknown.class, INQUIRY, ASK_BOTH_HYPERVISORS)
            .row(COPYING, PostCopyBroken.class, RECOVERY, RECOVER_COPY)
            .row(SWITCHOVER, PostCopyBroken.class, RECOVERY, RECOVER_COPY)
            // the target may have said before that it runs there, and have lost it since
            .row(INQUIRY, RunningOnSource.class, ROLLBACK, RETURN_VM)
            // it ended after it had landed, or was ended
            .row(INQUIRY, VmGone.class, INQUIRY, CLEAN_UP_AFTER_LOSS)
            .row(INQUIRY, CleanedUpAfterLoss.class, INQUIRY, UNSTAGE_MAPPING)
            .row(INQUIRY, MappingUnstaged.class, INQUIRY, DISCARD_TARGET)
            .row(INQUIRY, TargetDiscarded.class, LOST)
            .row(INQUIRY, PausedOnSource.class, INQUIRY, RESUME_SOURCE)
            .row(INQUIRY, SourceResumed.class, INQUIRY, ASK_BOTH_HYPERVISORS)
            .row(INQUIRY, StepFailed.class, RESUMING, INQUIRY, ASK_BOTH_HYPERVISORS)
            .row(INQUIRY, StepTimedOut.class, RESUMING, INQUIRY, ASK_BOTH_HYPERVISORS)
            .row(INQUIRY, StepFailed.class, CLEANING_UP, INQUIRY, CLEAN_UP_AFTER_LOSS)
            .row(INQUIRY, StepTimedOut.class, CLEANING_UP, INQUIRY, CLEAN_UP_AFTER_LOSS)
            .row(INQUIRY, StepFailed.class, WITHDRAWING, INQUIRY, UNSTAGE_MAPPING)
            // the target's agent sees by itself that nobody comes
            .row(INQUIRY, StepFailed.class, DISCARDING, LOST)
            .row(INQUIRY, StepTimedOut.class, DISCARDING, LOST)
            .row(INQUIRY, StillUnclear.class, INQUIRY, ASK_BOTH_HYPERVISORS)
            // ---- point of no return: from here we only roll forward, and try until it is done ----
            .row(INQUIRY, RunningOnTarget.class, REBINDING, MOVE_VM)
            .row(INQUIRY, PostCopyBroken.class, RECOVERY, RECOVER_COPY)
            // a post-copy that broke: the VM cannot go back, and cannot go on without the source
            .row(RECOVERY, CopyCompleted.class, REBINDING, MOVE_VM)
            // whether there is still anything to take up
            .row(RECOVERY, StepFailed.class, RECOVERING, RECOVERY, ASK_BOTH_HYPERVISORS)
            .row(RECOVERY, StepTimedOut.class, RECOVERING, RECOVERY, ASK_BOTH_HYPERVISORS)
            .row(RECOVERY, PostCopyBroken.class, RECOVERY, RECOVER_COPY)
            .row(RECOVERY, StillUnclear.class, RECOVERY, ASK_BOTH_HYPERVISORS)
            .row(RECOVERY, RunningOnTarget.class, REBINDING, MOVE_VM)
            // what follows from these cannot be taken back: both are asked once more
            .row(RECOVERY, VmGone.class, INQUIRY, ASK_BOTH_HYPERVISORS)
            .row(RECOVERY, RunningOnSource.class, INQUIRY, ASK_BOTH_HYPERVISORS)
            .row(RECOVERY, PausedOnSource.class, INQUIRY, ASK_BOTH_HYPERVISORS)
            // an operator's word ends the half at the target; that the VM is lost the hypervisors say all the same
            .row(RECOVERY, AbandonRequested.class, RECOVERY, ABANDON_TARGET)
            .row(RECOVERY, TargetAbandoned.class, RECOVERY, ASK_BOTH_HYPERVISORS)
            .row(RECOVERY, StepFailed.class, ABANDONING, RECOVERY, ASK_BOTH_HYPERVISORS)
            .row(RECOVERY, StepTimedOut.class, ABANDONING, RECOVERY, ASK_BOTH_HYPERVISORS)
            // the source's agent removes its staging after its copy has ended, so nobody here waits for that
            .row(REBINDING, CopyCompleted.class, REBINDING)
            .row(REBINDING, CopyFailed.class, COPY_UNDER_WAY, INQUIRY, ASK_BOTH_HYPERVISORS)
            .row(REBINDING, CopyOutcomeUnknown.class, COPY_UNDER_WAY, INQUIRY, ASK_BOTH_HYPERVISORS)
            // who asks now must hear where the VM is, however long its guest takes
            .row(REBINDING, PostCopyBroken.class, COPY_UNDER_WAY, RECOVERY, RECOVER_COPY)
            .row(REBINDING, VmMoved.class, REBINDING, ACTIVATE_MAPPING)
            // a definition that anybody may start goes first; but the VM does not wait for a source that is away
            .row(REBINDING, MappingActivated.class, COLD, REBINDING, REMOVE_STAGING)
            .row(REBINDING, StagingRemoved.class, NAMELESS, REBINDING, ENROL_AT_TARGET)
            .row(REBINDING, StepFailed.class, REMOVING_FIRST, REBINDING, ENROL_AT_TARGET)
            .row(REBINDING, StepTimedOut.class, REMOVING_FIRST, REBINDING, ENROL_AT_TARGET)
            .row(REBINDING, GuestBooted.class, REBINDING, REMOVE_STAGING)
            .row(REBINDING, MappingActivated.class, REBINDING, SETTLE_GUEST)
            .row(REBINDING, GuestSettled.class, REBINDING, REMOVE_STAGING)
            .row(REBINDING, StagingRemoved.class, SETTLED)
            .row(REBINDING, StepFailed.class, MOVING, REBINDING, MOVE_VM)
            .row(REBINDING, StepFailed.class, VM_MISSING, INQUIRY, ASK_BOTH_HYPERVISORS)
            .row(REBINDING, StepFailed.class, SETTLING, REBINDING, SETTLE_GUEST)
            .row(REBINDING, StepFailed.class, GREETING, REBINDING, ENROL_AT_TARGET)
            .row(REBINDING, StepTimedOut.class, GREETING, REBINDING, ENROL_AT_TARGET)
            .row(REBINDING, StepFailed.class, ACTIVATING, REBINDING, ACTIVATE_MAPPING)
            .row(REBINDING, StepFailed.class, MEMORY_LEFT, RECOVERY, RECOVER_COPY)
            .row(REBINDING, StepFailed.class, REMOVING, REBINDING, REMOVE_STAGING)
            .row(REBINDING, StepTimedOut.class, SETTLING, REBINDING, SETTLE_GUEST)
            .row(REBINDING, StepTimedOut.class, REMOVING, REBINDING, REMOVE_STAGING)
            // ---- rollback: the VM stays; undo in reverse ----
            .row(ROLLBACK, StartedAtSource.class, ROLLBACK, ENROL_GUEST)
            .row(ROLLBACK, GuestReady.class, ROLLBACK, RETURN_VM)
            .row(ROLLBACK, StepFailed.class, SOURCE_MISSING, INQUIRY, ASK_BOTH_HYPERVISORS)
            .row(ROLLBACK, StepFailed.class, STARTING_AGAIN, ROLLBACK, START_AT_SOURCE)
            .row(ROLLBACK, StepTimedOut.class, STARTING_AGAIN, ROLLBACK, CANCEL_COPY, START_AT_SOURCE)
            .row(ROLLBACK, StepFailed.class, ENROLLING_GIVEN_UP, ROLLBACK, RETURN_VM)
            .row(ROLLBACK, StepFailed.class, ENROLLING, ROLLBACK, ENROL_GUEST)
            .row(ROLLBACK, StepTimedOut.class, ENROLLING_GIVEN_UP, ROLLBACK, RETURN_VM)
            .row(ROLLBACK, StepTimedOut.class, ENROLLING, ROLLBACK, ENROL_GUEST)
            .row(ROLLBACK, MappingUnstaged.class, MAYBE_DEFINED, ROLLBACK, UNDEFINE_AT_TARGET)
            .row(ROLLBACK, MappingUnstaged.class, COLD, ROLLBACK, DISCARD_TARGET)
            .row(ROLLBACK, TargetUndefined.class, ABORTED)
            .row(ROLLBACK, StepFailed.class, UNDEFINING_GIVEN_UP, ABORTED)
            .row(ROLLBACK, StepFailed.class, UNDEFINING, ROLLBACK, UNDEFINE_AT_TARGET)
            .row(ROLLBACK, StepTimedOut.class, UNDEFINING_GIVEN_UP, ABORTED)
            .row(ROLLBACK, StepTimedOut.class, UNDEFINING, ROLLBACK, UNDEFINE_AT_TARGET)
            .row(ROLLBACK, VmReturned.class, ROLLBACK, UNSTAGE_MAPPING)
            .row(ROLLBACK, MappingUnstaged.class, ROLLBACK, UNSTAGE_SOURCE)
            .row(ROLLBACK, SourceUnstaged.class, ROLLBACK, DISCARD_TARGET)
            .row(ROLLBACK, TargetDiscarded.class, ABORTED)
            .row(ROLLBACK, StepFailed.class, RETURNING, ROLLBACK, RETURN_VM)
            .row(ROLLBACK, StepFailed.class, WITHDRAWING, ROLLBACK, UNSTAGE_MAPPING)
            .row(ROLLBACK, StepFailed.class, UNSTAGING_GIVEN_UP, ROLLBACK, DISCARD_TARGET)
            .row(ROLLBACK, StepFailed.class, UNSTAGING, ROLLBACK, UNSTAGE_SOURCE)
            .row(ROLLBACK, StepFailed.class, DISCARDING_GIVEN_UP, ABORTED)
            .row(ROLLBACK, StepFailed.class, DISCARDING, ROLLBACK, DISCARD_TARGET)
            // a source host that is away keeps the VM's staging: wait for it
            .row(ROLLBACK, StepTimedOut.class, UNSTAGING, ROLLBACK, UNSTAGE_SOURCE)
            .row(ROLLBACK, StepTimedOut.class, DISCARDING_GIVEN_UP, ABORTED)
            .row(ROLLBACK, StepTimedOut.class, DISCARDING, ROLLBACK, DISCARD_TARGET)
            // ---- everywhere: somebody is told, and it goes on ----
            .everywhere(Overdue.class, STILL_THERE);

    private MigrationTransitions() {}

    private static Condition<Event> failing(Effect effect, String words) {
        return new Condition<>(words, (_, e) -> effectOf(e) == effect);
    }

    private static Condition<Event> givenUp(Effect effect, String words) {
        return new Condition<>(words,
                (state, e) -> effectOf(e) == effect && state.knowledge().attempts() >= UNDOING_ATTEMPTS);
    }

    private static Effect effectOf(Event event) {
        return switch (event) {
            case StepFailed failed -> failed.effect();
            case StepTimedOut timedOut -> timedOut.effect();
            case Event _ -> null;
        };
    }
}
