package org.godwit.mcs.runner;

import java.time.Duration;
import java.util.UUID;
import org.godwit.mcs.workflow.CopyDestination;
import org.godwit.mcs.workflow.Effect;
import org.godwit.mcs.workflow.Knowledge;
import org.godwit.mcs.workflow.MigrationState;
import org.godwit.mcs.workflow.Plan;
import org.godwit.model.Compression;
import org.godwit.model.StallAction;
import org.godwit.model.Strategy;
import org.godwit.protocol.agent.Arm;
import org.godwit.protocol.agent.CancelCopy;
import org.godwit.protocol.agent.Command;
import org.godwit.protocol.agent.Copy;
import org.godwit.protocol.agent.CopyDefinition;
import org.godwit.protocol.agent.CopyOptions;
import org.godwit.protocol.agent.DiscardTarget;
import org.godwit.protocol.agent.EgressProbe;
import org.godwit.protocol.agent.EnrolGuest;
import org.godwit.protocol.agent.ForceCopy;
import org.godwit.protocol.agent.Gateway;
import org.godwit.protocol.agent.Inspect;
import org.godwit.protocol.agent.PrepareTarget;
import org.godwit.protocol.agent.ProbeAddress;
import org.godwit.protocol.agent.ProbeEgress;
import org.godwit.protocol.agent.RecoverCopy;
import org.godwit.protocol.agent.RemoveStaging;
import org.godwit.protocol.agent.Resume;
import org.godwit.protocol.agent.SendDisks;
import org.godwit.protocol.agent.Settle;
import org.godwit.protocol.agent.ShutDown;
import org.godwit.protocol.agent.StageAddress;
import org.godwit.protocol.agent.StageGateway;
import org.godwit.protocol.agent.Start;
import org.godwit.protocol.agent.Unstage;

/** What an effect is in the words of agent.proto. */
final class AgentCommands {

    private AgentCommands() {}

    /**
     * Of an effect that one agent performs and all of whose arguments are in the state; whatever enrols a guest carries a
     * secret, {@link Effect#PROBE_EGRESS} names the peers, {@link Effect#SHUT_DOWN} a time limit.
     */
    static Command of(Effect effect, UUID id, MigrationState state) {
        Plan plan = state.plan();
        Command.Builder command = envelope(id, plan);
        switch (effect) {
            case STAGE_GATEWAY -> command.setStageGateway(StageGateway.newBuilder().setGateway(gateway(plan)));
            case STAGE_ADDRESS -> command.setStageAddress(StageAddress.newBuilder().setGateway(gateway(plan)));
            case PROBE_ADDRESS -> command.setProbeAddress(probe(state.knowledge()));
            case ARM_GUEST -> command.setArm(Arm.getDefaultInstance());
            case PREPARE_TARGET -> command.setPrepareTarget(prepareTarget(state));
            case COPY -> command.setCopy(copy(state));
            case SEND_DISKS -> command.setSendDisks(SendDisks.newBuilder()
                    .setTargetLibvirtUri(state.knowledge().destination().orElseThrow().libvirtUri())
                    .setBandwidthMibPerSecond(plan.options().bandwidthMebibytesPerSecond().orElse(0)));
            case DEFINE_AT_TARGET ->
                command.setCopyDefinition(copyDefinition(state.knowledge().destination().orElseThrow()));
            case START_AT_TARGET, START_AT_SOURCE -> command.setStart(Start.getDefaultInstance());
            case UNDEFINE_AT_TARGET -> command.setDiscardTarget(DiscardTarget.newBuilder().setDefinition(true));
            case RECOVER_COPY -> command.setRecoverCopy(RecoverCopy.newBuilder()
                    .setTargetLibvirtUri(state.knowledge().destination().orElseThrow().libvirtUri()));
            case FORCE_COPY -> command.setForceCopy(forceCopy(plan.options().onStall()));
            case CANCEL_COPY -> command.setCancelCopy(CancelCopy.getDefaultInstance());
            case RESUME_SOURCE -> command.setResume(Resume.getDefaultInstance());
            case SETTLE_GUEST -> command.setSettle(Settle.getDefaultInstance());
            case UNSTAGE_SOURCE -> command.setUnstage(Unstage.getDefaultInstance());
            case REMOVE_STAGING -> command.setRemoveStaging(removeStaging(state));
            case CLEAN_UP_AFTER_LOSS -> command.setRemoveStaging(RemoveStaging.newBuilder().setAbandon(true));
            case DISCARD_TARGET -> command.setDiscardTarget(DiscardTarget.getDefaultInstance());
            case ABANDON_TARGET -> command.setDiscardTarget(DiscardTarget.newBuilder().setAbandon(true));
            case PRECHECK, PROBE_EGRESS, SHUT_DOWN, ENROL_GUEST, ENROL_AT_TARGET, ASK_BOTH_HYPERVISORS, MOVE_VM,
                    RETURN_VM,
                    STAGE_MAPPING,
                    ACTIVATE_MAPPING,
                    UNSTAGE_MAPPING ->
                throw new IllegalArgumentException(effect + " is not one plain command to one agent");
        }
        return command.build();
    }

    static Command inspect(UUID id, Plan plan) {
        return envelope(id, plan).setInspect(Inspect.newBuilder().setDomainName(plan.vm().domain())).build();
    }

    /** @param patience for the guest to do so */
    static Command shutDown(UUID id, Plan plan, Duration patience) {
        return envelope(id, plan).setShutDown(ShutDown.newBuilder().setTimeLimitMs((int) patience.toMillis())).build();
    }

    static Command probeEgress(UUID id, Plan plan, EgressProbe probe) {
        return envelope(id, plan).setProbeEgress(ProbeEgress.newBuilder().setProbe(probe)).build();
    }

    static Command enrol(UUID id, Plan plan, EnrolGuest enrolment) {
        return envelope(id, plan).setEnrolGuest(enrolment).build();
    }

    private static Command.Builder envelope(UUID id, Plan plan) {
        return Command.newBuilder().setId(id.toString()).setVmUuid(plan.vm().uuid().toString())
                .setEpoch(plan.epoch().number());
    }

    private static Gateway gateway(Plan plan) {
        return Prechecks.gateway(plan.targetGateway());
    }

    private static ProbeAddress probe(Knowledge known) {
        return ProbeAddress.newBuilder().setAddress(known.moa().orElseThrow().toString())
                .setLinkLocal(known.linkLocal().orElseThrow().toString()).build();
    }

    private static PrepareTarget prepareTarget(MigrationState state) {
        return PrepareTarget.newBuilder().setDomainName(state.plan().vm().domain())
                .setMoa(state.knowledge().moa().orElseThrow().toString())
                .setMac(state.knowledge().secondaryMac().orElseThrow().toString())
                .setGateway(gateway(state.plan())).build();
    }

    private static Copy copy(MigrationState state) {
        Plan plan = state.plan();
        Knowledge known = state.knowledge();
        CopyDestination destination = known.destination().orElseThrow();
        return Copy.newBuilder().setTargetLibvirtUri(destination.libvirtUri())
                .setTargetReachableBridge(destination.reachableBridge())
                .setTargetIdleBridge(destination.idleBridge()).setTargetMoa(known.moa().orElseThrow().toString())
                .setPostCopy(plan.strategy().endsAsPostCopy())
                .setPostCopyAtOnce(plan.strategy() == Strategy.POST_COPY)
                .setSuspended(plan.strategy() == Strategy.SUSPENDED)
                .setPostCopyPossible(plan.options().needsPostCopy(plan.strategy()) && !plan.strategy().endsAsPostCopy())
                .setOptions(options(plan.options())).build();
    }

    private static RemoveStaging removeStaging(MigrationState state) {
        boolean cold = state.plan().strategy() == Strategy.COLD;
        // Until the guest has booted from what was sent, what was sent is not all that there is.
        return RemoveStaging.newBuilder().setDefinition(cold)
                .setKeepDisks(cold && state.knowledge().figures().isEmpty()).build();
    }

    private static CopyDefinition copyDefinition(CopyDestination destination) {
        return CopyDefinition.newBuilder().setTargetLibvirtUri(destination.libvirtUri())
                .setTargetReachableBridge(destination.reachableBridge()).setTargetIdleBridge(destination.idleBridge())
                .build();
    }

    private static CopyOptions options(org.godwit.model.CopyOptions options) {
        return CopyOptions.newBuilder()
                .setBandwidthMibPerSecond(options.bandwidthMebibytesPerSecond().orElse(0))
                .setDowntimeLimitMs(options.downtimeLimitMs().orElse(0)).setAutoConverge(options.autoConverge())
                .setParallelConnections(options.parallelConnections().orElse(0))
                .setCompression(options.compression() == Compression.NONE ? "" : options.compression().word()).build();
    }

    private static ForceCopy forceCopy(StallAction by) {
        return switch (by) {
            case POST_COPY -> ForceCopy.newBuilder().setPostCopy(true).build();
            case SUSPEND -> ForceCopy.newBuilder().setSuspension(true).build();
            case ABORT -> throw new IllegalArgumentException("what is aborted is not forced");
        };
    }
}
