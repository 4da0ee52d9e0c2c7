package org.godwit.mcs.workflow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.godwit.model.MacAddress;
import org.godwit.model.MigrationPhase;
import org.godwit.model.Silences;

/** What a migration will do when nothing goes wrong, by the table itself: it is told that every effect succeeds. */
public final class Itinerary {

    private static final CopyDestination SOMEWHERE = new CopyDestination("qemu:///system", "reachable", "idle");
    private static final CopyFigures SOMEHOW = new CopyFigures(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    private Itinerary() {}

    /** @param phase in which the effect is performed */
    public record Step(MigrationPhase phase, Effect effect) {}

    /** @param secondaryMac of the interface that the VM arrives with */
    public static List<Step> of(Plan plan, MacAddress secondaryMac) {
        List<Step> steps = new ArrayList<>();
        MigrationState state = MigrationState.requested(plan);
        Queue<Event> events = new ArrayDeque<>(List.of(new Event.Accepted()));
        while (!events.isEmpty()) {
            Event event = events.remove();
            Decision decision = Workflow.decide(state, event)
                    .orElseThrow(() -> new IllegalStateException("nothing follows " + event));
            state = decision.state();
            for (Effect effect : decision.effects()) {
                steps.add(new Step(state.phase(), effect));
                events.addAll(success(effect, state, secondaryMac));
            }
        }
        return steps;
    }

    private static List<Event> success(Effect effect, MigrationState state, MacAddress mac) {
        return switch (effect) {
            case PRECHECK -> List.of(new Event.ChecksPassed(mac, true, List.of()));
            case ENROL_GUEST -> List.of(new Event.GuestReady());
            case PROBE_ADDRESS -> List.of(new Event.AddressFree());
            case PROBE_EGRESS -> List.of(new Event.EgressOpen(List.of()));
            case STAGE_GATEWAY -> List.of(new Event.GatewayStaged());
            case STAGE_ADDRESS -> List.of(new Event.AddressStaged(
                    state.plan().targetGateway().prefix().addressOf(mac), mac.linkLocal()));
            case STAGE_MAPPING -> List.of(new Event.MappingStaged(0));
            case ARM_GUEST -> List.of(new Event.GuestArmed());
            case PREPARE_TARGET -> List.of(new Event.TargetReady(SOMEWHERE));
            case COPY -> List.of(new Event.CopyStarted(), new Event.VmPaused(), new Event.CopyCompleted(SOMEHOW));
            case SHUT_DOWN -> List.of(new Event.VmOff());
            case SEND_DISKS -> List.of(new Event.DisksArrived(Optional.empty()));
            case DEFINE_AT_TARGET -> List.of(new Event.TargetDefined());
            case START_AT_TARGET -> List.of(new Event.StartedAtTarget());
            case UNDEFINE_AT_TARGET -> List.of(new Event.TargetUndefined());
            case ENROL_AT_TARGET -> List.of(new Event.GuestBooted(SOMEHOW));
            case MOVE_VM -> List.of(new Event.VmMoved());
            case SETTLE_GUEST -> List.of(new Event.GuestSettled(Silences.UNKNOWN));
            case ACTIVATE_MAPPING -> List.of(new Event.MappingActivated());
            case REMOVE_STAGING -> List.of(new Event.StagingRemoved());
            case UNSTAGE_MAPPING -> List.of(new Event.MappingUnstaged());
            case UNSTAGE_SOURCE -> List.of(new Event.SourceUnstaged());
            case DISCARD_TARGET -> List.of(new Event.TargetDiscarded());
            // of setbacks only
            case RECOVER_COPY, FORCE_COPY, CANCEL_COPY, ASK_BOTH_HYPERVISORS, RESUME_SOURCE, RETURN_VM,
                    CLEAN_UP_AFTER_LOSS, ABANDON_TARGET, START_AT_SOURCE ->
                List.of();
        };
    }
}
