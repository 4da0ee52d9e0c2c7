package org.godwit.mcs.workflow;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import org.godwit.mcs.precheck.Finding;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.MigrationPhase;
import org.godwit.model.MobileAddress;
import org.godwit.model.Silences;

/** What has happened, as far as the workflow cares. */
public sealed interface Event {

    /** An operator's request was accepted and recorded. */
    record Accepted() implements Event {}

    /**
     * Nothing speaks against it but warnings.
     *
     * @param guestEnrolled whether the guest knows who it is; one that has booted since does not
     */
    record ChecksPassed(MacAddress secondaryMac, boolean guestEnrolled, List<Finding> findings)
            implements
                Event,
                Checked {
        public ChecksPassed {
            requireNonNull(secondaryMac, "secondaryMac is null");
            findings = List.copyOf(findings);
        }
    }

    /** At least one of the findings is an error. */
    record ChecksRefused(List<Finding> findings) implements Event, Checked, Setback {
        public ChecksRefused {
            findings = List.copyOf(findings);
        }

        /** The first one; the others are kept beside it. */
        @Override
        public MigrationFailure failure() {
            List<Finding> errors = findings.stream().filter(Finding::isError).toList();
            Finding first = errors.getFirst();
            String others = errors.size() == 1 ? "" : " (This is the first of " + errors.size() + " errors.)";
            return new MigrationFailure(first.check().code(), first.sentence() + " " + first.remedy() + others);
        }
    }

    /** The guest knows who it is. */
    record GuestReady() implements Event {}

    record AddressFree() implements Event {}

    /** Packets with the VM's future address come out of the target's site, as far as anybody answered. */
    record EgressOpen(List<Finding> findings) implements Event, Checked {
        public EgressOpen {
            findings = List.copyOf(findings);
        }
    }

    record GatewayStaged() implements Event {}

    record AddressStaged(MobileAddress moa, LinkLocalAddress linkLocal) implements Event {
        public AddressStaged {
            requireNonNull(moa, "moa is null");
            requireNonNull(linkLocal, "linkLocal is null");
        }
    }

    /** @param silentPeers subscribers that did not acknowledge in time; they learn from the first packet, so not fatal */
    record MappingStaged(int silentPeers) implements Event {}

    record GuestArmed() implements Event {}

    record TargetReady(CopyDestination destination) implements Event {
        public TargetReady {
            requireNonNull(destination, "destination is null");
        }
    }

    /** The command to copy is on its way: whatever is heard from here on, memory may be travelling. */
    record CopyStarted() implements Event {}

    /** The source has paused the VM. */
    record VmPaused() implements Event {}

    /**
     * The target has resumed the VM: that is where it runs. The copy's own outcome follows a second or two later, when the
     * hypervisors have told each other.
     */
    record VmResumed() implements Event {}

    /** What is seen of a pre-copy says that it will not end, or that it takes longer than it may. */
    record CopyStalled(String why) implements Event, Setback {
        public CopyStalled {
            requireNonNull(why, "why is null");
        }

        @Override
        public MigrationFailure failure() {
            return new MigrationFailure("copy_stalled", "The pre-copy would not come to its end: " + why + ".");
        }
    }

    /** {@link Effect#FORCE_COPY} was heard. Nothing follows from it: the outcome of the copy decides. */
    record CopyForced() implements Event {}

    /** @param disks of a VM whose disks have travelled with it */
    record CopyCompleted(CopyFigures figures, Optional<DiskFigures> disks) implements Event {
        public CopyCompleted {
            requireNonNull(figures, "figures is null");
            requireNonNull(disks, "disks is null");
        }

        public CopyCompleted(CopyFigures figures) {
            this(figures, Optional.empty());
        }
    }

    /** The hypervisor itself says that the VM runs at the source. */
    record CopyFailed(MigrationFailure failure) implements Event, Setback {}

    /** The copy ended, or its agent was lost, without a word on where the VM is. */
    record CopyOutcomeUnknown(MigrationFailure failure) implements Event, Setback {}

    /** {@link Effect#CANCEL_COPY} was heard. Nothing follows from it: the outcome of the copy decides. */
    record CopyStopped() implements Event {}

    /** It is off at the source, and not running at the target. */
    record VmOff() implements Event {}

    /**
     * All disks that its source alone has are at the target, too, and were compared.
     *
     * @param disks empty when it has none
     */
    record DisksArrived(Optional<DiskFigures> disks) implements Event {
        public DisksArrived {
            requireNonNull(disks, "disks is null");
        }
    }

    record TargetDefined() implements Event {}

    record StartedAtTarget() implements Event {}

    record StartedAtSource() implements Event {}

    /** Nothing of the VM is at the target, and nothing will start it there. */
    record TargetUndefined() implements Event {}

    /**
     * The guest has booted at the target and knows who it is.
     *
     * @param figures the VM's downtime is from the wish to shut it down until now
     */
    record GuestBooted(CopyFigures figures) implements Event {
        public GuestBooted {
            requireNonNull(figures, "figures is null");
        }
    }

    record RunningOnSource() implements Event {}

    record RunningOnTarget() implements Event {}

    /** It is only here, and a copy that broke has left it paused. */
    record PausedOnSource() implements Event {}

    record SourceResumed() implements Event {}

    /** The two answers do not say where the one running copy is. */
    record StillUnclear(MigrationFailure failure) implements Event, Setback {}

    /** A post-copy has ended before all was through: the VM is at the target, a part of its memory at the source. */
    record PostCopyBroken(MigrationFailure failure) implements Event, Setback {}

    /** Neither hypervisor has the VM any more. */
    record VmGone(MigrationFailure failure) implements Event, Setback {}

    record CleanedUpAfterLoss() implements Event {}

    record VmMoved() implements Event {}

    record VmReturned() implements Event {}

    /** @param silences the guest's word */
    record GuestSettled(Silences silences) implements Event {
        public GuestSettled {
            requireNonNull(silences, "silences is null");
        }
    }

    record MappingActivated() implements Event {}

    record StagingRemoved() implements Event {}

    record MappingUnstaged() implements Event {}

    record SourceUnstaged() implements Event {}

    record TargetDiscarded() implements Event {}

    /** What was of the VM at the target has ended, or was a whole VM and runs on. */
    record TargetAbandoned() implements Event {}

    /** An effect was refused or failed, and whoever performed it said so. Never of {@link Effect#COPY}. */
    record StepFailed(Effect effect, MigrationFailure failure) implements Event, Setback {}

    /** An effect was not answered within its time limit, or its agent was lost. Never of {@link Effect#COPY}. */
    record StepTimedOut(Effect effect, MigrationFailure failure) implements Event, Setback {}

    /** Delivered between two steps, or during the copy. */
    record CancelRequested() implements Event, Setback {
        @Override
        public MigrationFailure failure() {
            return new MigrationFailure("cancelled", "An operator cancelled the migration.");
        }
    }

    /** Of a VM whose post-copy broke: it is not to be taken up again. */
    record AbandonRequested() implements Event, Setback {
        @Override
        public MigrationFailure failure() {
            return new MigrationFailure("abandoned", "An operator has given the VM up.");
        }
    }

    /** A phase lasts longer than it should. Nothing is given up for that, but somebody should look. */
    record Overdue(MigrationPhase phase) implements Event, Setback {
        @Override
        public MigrationFailure failure() {
            return new MigrationFailure("overdue",
                    "The migration is in phase " + phase + " for longer than it should be: "
                            + "look whether both host agents are connected and what their logs say.");
        }
    }

    /** What the checks have found. */
    sealed interface Checked {
        List<Finding> findings();
    }

    /** An event that tells of trouble. */
    sealed interface Setback {
        MigrationFailure failure();
    }
}
