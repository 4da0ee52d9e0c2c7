package org.godwit.mcs.runner;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.godwit.mcs.workflow.Effect;
import org.godwit.model.MigrationPhase;

/**
 * How long an effect may take before the workflow is told so, and a phase before an operator is.
 *
 * <p>Agents have limits of their own, of 20 s at most, and say more when they give up: so these are longer.
 *
 * @param question for what only looks
 * @param change for what changes a host or a guest
 * @param copy for disks and memory to get any further; when it is over both hypervisors are asked, so it is generous
 * @param shutdown for a guest to shut down, a second to an hour; then it is left alone
 */
public record StepLimits(Duration question, Duration change, Duration copy, Duration shutdown) {

    /** DEFAULT is checked against it, so it comes first. */
    private static final Duration SHUTDOWN_MAX = Duration.ofHours(1);

    public static final StepLimits DEFAULT = new StepLimits(Duration.ofSeconds(10), Duration.ofSeconds(30),
            Duration.ofHours(2), Duration.ofMinutes(3));

    public StepLimits {
        requireNonNull(question, "question is null");
        requireNonNull(change, "change is null");
        requireNonNull(copy, "copy is null");
        if (shutdown.toSeconds() < 1 || shutdown.compareTo(SHUTDOWN_MAX) > 0) {
            throw new IllegalArgumentException("must be 1 to 3600 s, got " + shutdown.toSeconds());
        }
    }

    /** The same with another patience for guests that shut down. @throws IllegalArgumentException when out of range */
    public StepLimits withShutdown(Duration patience) {
        return new StepLimits(question, change, copy, patience);
    }

    Duration of(Effect effect) {
        return switch (effect) {
            case PROBE_ADDRESS, ASK_BOTH_HYPERVISORS, FORCE_COPY, CANCEL_COPY ->
                question;
            case PRECHECK, ENROL_GUEST, ENROL_AT_TARGET, PROBE_EGRESS, STAGE_GATEWAY, STAGE_ADDRESS, STAGE_MAPPING,
                    ARM_GUEST,
                    PREPARE_TARGET, RESUME_SOURCE,
                    MOVE_VM,
                    RETURN_VM,
                    SETTLE_GUEST, ACTIVATE_MAPPING, REMOVE_STAGING, CLEAN_UP_AFTER_LOSS, UNSTAGE_MAPPING,
                    UNSTAGE_SOURCE, DISCARD_TARGET, ABANDON_TARGET, DEFINE_AT_TARGET, START_AT_TARGET,
                    UNDEFINE_AT_TARGET ->
                change;
            // A guest that is shutting down is waited for before it is started again.
            case SHUT_DOWN, START_AT_SOURCE -> shutdown.plus(change);
            case COPY, RECOVER_COPY, SEND_DISKS -> copy;
        };
    }

    /** What is longer is retried all the same, but somebody should look. */
    Duration of(MigrationPhase phase) {
        return switch (phase) {
            case REQUESTED, CHECKED, GATEWAY_STAGED, ADDRESS_STAGED, TARGET_PREPARED -> change.multipliedBy(4);
            case COPYING -> copy;
            case SHUTDOWN -> shutdown.plus(change.multipliedBy(2));
            case SWITCHOVER, REBINDING, ROLLBACK, INQUIRY, RECOVERY -> change.multipliedBy(2);
            case SETTLED, ABORTED, LOST -> throw new IllegalArgumentException("nobody waits in phase " + phase);
        };
    }
}
