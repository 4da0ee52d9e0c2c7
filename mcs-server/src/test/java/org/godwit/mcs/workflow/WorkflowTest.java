package org.godwit.mcs.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.godwit.mcs.workflow.Effect.*;
import static org.godwit.model.MigrationPhase.*;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.godwit.mcs.precheck.Check;
import org.godwit.mcs.precheck.Finding;
import org.godwit.mcs.precheck.Finding.Severity;
import org.godwit.mcs.workflow.Event.*;
import org.godwit.mcs.workflow.MigrationState.Outcome;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MigrationPhase;
import org.godwit.model.MobileAddress;
import org.godwit.model.Silences;
import org.godwit.model.StallAction;
import org.godwit.model.Strategy;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The table, row by row, as stories; a row that no story takes fails the class. */
class WorkflowTest {

    private static final Path DIAGRAM = Path.of("../docs/state-machines/migration.md");
    private static final Set<TransitionTable.Row> VISITED = new LinkedHashSet<>();
    private static final MigrationFailure TROUBLE = new MigrationFailure("trouble", "Something went wrong.");

    private static final CopyDestination DESTINATION = new CopyDestination("qemu+tcp://[2001:db8:b::10]/system", "br0",
            "idle0");
    private static final DisksArrived DISKS_ARRIVED = new DisksArrived(Optional.empty());
    private static final CopyStalled STALLED = new CopyStalled("it has taken 6.0 s, and may take 5.0");
    private static final CopyFigures FIGURES = new CopyFigures(42, 9000, 1 << 20, 256, 1000, 3, 0, 5, 0, 1 << 18);

    @AfterAll
    static void everyRowHasItsStory() {
        List<TransitionTable.Row> unvisited = new ArrayList<>(MigrationTransitions.TABLE.rows());
        unvisited.removeAll(VISITED);
        assertThat(unvisited).as("rows that no story takes").isEmpty();
    }

    @Test
    void theVmFliesAndSettles() {
        Story story = Story.rebinding();
        story.on(new VmMoved(), REBINDING, ACTIVATE_MAPPING).on(new MappingActivated(), REBINDING, SETTLE_GUEST)
                .on(new GuestSettled(Silences.UNKNOWN), REBINDING, REMOVE_STAGING).on(new StagingRemoved(), SETTLED);
        assertThat(story.state.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(story.state.knowledge().moa()).contains(Plans.MOA_B);
        assertThat(story.state.knowledge().figures()).contains(FIGURES);
        assertThat(story.state.knowledge().failure()).isEmpty();
    }

    @Test
    void aCopyWhosePauseWasNotReportedSettlesAllTheSame() {
        Story.copying().on(new CopyCompleted(FIGURES), REBINDING, MOVE_VM);
    }

    @Test
    void aGuestThatHasBootedIsToldAgainWhoItIs() {
        new Story().on(new Accepted(), REQUESTED, PRECHECK)
                .on(new ChecksPassed(Plans.SECONDARY_MAC, false, List.of()), REQUESTED, ENROL_GUEST)
                .on(new GuestReady(), CHECKED, STAGE_GATEWAY);
    }

    @Test
    void findingsThatAreErrorsRefuseAndChangeNothing() {
        Story story = new Story().on(new Accepted(), REQUESTED, PRECHECK)
                .on(new ChecksRefused(List.of(new Finding(Check.PATH, Severity.WARNING, "the path is slow", "Wait."),
                        new Finding(Check.MEMORY, Severity.ERROR, "host host-b is full", "Choose another."),
                        new Finding(Check.CLOCK, Severity.ERROR, "clocks differ", "Use NTP."))), ABORTED);
        assertThat(story.state.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(story.state.knowledge().failure()).contains(new MigrationFailure("memory",
                "Host host-b is full. Choose another. (This is the first of 2 errors.)"));
    }

    @Test
    void aFailedCheckRefusesAndChangesNothing() {
        Story story = new Story().on(new Accepted(), REQUESTED, PRECHECK)
                .on(new StepFailed(PRECHECK, TROUBLE), ABORTED);
        assertThat(story.state.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(story.state.knowledge().failure()).contains(TROUBLE);
    }

    @Test
    void aCheckThatIsNotAnsweredRefuses() {
        Story story = new Story().on(new StepTimedOut(ENROL_GUEST, TROUBLE), ABORTED);
        assertThat(story.state.outcome()).isEqualTo(Outcome.REFUSED);
    }

    @Test
    void aRehearsalDoesAllButTheCopyAndUndoesIt() {
        Story story = Story.rehearsing().on(new EgressOpen(List.of()), GATEWAY_STAGED, STAGE_MAPPING)
                .on(new MappingStaged(0), GATEWAY_STAGED, ARM_GUEST)
                .on(new GuestArmed(), ADDRESS_STAGED, PREPARE_TARGET)
                .on(new TargetReady(DESTINATION), ROLLBACK, UNSTAGE_MAPPING).undone();
        assertThat(story.state.outcome()).isEqualTo(Outcome.REHEARSED);
        assertThat(story.state.knowledge().failure()).isEmpty();
    }

    @Test
    void aRehearsalThatFailsIsRolledBackLikeAnyOther() {
        Story story = Story.rehearsing().on(new StepFailed(PROBE_EGRESS, TROUBLE), ROLLBACK, UNSTAGE_MAPPING).undone();
        assertThat(story.state.outcome()).isEqualTo(Outcome.ROLLED_BACK);
        assertThat(story.state.knowledge().failure()).contains(TROUBLE);
    }

    @Test
    void theItineraryIsTheTablesOwnWay() {
        assertThat(Itinerary.of(Plans.fromAToB(), Plans.SECONDARY_MAC)).extracting(Itinerary.Step::effect)
                .containsExactly(PRECHECK, STAGE_GATEWAY, STAGE_ADDRESS, STAGE_MAPPING, ARM_GUEST, PREPARE_TARGET, COPY,
                        MOVE_VM, ACTIVATE_MAPPING, SETTLE_GUEST, REMOVE_STAGING);
        assertThat(Itinerary.of(Plans.fromAToB(true), Plans.SECONDARY_MAC)).extracting(Itinerary.Step::effect)
                .contains(PROBE_EGRESS, UNSTAGE_SOURCE).doesNotContain(COPY);
    }

    @Test
    void aCancelDuringTheChecksRefuses() {
        Story story = new Story().on(new CancelRequested(), ABORTED);
        assertThat(story.state.knowledge().failure()).map(MigrationFailure::code).contains("cancelled");
    }

    @Test
    void anAddressOtherThanPredictedIsProbedBeforeAnybodyHearsOfIt() {
        MobileAddress other = MobileAddress.of("2001:db8:b::77");
        Story story = Story.in(GATEWAY_STAGED)
                .on(new AddressStaged(other, LinkLocalAddress.of("fe80::77")), GATEWAY_STAGED, PROBE_ADDRESS)
                .on(new AddressFree(), GATEWAY_STAGED, STAGE_MAPPING);
        assertThat(story.state.knowledge().moa()).contains(other);
    }

    @ParameterizedTest
    @EnumSource(names = {"CHECKED", "GATEWAY_STAGED", "ADDRESS_STAGED" })
    void aFailureWhileStagingRollsBack(MigrationPhase phase) {
        Story.in(phase).on(new StepFailed(STAGE_GATEWAY, TROUBLE), ROLLBACK, UNSTAGE_MAPPING).undone();
        Story.in(phase).on(new StepTimedOut(STAGE_GATEWAY, TROUBLE), ROLLBACK, UNSTAGE_MAPPING).undone();
        Story story = Story.in(phase).on(new CancelRequested(), ROLLBACK, UNSTAGE_MAPPING).undone();
        assertThat(story.state.outcome()).isEqualTo(Outcome.ROLLED_BACK);
    }

    @Test
    void aCancelJustBeforeTheCopyRollsBack() {
        Story.in(TARGET_PREPARED).on(new CancelRequested(), ROLLBACK, UNSTAGE_MAPPING).undone();
    }

    @Test
    void aCancelDuringTheCopyWaitsForTheWordOfTheCopyItself() {
        Story story = Story.copying().on(new CancelRequested(), COPYING, CANCEL_COPY).ignores(new CopyStopped())
                .on(new CopyFailed(TROUBLE), ROLLBACK, UNSTAGE_MAPPING).undone();
        assertThat(story.state.knowledge().failure()).contains(new CancelRequested().failure());
    }

    @Test
    void aCopyThatWasCancelledIsSaidToBeThoughItsOutcomeHadToBeAskedFor() {
        Story story = Story.copying().on(new CancelRequested(), COPYING, CANCEL_COPY)
                .on(new CopyOutcomeUnknown(TROUBLE), INQUIRY, ASK_BOTH_HYPERVISORS);
        assertThat(story.state.knowledge().failure()).as("what is the trouble now").contains(TROUBLE);
        story.on(new RunningOnSource(), ROLLBACK, RETURN_VM).on(new VmReturned(), ROLLBACK, UNSTAGE_MAPPING)
                .on(new StepFailed(UNSTAGE_MAPPING, TROUBLE), ROLLBACK, UNSTAGE_MAPPING).undone();
        assertThat(story.state.knowledge().failure()).contains(new CancelRequested().failure());
    }

    @ParameterizedTest
    @EnumSource(names = {"POST_COPY", "SUSPEND" })
    void aPreCopyThatDoesNotEndIsMadeToEnd(StallAction onStall) {
        Story story = Story.copying(Strategy.PRE_COPY, onStall).on(STALLED, COPYING, FORCE_COPY).ignores(STALLED)
                .ignores(new CopyForced());
        assertThat(story.state.knowledge().failure()).contains(STALLED.failure());
        story.on(new VmPaused(), SWITCHOVER).on(new VmResumed(), REBINDING, MOVE_VM);
        assertThat(story.state.knowledge().failure()).isEmpty();
    }

    @Test
    void aPreCopyThatDoesNotEndAndMayNotBeMadeToIsGivenUp() {
        Story story = Story.copying().on(STALLED, COPYING, CANCEL_COPY).ignores(STALLED)
                .on(new CopyFailed(TROUBLE), ROLLBACK, UNSTAGE_MAPPING).undone();
        assertThat(story.state.knowledge().failure()).contains(STALLED.failure());
    }

    @Test
    void aCopyThatDoesNotHearThatItIsToEndIsToldAgain() {
        for (Event event : List.of(new StepFailed(CANCEL_COPY, TROUBLE), new StepTimedOut(CANCEL_COPY, TROUBLE))) {
            Story story = Story.copying().on(STALLED, COPYING, CANCEL_COPY);
            for (int attempt = 1; attempt < MigrationTransitions.UNDOING_ATTEMPTS; attempt++) {
                story.on(event, COPYING, CANCEL_COPY);
            }
            assertThat(story.state.knowledge().failure()).contains(STALLED.failure());
            story.ignores(event).on(new CopyFailed(TROUBLE), ROLLBACK, UNSTAGE_MAPPING);
            assertThat(story.state.knowledge().failure()).contains(STALLED.failure());
        }
    }

    @Test
    void aCopyThatCannotBeMadeToEndIsGivenUpForWhatItWasToEndFor() {
        for (Event event : List.of(new StepFailed(FORCE_COPY, TROUBLE), new StepTimedOut(FORCE_COPY, TROUBLE))) {
            Story story = Story.copying(Strategy.PRE_COPY, StallAction.POST_COPY).on(STALLED, COPYING, FORCE_COPY)
                    .on(event, COPYING, CANCEL_COPY).on(new CopyFailed(TROUBLE), ROLLBACK, UNSTAGE_MAPPING);
            assertThat(story.state.knowledge().failure()).contains(STALLED.failure());
        }
    }

    @Test
    void aCopyThatFailsWhenItIsMadeToEndSaysWhy() {
        Story story = Story.copying(Strategy.PRE_COPY, StallAction.SUSPEND).on(STALLED, COPYING, FORCE_COPY)
                .on(new VmPaused(), SWITCHOVER).on(new CopyFailed(TROUBLE), ROLLBACK, UNSTAGE_MAPPING);
        assertThat(story.state.knowledge().failure()).contains(TROUBLE);
    }

    @Test
    void aCopyThatIsCancelledIsNotMadeToEndAndOneThatIsMadeToEndMayBeCancelled() {
        Story.copying(Strategy.PRE_COPY, StallAction.POST_COPY).on(new CancelRequested(), COPYING, CANCEL_COPY)
                .ignores(STALLED);
        Story story = Story.copying(Strategy.PRE_COPY, StallAction.POST_COPY).on(STALLED, COPYING, FORCE_COPY)
                .on(new CancelRequested(), COPYING, CANCEL_COPY).on(new CopyFailed(TROUBLE), ROLLBACK, UNSTAGE_MAPPING);
        assertThat(story.state.knowledge().failure()).contains(new CancelRequested().failure());
    }

    @Test
    void aVmThatIsCopiedWhileItStandsStillMayBeCalledBackUntilItRunsAtTheTarget() {
        Story.copying(Strategy.SUSPENDED, StallAction.ABORT).on(new VmPaused(), COPYING)
                .on(new CancelRequested(), COPYING, CANCEL_COPY);
        Story.copying(Strategy.SUSPENDED, StallAction.ABORT).on(new VmPaused(), COPYING)
                .on(new VmResumed(), REBINDING, MOVE_VM);
    }

    @Test
    void aFailedSwitchoverRollsBack() {
        Story.switchover().on(new CopyFailed(TROUBLE), ROLLBACK, UNSTAGE_MAPPING).undone();
    }

    @Test
    void anUnknownOutcomeIsAskedForUntilItIsKnown() {
        Story story = Story.switchover().on(new CopyOutcomeUnknown(TROUBLE), INQUIRY, ASK_BOTH_HYPERVISORS)
                .on(new StillUnclear(TROUBLE), INQUIRY, ASK_BOTH_HYPERVISORS)
                .on(new StillUnclear(TROUBLE), INQUIRY, ASK_BOTH_HYPERVISORS);
        assertThat(story.state.outcome()).isEqualTo(Outcome.UNCERTAIN);
        assertThat(story.delay).isEqualTo(Duration.ofMillis(500));
        story.on(new RunningOnTarget(), REBINDING, MOVE_VM);
    }

    @Test
    void aVmFoundAtTheSourceStaysThere() {
        Story.copying().on(new CopyOutcomeUnknown(TROUBLE), INQUIRY, ASK_BOTH_HYPERVISORS)
                .on(new RunningOnSource(), ROLLBACK, RETURN_VM)
                .on(new StepFailed(RETURN_VM, TROUBLE), ROLLBACK, RETURN_VM)
                .on(new VmReturned(), ROLLBACK, UNSTAGE_MAPPING).undone();
    }

    @Test
    void rebindingTriesEveryStepUntilItIsDone() {
        Story.rebinding().on(new StepFailed(MOVE_VM, TROUBLE), REBINDING, MOVE_VM)
                .on(new VmMoved(), REBINDING, ACTIVATE_MAPPING)
                .on(new StepFailed(ACTIVATE_MAPPING, TROUBLE), REBINDING, ACTIVATE_MAPPING)
                .on(new MappingActivated(), REBINDING, SETTLE_GUEST)
                .on(new StepFailed(SETTLE_GUEST, TROUBLE), REBINDING, SETTLE_GUEST)
                .on(new StepTimedOut(SETTLE_GUEST, TROUBLE), REBINDING, SETTLE_GUEST)
                .on(new GuestSettled(Silences.UNKNOWN), REBINDING, REMOVE_STAGING)
                .on(new StepFailed(REMOVE_STAGING, TROUBLE), REBINDING, REMOVE_STAGING)
                .on(new StepTimedOut(REMOVE_STAGING, TROUBLE), REBINDING, REMOVE_STAGING)
                .on(new StagingRemoved(), SETTLED);
    }

    @Test
    void theDelayBetweenAttemptsGrowsToTenSeconds() {
        Story story = Story.rebinding().on(new VmMoved(), REBINDING, ACTIVATE_MAPPING)
                .on(new MappingActivated(), REBINDING, SETTLE_GUEST);
        for (int attempt = 0; attempt < 40; attempt++) {
            story.on(new StepFailed(SETTLE_GUEST, TROUBLE), REBINDING, SETTLE_GUEST);
        }
        assertThat(story.delay).isEqualTo(Duration.ofSeconds(10));
        assertThat(story.state.knowledge().failure()).contains(TROUBLE);
        story.on(new GuestSettled(Silences.UNKNOWN), REBINDING, REMOVE_STAGING);
        assertThat(story.delay).isZero();
        assertThat(story.state.knowledge().failure()).isEmpty();
    }

    @Test
    void rollbackWaitsForASourceThatIsAwayButNotForATarget() {
        Story story = Story.switchover().on(new CopyFailed(TROUBLE), ROLLBACK, UNSTAGE_MAPPING)
                .on(new StepFailed(UNSTAGE_MAPPING, TROUBLE), ROLLBACK, UNSTAGE_MAPPING)
                .on(new MappingUnstaged(), ROLLBACK, UNSTAGE_SOURCE);
        for (int attempt = 0; attempt < 3 * MigrationTransitions.UNDOING_ATTEMPTS; attempt++) {
            story.on(new StepTimedOut(UNSTAGE_SOURCE, TROUBLE), ROLLBACK, UNSTAGE_SOURCE);
        }
        story.on(new SourceUnstaged(), ROLLBACK, DISCARD_TARGET);
        for (int attempt = 1; attempt < MigrationTransitions.UNDOING_ATTEMPTS; attempt++) {
            story.on(new StepTimedOut(DISCARD_TARGET, TROUBLE), ROLLBACK, DISCARD_TARGET);
        }
        story.on(new StepTimedOut(DISCARD_TARGET, TROUBLE), ABORTED);
    }

    @Test
    void rollbackGivesUpWhatTheAgentsKeepRefusingToUndo() {
        Story story = Story.switchover().on(new CopyFailed(TROUBLE), ROLLBACK, UNSTAGE_MAPPING)
                .on(new MappingUnstaged(), ROLLBACK, UNSTAGE_SOURCE);
        MigrationFailure silent = new MigrationFailure("guest_silent", "The guest does not answer.");
        for (int attempt = 1; attempt < MigrationTransitions.UNDOING_ATTEMPTS; attempt++) {
            story.on(new StepFailed(UNSTAGE_SOURCE, silent), ROLLBACK, UNSTAGE_SOURCE);
        }
        story.on(new StepFailed(UNSTAGE_SOURCE, silent), ROLLBACK, DISCARD_TARGET);
        assertThat(story.delay).isZero();
        for (int attempt = 1; attempt < MigrationTransitions.UNDOING_ATTEMPTS; attempt++) {
            story.on(new StepFailed(DISCARD_TARGET, silent), ROLLBACK, DISCARD_TARGET);
        }
        story.on(new StepFailed(DISCARD_TARGET, silent), ABORTED);
        assertThat(story.state.knowledge().failure()).as("why it was rolled back").contains(TROUBLE);
    }

    @Test
    void theWordOfTheTargetThatItRunsThereIsEnoughToRebind() {
        Story.copying().on(new VmResumed(), REBINDING, MOVE_VM);
        Story story = Story.switchover().on(new VmResumed(), REBINDING, MOVE_VM)
                .on(new VmMoved(), REBINDING, ACTIVATE_MAPPING).on(new CopyCompleted(FIGURES), REBINDING);
        assertThat(story.state.knowledge().figures()).contains(FIGURES);
        story.on(new MappingActivated(), REBINDING, SETTLE_GUEST)
                .on(new GuestSettled(Silences.UNKNOWN), REBINDING, REMOVE_STAGING)
                .on(new StagingRemoved(), SETTLED);
    }

    @Test
    void hypervisorsThatContradictEachOtherAreBothAsked() {
        Story.switchover().on(new VmResumed(), REBINDING, MOVE_VM).on(new CopyFailed(TROUBLE), INQUIRY,
                ASK_BOTH_HYPERVISORS);
        Story.switchover().on(new VmResumed(), REBINDING, MOVE_VM)
                .on(new CopyOutcomeUnknown(TROUBLE), INQUIRY, ASK_BOTH_HYPERVISORS)
                .on(new RunningOnTarget(), REBINDING, MOVE_VM);
    }

    @Test
    void aVmThatEndsAfterItHasLandedIsLostAndNobodyWaitsForIt() {
        MigrationFailure unknown = new MigrationFailure("vm_unknown", "Host b-1 has no such VM.");
        MigrationFailure nowhere = new MigrationFailure("vm_lost", "The VM runs nowhere.");
        Story story = settling().on(new StepFailed(SETTLE_GUEST, unknown), INQUIRY, ASK_BOTH_HYPERVISORS)
                .on(new VmGone(nowhere), INQUIRY, CLEAN_UP_AFTER_LOSS)
                .on(new StepFailed(CLEAN_UP_AFTER_LOSS, TROUBLE), INQUIRY, CLEAN_UP_AFTER_LOSS)
                .on(new StepTimedOut(CLEAN_UP_AFTER_LOSS, TROUBLE), INQUIRY, CLEAN_UP_AFTER_LOSS)
                .on(new CleanedUpAfterLoss(), INQUIRY, UNSTAGE_MAPPING)
                .on(new StepFailed(UNSTAGE_MAPPING, TROUBLE), INQUIRY, UNSTAGE_MAPPING)
                .on(new MappingUnstaged(), INQUIRY, DISCARD_TARGET).on(new TargetDiscarded(), LOST);
        assertThat(story.state.outcome()).isEqualTo(Outcome.LOST);
        assertThat(story.state.knowledge().failure()).as("whatever failed on the way").contains(nowhere);
        settling().on(new StepFailed(SETTLE_GUEST, unknown), INQUIRY, ASK_BOTH_HYPERVISORS)
                .on(new RunningOnTarget(), REBINDING, MOVE_VM);
    }

    @Test
    void aLossIsToldAsItWasSeenFirst() {
        MigrationFailure broken = new MigrationFailure("vm_lost", "The VM runs nowhere: its post-copy broke.");
        MigrationFailure later = new MigrationFailure("vm_lost", "The VM runs nowhere: neither host has it.");
        Story story = Story.switchover().on(new CopyOutcomeUnknown(TROUBLE), INQUIRY, ASK_BOTH_HYPERVISORS)
                .on(new VmGone(broken), INQUIRY, CLEAN_UP_AFTER_LOSS)
                // Asked for before, answered when what was left of the VM had been ended.
                .on(new VmGone(later), INQUIRY, CLEAN_UP_AFTER_LOSS)
                .on(new CleanedUpAfterLoss(), INQUIRY, UNSTAGE_MAPPING)
                .on(new MappingUnstaged(), INQUIRY, DISCARD_TARGET).on(new TargetDiscarded(), LOST);
        assertThat(story.state.knowledge().failure()).contains(broken);
    }

    @Test
    void aTargetThatIsAwayDoesNotKeepALossOpen() {
        MigrationFailure nowhere = new MigrationFailure("vm_lost", "The VM runs nowhere.");
        for (Event away : List.of(new StepFailed(DISCARD_TARGET, TROUBLE), new StepTimedOut(DISCARD_TARGET, TROUBLE))) {
            Story story = Story.switchover().on(new CopyOutcomeUnknown(TROUBLE), INQUIRY, ASK_BOTH_HYPERVISORS)
                    .on(new VmGone(nowhere), INQUIRY, CLEAN_UP_AFTER_LOSS)
                    .on(new CleanedUpAfterLoss(), INQUIRY, UNSTAGE_MAPPING)
                    .on(new MappingUnstaged(), INQUIRY, DISCARD_TARGET).on(away, LOST);
            assertThat(story.state.knowledge().failure()).contains(nowhere);
        }
    }

    @Test
    void aVmThatABrokenCopyHasLeftPausedGoesOnAtTheSource() {
        Story story = Story.switchover().on(new CopyOutcomeUnknown(TROUBLE), INQUIRY, ASK_BOTH_HYPERVISORS)
                .on(new PausedOnSource(), INQUIRY, RESUME_SOURCE)
                .on(new StepTimedOut(RESUME_SOURCE, TROUBLE), INQUIRY, ASK_BOTH_HYPERVISORS)
                .on(new PausedOnSource(), INQUIRY, RESUME_SOURCE)
                .on(new StepFailed(RESUME_SOURCE, TROUBLE), INQUIRY, ASK_BOTH_HYPERVISORS);
        assertThat(story.delay).isPositive();
        story.on(new PausedOnSource(), INQUIRY, RESUME_SOURCE)
                .on(new SourceResumed(), INQUIRY, ASK_BOTH_HYPERVISORS)
                .on(new RunningOnSource(), ROLLBACK, RETURN_VM);
    }

    private static Story settling() {
        return Story.rebinding().on(new VmMoved(), REBINDING, ACTIVATE_MAPPING)
                .on(new MappingActivated(), REBINDING, SETTLE_GUEST);
    }

    @Test
    void aPostCopyThatBreaksIsTakenUpAgainUntilItIsThroughAndNeverRolledBack() {
        Story story = Story.switchover().on(new PostCopyBroken(TROUBLE), RECOVERY, RECOVER_COPY)
                .ignores(new CancelRequested()).ignores(new CopyFailed(TROUBLE))
                .on(new StepFailed(RECOVER_COPY, TROUBLE), RECOVERY, ASK_BOTH_HYPERVISORS)
                .on(new StillUnclear(TROUBLE), RECOVERY, ASK_BOTH_HYPERVISORS)
                .on(new PostCopyBroken(TROUBLE), RECOVERY, RECOVER_COPY)
                .on(new StepTimedOut(RECOVER_COPY, TROUBLE), RECOVERY, ASK_BOTH_HYPERVISORS);
        assertThat(story.delay).as("the pauses grow").isEqualTo(Duration.ofSeconds(2));
        assertThat(story.state.outcome()).isEqualTo(Outcome.UNCERTAIN);
        story.on(new PostCopyBroken(TROUBLE), RECOVERY, RECOVER_COPY)
                .on(new CopyCompleted(FIGURES), REBINDING, MOVE_VM);

        Story.copying().on(new PostCopyBroken(TROUBLE), RECOVERY, RECOVER_COPY);
        Story.switchover().on(new VmResumed(), REBINDING, MOVE_VM)
                .on(new PostCopyBroken(TROUBLE), RECOVERY, RECOVER_COPY).ignores(new VmMoved());
        Story.rebinding().ignores(new PostCopyBroken(TROUBLE));
        settling().on(new GuestSettled(Silences.UNKNOWN), REBINDING, REMOVE_STAGING)
                .on(new StepFailed(REMOVE_STAGING, new MigrationFailure("postcopy_broken", "Memory is left.")),
                        RECOVERY,
                        RECOVER_COPY);
    }

    @Test
    void whetherAnythingIsLeftToRecoverIsAskedOfBoth() {
        recovering().on(new RunningOnTarget(), REBINDING, MOVE_VM);
        for (Event answer : List.of(new VmGone(TROUBLE), new RunningOnSource(), new PausedOnSource())) {
            recovering().on(answer, INQUIRY, ASK_BOTH_HYPERVISORS);
        }
        recovering().on(new VmGone(TROUBLE), INQUIRY, ASK_BOTH_HYPERVISORS)
                .on(new VmGone(TROUBLE), INQUIRY, CLEAN_UP_AFTER_LOSS);
    }

    @Test
    void aVmThatAnOperatorGivesUpIsLostOnlyByTheWordOfBothHypervisors() {
        Story story = recovering().on(new AbandonRequested(), RECOVERY, ABANDON_TARGET)
                .on(new StepTimedOut(ABANDON_TARGET, TROUBLE), RECOVERY, ASK_BOTH_HYPERVISORS)
                .on(new PostCopyBroken(TROUBLE), RECOVERY, RECOVER_COPY)
                .on(new AbandonRequested(), RECOVERY, ABANDON_TARGET)
                .on(new StepFailed(ABANDON_TARGET, TROUBLE), RECOVERY, ASK_BOTH_HYPERVISORS)
                .on(new AbandonRequested(), RECOVERY, ABANDON_TARGET);
        assertThat(story.state.outcome()).isEqualTo(Outcome.UNCERTAIN);
        story.on(new TargetAbandoned(), RECOVERY, ASK_BOTH_HYPERVISORS)
                .on(new VmGone(TROUBLE), INQUIRY, ASK_BOTH_HYPERVISORS)
                .on(new VmGone(TROUBLE), INQUIRY, CLEAN_UP_AFTER_LOSS);
        Story.switchover().ignores(new AbandonRequested());
        Story.rebinding().ignores(new AbandonRequested());
    }

    private static Story recovering() {
        return Story.switchover().on(new CopyOutcomeUnknown(TROUBLE), INQUIRY, ASK_BOTH_HYPERVISORS)
                .on(new PostCopyBroken(TROUBLE), RECOVERY, RECOVER_COPY)
                .on(new StepFailed(RECOVER_COPY, TROUBLE), RECOVERY, ASK_BOTH_HYPERVISORS);
    }

    // ---- cold ----

    @Test
    void aVmThatIsShutDownBootsAtTheTargetAndIsToldWhoItIs() {
        Story story = Story.startingCold();
        assertThat(story.state.cancellable()).isFalse();
        story.on(new StartedAtTarget(), REBINDING, MOVE_VM).on(new VmMoved(), REBINDING, ACTIVATE_MAPPING)
                .on(new MappingActivated(), REBINDING, REMOVE_STAGING)
                .on(new StagingRemoved(), REBINDING, ENROL_AT_TARGET)
                .on(new StepFailed(ENROL_AT_TARGET, TROUBLE), REBINDING, ENROL_AT_TARGET)
                .on(new StepTimedOut(ENROL_AT_TARGET, TROUBLE), REBINDING, ENROL_AT_TARGET);
        assertThat(story.delay).as("a guest takes its time to boot").isPositive();
        story.on(new GuestBooted(FIGURES), REBINDING, REMOVE_STAGING).on(new StagingRemoved(), SETTLED);
        assertThat(story.state.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(story.state.knowledge().figures()).contains(FIGURES);
        assertThat(story.state.knowledge().failure()).isEmpty();
    }

    @Test
    void theItineraryOfAColdMigrationStagesNothingInTheGuest() {
        assertThat(Itinerary.of(Plans.fromAToB(Strategy.COLD, StallAction.ABORT), Plans.SECONDARY_MAC))
                .extracting(Itinerary.Step::effect)
                .containsExactly(PRECHECK, PROBE_ADDRESS, STAGE_MAPPING, PREPARE_TARGET, SHUT_DOWN, SEND_DISKS,
                        DEFINE_AT_TARGET, START_AT_TARGET,
                        MOVE_VM, ACTIVATE_MAPPING, REMOVE_STAGING, ENROL_AT_TARGET, REMOVE_STAGING);
    }

    @Test
    void aVmThatRunsAtTheTargetDoesNotWaitForASourceThatIsAway() {
        for (Event away : List.of(new StepFailed(REMOVE_STAGING, TROUBLE), new StepTimedOut(REMOVE_STAGING, TROUBLE))) {
            Story.startingCold().on(new StartedAtTarget(), REBINDING, MOVE_VM)
                    .on(new VmMoved(), REBINDING, ACTIVATE_MAPPING)
                    .on(new MappingActivated(), REBINDING, REMOVE_STAGING).on(away, REBINDING, ENROL_AT_TARGET)
                    .on(new GuestBooted(FIGURES), REBINDING, REMOVE_STAGING).on(away, REBINDING, REMOVE_STAGING)
                    .on(new StagingRemoved(), SETTLED);
        }
    }

    @Test
    void beforeItIsShutDownOnlyWhatOthersWereToldIsUndone() {
        for (Event end : List.of(new StepFailed(PROBE_ADDRESS, TROUBLE), new StepTimedOut(PROBE_ADDRESS, TROUBLE),
                new CancelRequested())) {
            Story.checkedCold(false).on(end, ROLLBACK, UNSTAGE_MAPPING)
                    .on(new MappingUnstaged(), ROLLBACK, DISCARD_TARGET).on(new TargetDiscarded(), ABORTED);
        }
        Story rehearsal = Story.checkedCold(true).on(new AddressFree(), CHECKED, STAGE_MAPPING)
                .on(new MappingStaged(0), CHECKED, PREPARE_TARGET)
                .on(new TargetReady(DESTINATION), ROLLBACK, UNSTAGE_MAPPING)
                .on(new MappingUnstaged(), ROLLBACK, UNDEFINE_AT_TARGET).on(new TargetUndefined(), ABORTED);
        assertThat(rehearsal.state.outcome()).isEqualTo(Outcome.REHEARSED);
    }

    @Test
    void aGuestThatDoesNotShutDownInTimeRunsOnAndAllIsAsBefore() {
        for (Event end : List.of(new StepFailed(SHUT_DOWN, TROUBLE), new StepTimedOut(SHUT_DOWN, TROUBLE),
                new CancelRequested())) {
            Story story = Story.shuttingDown();
            assertThat(story.state.cancellable()).isTrue();
            story.on(end, ROLLBACK, START_AT_SOURCE).startedAgain();
            assertThat(story.state.outcome()).isEqualTo(Outcome.ROLLED_BACK);
            assertThat(story.state.knowledge().failure()).contains(((Event.Setback) end).failure());
        }
    }

    @Test
    void disksThatDoNotArriveLeaveTheVmWhereTheyAreAndTheTargetIsNotToldToStartIt() {
        for (Event end : List.of(new StepFailed(SEND_DISKS, TROUBLE), new StepTimedOut(SEND_DISKS, TROUBLE),
                new CancelRequested())) {
            Story story = Story.sendingDisks();
            assertThat(story.state.cancellable()).isTrue();
            if (end instanceof StepFailed) {
                story.on(end, ROLLBACK, START_AT_SOURCE);
            } else {
                story.on(end, ROLLBACK, CANCEL_COPY, START_AT_SOURCE).ignores(new CopyStopped())
                        .ignores(new StepTimedOut(CANCEL_COPY, TROUBLE));
            }
            story.ignores(DISKS_ARRIVED).ignores(new StepFailed(SEND_DISKS, TROUBLE)).startedAgain();
            assertThat(story.state.outcome()).isEqualTo(Outcome.ROLLED_BACK);
            assertThat(story.state.knowledge().failure()).contains(((Event.Setback) end).failure());
        }
    }

    @Test
    void aVmThatIsOffIsStartedAgainHoweverOftenThatFails() {
        Story story = Story.sendingDisks().on(DISKS_ARRIVED, COPYING, DEFINE_AT_TARGET)
                .on(new StepFailed(DEFINE_AT_TARGET, TROUBLE), ROLLBACK, START_AT_SOURCE);
        for (int attempt = 0; attempt < 3 * MigrationTransitions.UNDOING_ATTEMPTS; attempt++) {
            story.on(new StepFailed(START_AT_SOURCE, TROUBLE), ROLLBACK, START_AT_SOURCE)
                    .on(new StepTimedOut(START_AT_SOURCE, TROUBLE), ROLLBACK, CANCEL_COPY, START_AT_SOURCE);
        }
        story.startedAgain();
    }

    @Test
    void aGuestThatBootsAgainIsWaitedForButNotForEver() {
        for (Event silent : List.of(new StepFailed(ENROL_GUEST, TROUBLE), new StepTimedOut(ENROL_GUEST, TROUBLE))) {
            Story story = Story.shuttingDown().on(new StepFailed(SHUT_DOWN, TROUBLE), ROLLBACK, START_AT_SOURCE)
                    .on(new StartedAtSource(), ROLLBACK, ENROL_GUEST);
            for (int attempt = 1; attempt < MigrationTransitions.BOOTING_ATTEMPTS; attempt++) {
                story.on(silent, ROLLBACK, ENROL_GUEST);
            }
            story.on(silent, ROLLBACK, RETURN_VM);
        }
    }

    @Test
    void aTargetThatIsAwayKeepsTheDefinitionInTheEnd() {
        for (Event away : List.of(new StepFailed(UNDEFINE_AT_TARGET, TROUBLE),
                new StepTimedOut(UNDEFINE_AT_TARGET, TROUBLE))) {
            Story story = Story.shuttingDown().on(new StepFailed(SHUT_DOWN, TROUBLE), ROLLBACK, START_AT_SOURCE)
                    .on(new StartedAtSource(), ROLLBACK, ENROL_GUEST).on(new GuestReady(), ROLLBACK, RETURN_VM)
                    .on(new VmReturned(), ROLLBACK, UNSTAGE_MAPPING)
                    .on(new MappingUnstaged(), ROLLBACK, UNDEFINE_AT_TARGET);
            for (int attempt = 1; attempt < MigrationTransitions.UNDOING_ATTEMPTS; attempt++) {
                story.on(away, ROLLBACK, UNDEFINE_AT_TARGET);
            }
            story.on(away, ABORTED);
        }
    }

    @Test
    void onceTheTargetWasToldToStartItTheSourceWaitsUntilTheTargetHasForgottenIt() {
        for (Event end : List.of(new StepFailed(START_AT_TARGET, TROUBLE),
                new StepTimedOut(START_AT_TARGET, TROUBLE))) {
            for (Event answer : List.of(new VmOff(), new RunningOnSource())) {
                Story story = Story.startingCold().ignores(new CancelRequested())
                        .on(end, INQUIRY, ASK_BOTH_HYPERVISORS)
                        .on(answer, INQUIRY, UNDEFINE_AT_TARGET)
                        .on(new StepFailed(UNDEFINE_AT_TARGET, TROUBLE), INQUIRY, ASK_BOTH_HYPERVISORS)
                        .on(answer, INQUIRY, UNDEFINE_AT_TARGET)
                        .on(new StepTimedOut(UNDEFINE_AT_TARGET, TROUBLE), INQUIRY, ASK_BOTH_HYPERVISORS)
                        .on(answer, INQUIRY, UNDEFINE_AT_TARGET)
                        .on(new TargetUndefined(), ROLLBACK, START_AT_SOURCE).startedAgain();
                assertThat(story.state.knowledge().failure()).as("why it did not start").contains(TROUBLE);
            }
        }
        Story.startingCold().on(new StepTimedOut(START_AT_TARGET, TROUBLE), INQUIRY, ASK_BOTH_HYPERVISORS)
                .on(new RunningOnTarget(), REBINDING, MOVE_VM);
    }

    @Test
    void aVmThatSomebodyHasUndefinedMeanwhileIsAskedForOfBoth() {
        MigrationFailure unknown = new MigrationFailure("vm_unknown", "This host has no such VM.");
        Story.shuttingDown().on(new StepFailed(SHUT_DOWN, unknown), ROLLBACK, START_AT_SOURCE)
                .on(new StepFailed(START_AT_SOURCE, unknown), INQUIRY, ASK_BOTH_HYPERVISORS)
                .on(new VmGone(TROUBLE), INQUIRY, CLEAN_UP_AFTER_LOSS);
        Story.startingCold().on(new StartedAtTarget(), REBINDING, MOVE_VM)
                .on(new StepFailed(ENROL_AT_TARGET, unknown), INQUIRY, ASK_BOTH_HYPERVISORS);
    }

    @Test
    void aVmThatIsOffAtTheSourceIsNotLost() {
        Set<String> answers = new LinkedHashSet<>();
        for (Whereabouts source : Whereabouts.values()) {
            for (Whereabouts target : Whereabouts.values()) {
                Event verdict = Whereabouts.verdict(Strategy.COLD, true, source, target);
                if (!(verdict instanceof StillUnclear)) {
                    answers.add(verdict.getClass().getSimpleName() + ": " + source + " " + target);
                }
            }
        }
        assertThat(answers).containsExactlyInAnyOrder("RunningOnSource: RUNNING STOPPED",
                "RunningOnSource: RUNNING ABSENT", "RunningOnTarget: STOPPED RUNNING",
                "RunningOnTarget: ABSENT RUNNING",
                "RunningOnTarget: UNREACHABLE RUNNING", "VmOff: STOPPED STOPPED", "VmOff: STOPPED ABSENT",
                "VmGone: ABSENT STOPPED", "VmGone: ABSENT ABSENT");
        assertThat(Whereabouts.verdict(Strategy.COLD, true, Whereabouts.RUNNING, Whereabouts.RUNNING))
                .isInstanceOfSatisfying(StillUnclear.class,
                        twice -> assertThat(twice.failure().message()).contains("runs at both hosts"));
    }

    @Test
    void whoeverWaitsTooLongIsToldAndItGoesOn() {
        Story story = Story.rebinding().on(new StepFailed(MOVE_VM, TROUBLE), REBINDING, MOVE_VM)
                .on(new Overdue(REBINDING), REBINDING);
        assertThat(story.state.outcome()).isEqualTo(Outcome.UNCERTAIN);
        assertThat(story.state.knowledge().failure()).as("what keeps it").contains(TROUBLE);
        assertThat(story.state.knowledge().attempts()).as("the pauses go on growing").isEqualTo(1);
        story.ignores(new Overdue(SWITCHOVER)).on(new VmMoved(), REBINDING, ACTIVATE_MAPPING);
        assertThat(story.state.outcome()).as("as long as the phase lasts").isEqualTo(Outcome.UNCERTAIN);
        story.on(new MappingActivated(), REBINDING, SETTLE_GUEST)
                .on(new GuestSettled(Silences.UNKNOWN), REBINDING, REMOVE_STAGING)
                .on(new StagingRemoved(), SETTLED);
        assertThat(story.state.outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @ParameterizedTest
    @EnumSource(names = {"SETTLED", "ABORTED", "LOST" }, mode = EnumSource.Mode.EXCLUDE)
    void noPhaseIsWaitedInSilently(MigrationPhase phase) {
        MigrationState waiting = new MigrationState(Plans.fromAToB(), phase, true, Knowledge.NONE);
        Decision decision = Workflow.decide(waiting, new Overdue(phase)).orElseThrow();
        VISITED.add(decision.row());
        assertThat(decision.effects()).isEmpty();
        assertThat(decision.state().outcome()).isEqualTo(Outcome.UNCERTAIN);
        assertThat(decision.state().phase()).isEqualTo(phase);
    }

    @Test
    void whatComesTooLateOfARebindingIsNoSignOfALoss() {
        Story inquiry = Story.switchover().on(new VmResumed(), REBINDING, MOVE_VM)
                .on(new CopyOutcomeUnknown(TROUBLE), INQUIRY, ASK_BOTH_HYPERVISORS);
        inquiry.ignores(new StepTimedOut(SETTLE_GUEST, TROUBLE)).ignores(new StepFailed(REMOVE_STAGING, TROUBLE))
                .ignores(new StagingRemoved());
    }

    @Test
    void whatComesTooLateChangesNothing() {
        Story.switchover().ignores(new VmPaused()).ignores(new CancelRequested()).ignores(new CopyStopped())
                .ignores(new StepFailed(CANCEL_COPY, TROUBLE));
        Story.rebinding().ignores(new CancelRequested()).ignores(new CopyFailed(TROUBLE));
    }

    @Test
    void halfAVmWhoseOtherHalfHasEndedIsLost() {
        for (boolean stopped : List.of(true, false)) {
            for (Whereabouts ended : List.of(Whereabouts.ABSENT, Whereabouts.STOPPED)) {
                assertThat(Whereabouts.verdict(stopped, Whereabouts.POST_COPY_BROKEN, ended))
                        .isInstanceOf(VmGone.class);
                assertThat(Whereabouts.verdict(stopped, ended, Whereabouts.POST_COPY_BROKEN))
                        .as("it may run on there for a while").isInstanceOfSatisfying(PostCopyBroken.class,
                                broken -> assertThat(broken.failure().message()).contains("godwit migration abandon"));
            }
        }
    }

    @Test
    void oneRunningCopyWithTheOtherKnownNotToRunIsAnAnswer() {
        Set<String> answers = new LinkedHashSet<>();
        for (Whereabouts source : Whereabouts.values()) {
            for (Whereabouts target : Whereabouts.values()) {
                switch (Whereabouts.verdict(true, source, target)) {
                    case RunningOnSource _ -> answers.add("source: " + source + " " + target);
                    case RunningOnTarget _ -> answers.add("target: " + source + " " + target);
                    case PausedOnSource _ -> answers.add("paused: " + source + " " + target);
                    case PostCopyBroken _ -> answers.add("broken: "
                            + (source == Whereabouts.POST_COPY_BROKEN ? "source" : "target"));
                    case VmGone _ -> answers.add("gone: " + source + " " + target);
                    case Event unclear -> assertThat(unclear).isInstanceOf(StillUnclear.class);
                }
            }
        }
        assertThat(answers).containsExactlyInAnyOrder("source: RUNNING STOPPED", "source: RUNNING ABSENT",
                "target: PAUSED RUNNING", "paused: PAUSED STOPPED", "paused: PAUSED ABSENT", "broken: source",
                "broken: target",
                "gone: POST_COPY_BROKEN STOPPED", "gone: POST_COPY_BROKEN ABSENT",
                "target: STOPPED RUNNING", "gone: STOPPED STOPPED", "gone: STOPPED ABSENT", "target: ABSENT RUNNING",
                "gone: ABSENT STOPPED", "gone: ABSENT ABSENT", "target: UNREACHABLE RUNNING");
    }

    @Test
    void aVmAtTheSourceMayStillBeLeavingUnlessTheCopyIsKnownToBeStopped() {
        assertThat(Whereabouts.verdict(false, Whereabouts.RUNNING, Whereabouts.ABSENT))
                .isInstanceOf(StillUnclear.class);
    }

    @Test
    void aTableRefusesDuplicatesAndExitsFromFinalPhases() {
        TransitionTable table = new TransitionTable().row(REQUESTED, Accepted.class, CHECKED);
        assertThatThrownBy(() -> table.row(REQUESTED, Accepted.class, ABORTED)).hasMessageContaining("never decide");
        assertThatThrownBy(() -> table.row(SETTLED, Accepted.class, CHECKED)).hasMessageContaining("final phase");
        assertThatThrownBy(() -> table.row(ABORTED, Accepted.class, CHECKED)).hasMessageContaining("final phase");
    }

    @Test
    void everyPhaseIsReachedAndTheDiagramIsFresh() throws IOException {
        assertThat(MigrationTransitions.TABLE.rows().stream().map(TransitionTable.Row::to))
                .contains(MigrationPhase.values());
        String drawn = Diagram.markdown(MigrationTransitions.TABLE);
        if (Boolean.getBoolean("golden.update")) {
            Files.createDirectories(DIAGRAM.getParent());
            Files.writeString(DIAGRAM, drawn);
        }
        assertThat(drawn).as(DIAGRAM + "; -Dgolden.update=true draws it anew").isEqualTo(Files.readString(DIAGRAM));
    }

    /** A migration that is told what happened, and whose answers are compared. */
    private static final class Story {
        private MigrationState state = MigrationState.requested(Plans.fromAToB());
        private Duration delay = Duration.ZERO;

        Story on(Event event, MigrationPhase phase, Effect... effects) {
            Decision decision = Workflow.decide(state, event).orElseThrow();
            VISITED.add(decision.row());
            assertThat(decision.state().phase()).isEqualTo(phase);
            assertThat(decision.effects()).isEqualTo(Arrays.asList(effects));
            state = decision.state();
            delay = decision.delay();
            return this;
        }

        Story ignores(Event event) {
            assertThat(Workflow.decide(state, event)).isEqualTo(Optional.empty());
            return this;
        }

        Story undone() {
            return on(new MappingUnstaged(), ROLLBACK, UNSTAGE_SOURCE)
                    .on(new SourceUnstaged(), ROLLBACK, DISCARD_TARGET)
                    .on(new TargetDiscarded(), ABORTED);
        }

        static Story in(MigrationPhase phase) {
            Story story = new Story().on(new Accepted(), REQUESTED, PRECHECK)
                    .on(new ChecksPassed(Plans.SECONDARY_MAC, true, List.of()), CHECKED, STAGE_GATEWAY);
            if (phase == CHECKED) {
                return story;
            }
            story.on(new GatewayStaged(), GATEWAY_STAGED, STAGE_ADDRESS);
            if (phase == GATEWAY_STAGED) {
                return story;
            }
            story.on(new AddressStaged(Plans.MOA_B, Plans.SECONDARY_MAC.linkLocal()), GATEWAY_STAGED, STAGE_MAPPING)
                    .on(new MappingStaged(0), GATEWAY_STAGED, ARM_GUEST)
                    .on(new GuestArmed(), ADDRESS_STAGED, PREPARE_TARGET);
            if (phase == ADDRESS_STAGED) {
                return story;
            }
            return story.on(new TargetReady(DESTINATION), TARGET_PREPARED, COPY);
        }

        Story startedAgain() {
            return on(new StartedAtSource(), ROLLBACK, ENROL_GUEST).on(new GuestReady(), ROLLBACK, RETURN_VM)
                    .on(new VmReturned(), ROLLBACK, UNSTAGE_MAPPING)
                    .on(new MappingUnstaged(), ROLLBACK, UNDEFINE_AT_TARGET).on(new TargetUndefined(), ABORTED);
        }

        static Story checkedCold(boolean rehearsal) {
            Plan plan = Plans.fromAToB(Strategy.COLD, StallAction.ABORT);
            Story story = new Story();
            story.state = MigrationState.requested(new Plan(plan.id(), plan.vm(), plan.source(), plan.target(),
                    plan.targetGateway(), plan.epoch(), plan.strategy(), plan.options(), rehearsal));
            return story.on(new Accepted(), REQUESTED, PRECHECK)
                    .on(new ChecksPassed(Plans.SECONDARY_MAC, false, List.of()), CHECKED, PROBE_ADDRESS);
        }

        static Story shuttingDown() {
            return checkedCold(false).on(new AddressFree(), CHECKED, STAGE_MAPPING)
                    .on(new MappingStaged(0), CHECKED, PREPARE_TARGET)
                    .on(new TargetReady(DESTINATION), SHUTDOWN, SHUT_DOWN);
        }

        static Story sendingDisks() {
            return shuttingDown().on(new VmOff(), COPYING, SEND_DISKS);
        }

        static Story startingCold() {
            return sendingDisks().on(DISKS_ARRIVED, COPYING, DEFINE_AT_TARGET)
                    .on(new TargetDefined(), SWITCHOVER, START_AT_TARGET);
        }

        static Story rehearsing() {
            Story story = new Story();
            story.state = MigrationState.requested(Plans.fromAToB(true));
            return story.on(new Accepted(), REQUESTED, PRECHECK)
                    .on(new ChecksPassed(Plans.SECONDARY_MAC, true, List.of()), CHECKED, STAGE_GATEWAY)
                    .on(new GatewayStaged(), GATEWAY_STAGED, STAGE_ADDRESS)
                    .on(new AddressStaged(Plans.MOA_B, Plans.SECONDARY_MAC.linkLocal()), GATEWAY_STAGED, PROBE_ADDRESS)
                    .on(new AddressFree(), GATEWAY_STAGED, PROBE_EGRESS);
        }

        static Story copying() {
            return in(TARGET_PREPARED).on(new CopyStarted(), COPYING);
        }

        static Story copying(Strategy strategy, StallAction onStall) {
            Story story = copying();
            story.state = new MigrationState(Plans.fromAToB(strategy, onStall), story.state.phase(),
                    story.state.changed(), story.state.knowledge());
            return story;
        }

        static Story switchover() {
            return copying().on(new VmPaused(), SWITCHOVER);
        }

        static Story rebinding() {
            return switchover().on(new CopyCompleted(FIGURES), REBINDING, MOVE_VM);
        }
    }
}
