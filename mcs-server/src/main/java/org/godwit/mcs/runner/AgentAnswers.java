package org.godwit.mcs.runner;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.godwit.mcs.precheck.Check;
import org.godwit.mcs.precheck.Facts;
import org.godwit.mcs.precheck.Finding;
import org.godwit.mcs.workflow.CopyDestination;
import org.godwit.mcs.workflow.CopyFigures;
import org.godwit.mcs.workflow.DiskFigures;
import org.godwit.mcs.workflow.DowntimeBy;
import org.godwit.mcs.workflow.Effect;
import org.godwit.mcs.workflow.Event;
import org.godwit.mcs.workflow.MigrationFailure;
import org.godwit.mcs.workflow.MigrationState;
import org.godwit.mcs.workflow.Plan;
import org.godwit.mcs.workflow.Whereabouts;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.Silences;
import org.godwit.protocol.agent.CopyResult;
import org.godwit.protocol.agent.DiskPassage;
import org.godwit.protocol.agent.DisksSent;
import org.godwit.protocol.agent.DomainReport;
import org.godwit.protocol.agent.EgressReport;
import org.godwit.protocol.agent.Failure;
import org.godwit.protocol.agent.FailureCode;
import org.godwit.protocol.agent.GuestStatus;
import org.godwit.protocol.agent.Outcome;
import org.godwit.protocol.agent.Settled;
import org.godwit.protocol.agent.StagedAddress;
import org.godwit.protocol.agent.TargetPrepared;

/**
 * What an agent's outcome is in the words of the workflow. A guest speaks through its agent and may say anything: what does
 * not fit the migration is a failure, not a fact.
 */
final class AgentAnswers {

    private static final int MESSAGE_LENGTH_MAX = 500;

    private AgentAnswers() {}

    /** @param effect one that one agent performs */
    static Event of(Effect effect, Outcome outcome, MigrationState state) {
        if (outcome.hasFailure()) {
            return failed(effect, failure(outcome.getFailure()));
        }
        try {
            return succeeded(effect, outcome, state);
        } catch (IllegalArgumentException e) {
            // a value that is no address, no MAC, or empty
            return failed(effect, new MigrationFailure("agent_internal",
                    bounded("The answer to " + effect + " makes no sense: " + e.getMessage())));
        }
    }

    private static Event succeeded(Effect effect, Outcome outcome, MigrationState state) {
        Plan plan = state.plan();
        return switch (effect) {
            case ENROL_GUEST ->
                outcome.hasGuest() ? guest(effect, outcome.getGuest(), plan) : mistyped(effect, outcome);
            case ENROL_AT_TARGET ->
                outcome.hasGuest() ? guestAtTarget(outcome.getGuest(), state) : mistyped(effect, outcome);
            case PROBE_EGRESS ->
                outcome.hasEgress() ? egress(outcome.getEgress(), state) : mistyped(effect, outcome);
            case STAGE_ADDRESS ->
                outcome.hasStagedAddress() ? staged(outcome.getStagedAddress(), plan) : mistyped(effect, outcome);
            case PREPARE_TARGET ->
                outcome.hasTargetPrepared() ? prepared(outcome.getTargetPrepared()) : mistyped(effect, outcome);
            case COPY, RECOVER_COPY -> outcome.hasCopy() ? copied(outcome.getCopy()) : mistyped(effect, outcome);
            case SETTLE_GUEST -> outcome.hasSettled() ? settled(outcome.getSettled()) : mistyped(effect, outcome);
            case PROBE_ADDRESS -> outcome.hasDone() ? new Event.AddressFree() : mistyped(effect, outcome);
            case STAGE_GATEWAY -> outcome.hasDone() ? new Event.GatewayStaged() : mistyped(effect, outcome);
            case ARM_GUEST -> outcome.hasDone() ? new Event.GuestArmed() : mistyped(effect, outcome);
            case SHUT_DOWN -> outcome.hasDone() ? new Event.VmOff() : mistyped(effect, outcome);
            case SEND_DISKS -> outcome.hasDisksSent() ? arrived(outcome.getDisksSent()) : mistyped(effect, outcome);
            case DEFINE_AT_TARGET -> outcome.hasDone() ? new Event.TargetDefined() : mistyped(effect, outcome);
            case START_AT_TARGET -> outcome.hasDone() ? new Event.StartedAtTarget() : mistyped(effect, outcome);
            case START_AT_SOURCE -> outcome.hasDone() ? new Event.StartedAtSource() : mistyped(effect, outcome);
            case UNDEFINE_AT_TARGET -> outcome.hasDone() ? new Event.TargetUndefined() : mistyped(effect, outcome);
            case FORCE_COPY -> outcome.hasDone() ? new Event.CopyForced() : mistyped(effect, outcome);
            case CANCEL_COPY -> outcome.hasDone() ? new Event.CopyStopped() : mistyped(effect, outcome);
            case RESUME_SOURCE -> outcome.hasDone() ? new Event.SourceResumed() : mistyped(effect, outcome);
            case REMOVE_STAGING -> outcome.hasDone() ? new Event.StagingRemoved() : mistyped(effect, outcome);
            case CLEAN_UP_AFTER_LOSS -> outcome.hasDone() ? new Event.CleanedUpAfterLoss() : mistyped(effect, outcome);
            case UNSTAGE_SOURCE -> outcome.hasDone() ? new Event.SourceUnstaged() : mistyped(effect, outcome);
            case ABANDON_TARGET -> outcome.hasDone() ? new Event.TargetAbandoned() : mistyped(effect, outcome);
            case DISCARD_TARGET -> outcome.hasDone() ? new Event.TargetDiscarded() : mistyped(effect, outcome);
            case PRECHECK, ASK_BOTH_HYPERVISORS, MOVE_VM, RETURN_VM, STAGE_MAPPING, ACTIVATE_MAPPING, UNSTAGE_MAPPING ->
                throw new IllegalStateException(effect + " is not performed by one agent");
        };
    }

    /** Of {@code Inspect}, asked where the VM is. */
    static Whereabouts whereabouts(Outcome outcome) {
        if (outcome.hasFailure() && outcome.getFailure().getCode() == FailureCode.VM_UNKNOWN) {
            return Whereabouts.ABSENT;
        }
        return switch (outcome.getDomain().getState()) {
            case DOMAIN_RUNNING -> halfway(outcome.getDomain()).orElse(Whereabouts.RUNNING);
            case DOMAIN_PAUSED -> halfway(outcome.getDomain()).orElse(Whereabouts.PAUSED);
            case DOMAIN_SHUTOFF -> Whereabouts.STOPPED;
            case DOMAIN_ABSENT -> Whereabouts.ABSENT;
            case DOMAIN_OTHER, DOMAIN_STATE_INVALID, UNRECOGNIZED -> Whereabouts.UNREACHABLE;
        };
    }

    /** In a post-copy the VM is at both sides, paused at the one and running at the other: the reason tells. */
    private static Optional<Whereabouts> halfway(DomainReport report) {
        return switch (report.getReason()) {
            case "post-copy" -> Optional.of(Whereabouts.POST_COPY);
            case "post-copy failed" -> Optional.of(Whereabouts.POST_COPY_BROKEN);
            case String _ -> Optional.empty();
        };
    }

    static MigrationFailure failure(Failure failure) {
        String code = switch (failure.getCode()) {
            case FAILURE_CODE_INVALID, UNRECOGNIZED -> "agent_internal";
            case FailureCode named -> named.name().toLowerCase(Locale.ROOT);
        };
        return new MigrationFailure(code, bounded(failure.getMessage()));
    }

    /** A copy that failed is a case of its own: only two codes say that the VM runs at the source. */
    static Event failed(Effect effect, MigrationFailure failure) {
        if (effect != Effect.COPY) {
            return new Event.StepFailed(effect, failure);
        }
        return switch (failure.code()) {
            case "copy_failed", "copy_cancelled" -> new Event.CopyFailed(failure);
            case "postcopy_broken" -> new Event.PostCopyBroken(failure);
            case String _ -> new Event.CopyOutcomeUnknown(failure);
        };
    }

    /** The facts have been judged: what remains is to tell the workflow. */
    static Event checked(Facts facts) {
        List<Finding> findings = Check.judgeAll(facts);
        Optional<MacAddress> secondary = facts.source().facts().flatMap(Prechecks::secondary);
        if (findings.stream().anyMatch(Finding::isError) || secondary.isEmpty()) {
            return new Event.ChecksRefused(findings);
        }
        boolean enrolled = facts.source().facts().orElseThrow().getGuest().getEnrolled();
        return new Event.ChecksPassed(secondary.get(), enrolled, findings);
    }

    private static Event egress(EgressReport report, MigrationState state) {
        List<Finding> findings = Check.judge(state.plan().target(),
                state.knowledge().moa().map(Object::toString).orElse(""), report);
        Optional<Finding> error = findings.stream().filter(Finding::isError).findFirst();
        return error.isEmpty()
                ? new Event.EgressOpen(findings)
                : failed(Effect.PROBE_EGRESS, new MigrationFailure(error.get().check().code(),
                        error.get().sentence() + " " + error.get().remedy()));
    }

    private static Event guestAtTarget(GuestStatus status, MigrationState state) {
        Event ready = guest(Effect.ENROL_AT_TARGET, status, state.plan());
        String moa = state.knowledge().moa().map(Object::toString).orElse("");
        return ready instanceof Event.GuestReady && !status.getActiveMoa().equals(moa)
                ? failed(Effect.ENROL_AT_TARGET, new MigrationFailure("guest_refused", bounded("The guest agent of VM "
                        + state.plan().vm().name() + " uses " + status.getActiveMoa() + " instead of " + moa
                        + ": see that its interfaces form their addresses of their MACs, and restart it.")))
                : ready;
    }

    private static Event guest(Effect effect, GuestStatus status, Plan plan) {
        String agent = "The guest agent of VM " + plan.vm().name();
        if (!status.getEnrolled()) {
            return failed(effect, new MigrationFailure("guest_refused",
                    agent + " does not take its enrolment: look into its log."));
        }
        if (!status.getHoa().equals(plan.vm().hoa().toString())) {
            return failed(effect, new MigrationFailure("guest_refused", bounded(
                    agent + " says that its HoA is " + status.getHoa() + ", not " + plan.vm().hoa()
                            + ": restart it.")));
        }
        return new Event.GuestReady();
    }

    private static Event staged(StagedAddress staged, Plan plan) {
        MobileAddress moa = MobileAddress.of(staged.getMoa());
        if (!plan.targetGateway().prefix().contains(moa)) {
            return failed(Effect.STAGE_ADDRESS, new MigrationFailure("address_staging_failed", "The guest formed " + moa
                    + ", which is not under the target's prefix " + plan.targetGateway().prefix() + "."));
        }
        return new Event.AddressStaged(moa, LinkLocalAddress.of(staged.getLinkLocal()));
    }

    private static Event prepared(TargetPrepared prepared) {
        return new Event.TargetReady(new CopyDestination(prepared.getLibvirtUri(), prepared.getReachableBridge(),
                prepared.getIdleBridge()));
    }

    /** Whatever the guest says of its silences, it is settled. */
    private static Event settled(Settled settled) {
        return new Event.GuestSettled(new Silences(
                settled.hasSilenceVmToPeerUs() ? silence(settled.getSilenceVmToPeerUs()) : Optional.empty(),
                settled.hasSilencePeerToVmUs() ? silence(settled.getSilencePeerToVmUs()) : Optional.empty()));
    }

    private static Optional<Duration> silence(long microseconds) {
        return Optional.of(Duration.of(microseconds, ChronoUnit.MICROS))
                .filter(it -> !it.isNegative() && it.compareTo(Silences.MAX) <= 0);
    }

    private static Event copied(CopyResult copy) {
        return new Event.CopyCompleted(new CopyFigures(copy.getVmDowntimeMs(),
                copy.getEndedAsPostCopy() ? DowntimeBy.SOURCE : DowntimeBy.HYPERVISORS, copy.getTotalMs(),
                copy.getBytesTransferred(), copy.getPagesNormal(), copy.getPagesConstant(), copy.getIterations(),
                copy.getPostCopyRequests(), copy.getPagesDirty(), copy.getThrottlePercent(),
                copy.getBytesPerSecond()),
                copy.hasDisks() ? Optional.of(disks(copy.getDisks())) : Optional.empty());
    }

    private static Event arrived(DisksSent sent) {
        return new Event.DisksArrived(sent.hasDisks() ? Optional.of(disks(sent.getDisks())) : Optional.empty());
    }

    private static DiskFigures disks(DiskPassage disks) {
        return new DiskFigures(disks.getMs(), disks.getBytes(), disks.getLayers(), disks.getWritesAtOnce(),
                bounded(disks.getReason()));
    }

    private static Event mistyped(Effect effect, Outcome outcome) {
        return failed(effect, new MigrationFailure("agent_internal",
                "The agent answered " + effect + " with " + outcome.getResultCase() + ": install matching versions."));
    }

    private static String bounded(String text) {
        return text.length() <= MESSAGE_LENGTH_MAX ? text : text.substring(0, MESSAGE_LENGTH_MAX) + "…";
    }
}
