package org.godwit.host.command;

import java.util.Optional;
import org.godwit.host.alone.StandEvent;
import org.godwit.protocol.agent.Command.EffectCase;
import org.godwit.protocol.agent.FailureCode;
import org.godwit.protocol.agent.Outcome;

/** What a command means for where its VM stands on this host. */
final class Steps {

    private Steps() {}

    /** What happens as soon as it is performed, whatever comes of it. */
    static Optional<StandEvent> before(EffectCase effect) {
        return Optional.ofNullable(switch (effect) {
            case STAGE_GATEWAY -> StandEvent.GATEWAY_STAGING;
            case STAGE_ADDRESS -> StandEvent.ADDRESS_STAGING;
            case ARM -> StandEvent.ARMING;
            case COPY -> StandEvent.COPY_BEGINS;
            case PREPARE_TARGET -> StandEvent.VM_EXPECTED;
            case INSPECT, CHECK_GUEST, ENROL_GUEST, PROBE_ADDRESS, RECOVER_COPY, CANCEL_COPY, FORCE_COPY, RESUME,
                    SETTLE, UNSTAGE,
                    REMOVE_STAGING, DISCARD_TARGET, SHUT_DOWN, SEND_DISKS, COPY_DEFINITION, START, CHECK_SOURCE,
                    CHECK_TARGET,
                    PROBE_EGRESS, EFFECT_NOT_SET ->
                null;
        });
    }

    /** What has happened when it has been answered. */
    static Optional<StandEvent> after(EffectCase effect, Outcome outcome) {
        if (outcome.hasFailure()) {
            FailureCode code = outcome.getFailure().getCode();
            boolean stayed = code == FailureCode.COPY_FAILED || code == FailureCode.COPY_CANCELLED;
            return effect == EffectCase.COPY && stayed ? Optional.of(StandEvent.COPY_FAILED) : Optional.empty();
        }
        return Optional.ofNullable(switch (effect) {
            case COPY, RECOVER_COPY -> StandEvent.COPY_SUCCEEDED;
            case UNSTAGE -> StandEvent.UNSTAGED;
            case REMOVE_STAGING -> StandEvent.STAGING_REMOVED;
            // A guest that boots has nothing of a journey to settle.
            case SETTLE, START -> StandEvent.GUEST_SETTLED;
            case DISCARD_TARGET -> StandEvent.TARGET_DISCARDED;
            case INSPECT, CHECK_GUEST, ENROL_GUEST, STAGE_GATEWAY, STAGE_ADDRESS, PROBE_ADDRESS, ARM, PREPARE_TARGET,
                    CANCEL_COPY, FORCE_COPY, RESUME, SHUT_DOWN, SEND_DISKS, COPY_DEFINITION, CHECK_SOURCE, CHECK_TARGET,
                    PROBE_EGRESS,
                    EFFECT_NOT_SET ->
                null;
        });
    }
}
