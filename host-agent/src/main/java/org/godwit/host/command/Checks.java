package org.godwit.host.command;

import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.godwit.host.disk.DiskSurvey;
import org.godwit.host.hypervisor.Hypervisor;
import org.godwit.host.hypervisor.HypervisorFacts;
import org.godwit.host.network.HostNetwork;
import org.godwit.host.network.HostNetworkException;
import org.godwit.host.network.LinkFacts;
import org.godwit.host.network.PacketRelay;
import org.godwit.host.precheck.SourceCheck;
import org.godwit.host.precheck.TargetCheck;
import org.godwit.protocol.agent.Command;
import org.godwit.protocol.agent.Command.EffectCase;
import org.godwit.protocol.agent.EgressReport;
import org.godwit.protocol.agent.FailureCode;
import org.godwit.protocol.agent.Outcome;

/** The commands that only look. They change nothing, so they wait for nobody and need no epoch. */
public final class Checks {

    private static final Set<EffectCase> OURS = EnumSet.of(EffectCase.CHECK_SOURCE, EffectCase.CHECK_TARGET,
            EffectCase.PROBE_EGRESS);

    private final SourceCheck source;
    private final TargetCheck target;

    /** What the checks look at. */
    public record Subjects(Hypervisor hypervisor, HypervisorFacts machine, HostNetwork network, LinkFacts links,
            GuestEffects guest, PacketRelay relay, DiskSurvey disks) {}

    public Checks(Subjects subjects, String reachableBridge, InstantSource clock, Executor threads) {
        DomainReports reports = new DomainReports(reachableBridge, subjects.guest());
        source = new SourceCheck(subjects.hypervisor(), subjects.machine(), subjects.links(), subjects.disks(), reports,
                clock, threads);
        target = new TargetCheck(subjects.hypervisor(), subjects.machine(),
                new TargetCheck.Link(subjects.network(), subjects.links(), subjects.relay()), reports, clock, threads);
    }

    static boolean isOne(Command command) {
        return OURS.contains(command.getEffectCase());
    }

    void perform(Command command, UUID vm, Outcome.Builder outcome) {
        switch (command.getEffectCase()) {
            case CHECK_SOURCE -> outcome.setSourceFacts(source.answer(vm, command.getCheckSource()));
            case CHECK_TARGET -> outcome.setTargetFacts(target.answer(vm, command.getCheckTarget()));
            case PROBE_EGRESS -> outcome.setEgress(egress(vm, command));
            case EffectCase other -> throw new IllegalArgumentException(other + " is no check");
        }
    }

    private EgressReport egress(UUID vm, Command command) {
        try {
            return target.echoes(vm, command.getProbeEgress().getProbe());
        } catch (HostNetworkException | IllegalArgumentException e) {
            throw new CommandFailedException(FailureCode.TARGET_NOT_READY, e.getMessage(), e);
        }
    }
}
