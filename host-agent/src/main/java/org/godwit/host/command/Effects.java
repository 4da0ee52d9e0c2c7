package org.godwit.host.command;

import inet.ipaddr.ipv6.IPv6Address;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.godwit.host.alone.Deed;
import org.godwit.host.disk.DiskException;
import org.godwit.host.hypervisor.DomainSnapshot;
import org.godwit.host.hypervisor.DomainXml;
import org.godwit.host.hypervisor.Hypervisor;
import org.godwit.host.hypervisor.HypervisorException;
import org.godwit.host.network.Arrival;
import org.godwit.host.network.BridgeNames;
import org.godwit.host.network.DesiredHostNetwork;
import org.godwit.host.network.DummyBridge;
import org.godwit.host.network.HostNetwork;
import org.godwit.host.network.HostNetworkException;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.StallAction;
import org.godwit.protocol.agent.Command;
import org.godwit.protocol.agent.CopyResult;
import org.godwit.protocol.agent.DomainReport;
import org.godwit.protocol.agent.Done;
import org.godwit.protocol.agent.FailureCode;
import org.godwit.protocol.agent.ForceCopy;
import org.godwit.protocol.agent.Inspect;
import org.godwit.protocol.agent.Outcome;
import org.godwit.protocol.agent.PrepareTarget;
import org.godwit.protocol.agent.ProbeAddress;
import org.godwit.protocol.agent.RemoveStaging;
import org.godwit.protocol.agent.Settled;
import org.godwit.protocol.agent.StageGateway;
import org.godwit.protocol.agent.TargetPrepared;

/** What each command does on this host. All of it blocks; all of it may be done twice, except Copy. */
public final class Effects {

    private final Hypervisor hypervisor;
    private final HostNetwork network;
    private final Departures departures;
    private final Arrivals arrivals;
    private final Restarts restarts;
    private final GuestEffects guest;
    private final HostIdentity host;
    private final Executor threads;

    /**
     * @param departures the VMs that leave this host
     * @param arrivals those that it expects
     * @param restarts those that are shut down and started instead
     * @param guest what goes to the VM
     * @param threads for what is done side by side
     */
    public Effects(Hypervisor hypervisor, HostNetwork network, Departures departures, Arrivals arrivals,
            Restarts restarts, GuestEffects guest, HostIdentity host, Executor threads) {
        this.hypervisor = hypervisor;
        this.network = network;
        this.departures = departures;
        this.arrivals = arrivals;
        this.restarts = restarts;
        this.guest = guest;
        this.host = host;
        this.threads = threads;
    }

    /** @param vm empty only for Inspect by name */
    void perform(Command command, Optional<UUID> vm, Outcome.Builder outcome) {
        UUID uuid = vm.orElse(null);
        switch (command.getEffectCase()) {
            case INSPECT -> outcome.setDomain(inspect(vm, command.getInspect()));
            case CHECK_GUEST -> outcome.setGuest(guest.check(running(uuid)));
            case ENROL_GUEST -> outcome.setGuest(guest.enrol(running(uuid), command.getEnrolGuest()));
            case STAGE_GATEWAY -> outcome.setDone(stageGateway(running(uuid), command.getStageGateway()));
            case STAGE_ADDRESS ->
                outcome.setStagedAddress(guest.stage(running(uuid), command.getStageAddress(), command.getEpoch()));
            case PROBE_ADDRESS -> outcome.setDone(probe(command.getProbeAddress()));
            case ARM -> outcome.setDone(guest.arm(running(uuid), command.getEpoch()));
            case PREPARE_TARGET -> outcome.setTargetPrepared(prepareTarget(uuid, command.getPrepareTarget()));
            case COPY -> outcome.setCopy(departures.copy(uuid, command));
            case RECOVER_COPY -> outcome.setCopy(recoverCopy(uuid, command));
            case CANCEL_COPY -> outcome.setDone(cancelCopy(uuid, command.getEpoch()));
            case FORCE_COPY -> outcome.setDone(forceCopy(uuid, command.getForceCopy()));
            case RESUME -> outcome.setDone(resume(uuid));
            case SETTLE -> outcome.setSettled(settle(uuid, command.getEpoch()));
            case UNSTAGE -> outcome.setDone(unstage(uuid, command.getEpoch()));
            case REMOVE_STAGING -> outcome.setDone(command.getRemoveStaging().getAbandon()
                    ? abandonSource(uuid)
                    : removeStaging(uuid, command.getRemoveStaging()));
            case DISCARD_TARGET -> outcome.setDone(command.getDiscardTarget().getAbandon()
                    ? abandonTarget(uuid)
                    : discardTarget(uuid, command.getDiscardTarget().getDefinition()));
            case SHUT_DOWN -> outcome.setDone(done(() -> restarts.shutDown(uuid,
                    Duration.ofMillis(command.getShutDown().getTimeLimitMs()))));
            case SEND_DISKS -> done(() -> restarts.whileOff(uuid,
                    () -> outcome.setDisksSent(departures.sendDisks(uuid, command))));
            case COPY_DEFINITION -> outcome.setDone(done(() -> restarts.copyDefinition(uuid,
                    command.getCopyDefinition(), departures.disksAtRest(uuid))));
            case START -> outcome.setDone(start(uuid));
            case EFFECT_NOT_SET -> throw new CommandFailedException(FailureCode.AGENT_INTERNAL,
                    "the command has no effect that this agent knows: update the agent");
        }
    }

    /** What this host does without being told. @param epoch the highest one seen of the VM */
    void alone(Deed deed, UUID vm, long epoch) {
        switch (deed) {
            case UNSTAGE -> unstage(vm, epoch);
            case REMOVE_STAGING -> removeDummyBridge(vm);
            case SETTLE -> settle(vm, epoch);
            // It may still come: what has arrived of its disks stays where it is expected.
            case DISCARD -> arrivals.forget(vm);
        }
    }

    private DomainReport inspect(Optional<UUID> vm, Inspect inspect) {
        Optional<DomainSnapshot> found = asked(
                () -> vm.isPresent() ? hypervisor.find(vm.get()) : hypervisor.find(inspect.getDomainName()));
        return new DomainReports(host.reachableBridge(), guest).report(found);
    }

    private Done stageGateway(DomainSnapshot domain, StageGateway command) {
        DomainXml.Interface secondary = domain.xml().off(host.reachableBridge())
                .filter(nic -> !nic.tap().isEmpty() && domain.xml().on(host.reachableBridge()).isPresent())
                .orElseThrow(() -> new CommandFailedException(FailureCode.GATEWAY_STAGING_FAILED,
                        "VM " + domain.name() + " must have two interfaces, one of them on " + host.reachableBridge()
                                + ", got " + domain.xml().interfaces()));
        try {
            network.apply(DesiredHostNetwork.of(new DummyBridge(domain.uuid(),
                    GuestEffects.gateway(command.getGateway()), secondary.tap())));
            return Done.getDefaultInstance();
        } catch (HostNetworkException e) {
            throw new CommandFailedException(FailureCode.GATEWAY_STAGING_FAILED, e.getMessage(), e);
        }
    }

    private Done probe(ProbeAddress command) {
        CompletableFuture<Optional<String>> moa = owner(MobileAddress.of(command.getAddress()).address());
        CompletableFuture<Optional<String>> linkLocal = owner(LinkLocalAddress.of(command.getLinkLocal()).address());
        for (CompletableFuture<Optional<String>> owner : List.of(moa, linkLocal)) {
            Optional<String> complaint = joined(owner);
            if (complaint.isPresent()) {
                throw new CommandFailedException(FailureCode.ADDRESS_IN_USE, complaint.get());
            }
        }
        return Done.getDefaultInstance();
    }

    private CompletableFuture<Optional<String>> owner(IPv6Address address) {
        return CompletableFuture.supplyAsync(() -> network.ownerOf(address).map(mac -> inUse(address, mac)), threads);
    }

    private String inUse(IPv6Address address, MacAddress mac) {
        return address.toCanonicalString() + " is in use on the link of " + host.name() + " by " + mac
                + ": find that machine, or give the VM's interface another MAC";
    }

    private Optional<String> joined(CompletableFuture<Optional<String>> owner) {
        try {
            return owner.join();
        } catch (CompletionException e) {
            throw new CommandFailedException(FailureCode.TARGET_NOT_READY,
                    "the link of " + host.name() + " cannot be probed: " + e.getCause().getMessage(), e.getCause());
        }
    }

    private TargetPrepared prepareTarget(UUID vm, PrepareTarget command) {
        try {
            network.apply(DesiredHostNetwork.IDLE);
            network.lackOfReachableBridge().ifPresent(Effects::notReady);
        } catch (HostNetworkException e) {
            throw new CommandFailedException(FailureCode.TARGET_NOT_READY, e.getMessage(), e);
        }
        asked(() -> hypervisor.find(vm)).ifPresent(domain -> notReady("host " + host.name() + " has this VM already, "
                + domain.state() + " (" + domain.reason() + "): undefine it there first"));
        asked(() -> hypervisor.find(command.getDomainName())).ifPresent(domain -> notReady("host " + host.name()
                + " has another VM named " + command.getDomainName() + ": rename one of them"));
        expect(vm, command);
        return TargetPrepared.newBuilder().setLibvirtUri(host.libvirtUri()).setReachableBridge(host.reachableBridge())
                .setIdleBridge(BridgeNames.IDLE).build();
    }

    private void expect(UUID vm, PrepareTarget command) {
        // A VM that comes back: nothing is to be sent after it any more.
        departures.forget(vm);
        if (command.hasGateway()) {
            try {
                arrivals.expect(vm, new Arrival(MobileAddress.of(command.getMoa()), MacAddress.of(command.getMac()),
                        GuestEffects.gateway(command.getGateway())));
            } catch (IllegalArgumentException e) {
                throw new CommandFailedException(FailureCode.TARGET_NOT_READY, e.getMessage(), e);
            }
        }
    }

    /**
     * PrepareTarget leaves nothing behind but the idle bridge, which stays for the other VMs, and what has arrived of disks; a domain
     * that did not arrive is removed by libvirt, and one that did is not ours to touch.
     */
    private Done discardTarget(UUID vm, boolean definition) {
        if (definition) {
            done(() -> restarts.undefine(vm));
        }
        onDisks(() -> arrivals.discard(vm));
        return Done.getDefaultInstance();
    }

    private Done abandonTarget(UUID vm) {
        abandon(vm);
        return discardTarget(vm, false);
    }

    private Done abandonSource(UUID vm) {
        departures.forget(vm);
        restarts.forget(vm);
        abandon(vm);
        return removeDummyBridge(vm);
    }

    /** The VM's disks are put together afterwards: nobody need wait for that. */
    private Settled settle(UUID vm, long epoch) {
        Settled settled = guest.settle(running(vm), epoch);
        threads.execute(() -> arrivals.settled(vm));
        return settled;
    }

    private static void onDisks(Runnable work) {
        try {
            work.run();
        } catch (DiskException | HypervisorException e) {
            throw new CommandFailedException(FailureCode.AGENT_INTERNAL, e.getMessage(), e);
        }
    }

    private void abandon(UUID vm) {
        asked(() -> {
            hypervisor.abandon(vm);
            return Done.getDefaultInstance();
        });
    }

    private static void notReady(String lack) {
        throw new CommandFailedException(FailureCode.TARGET_NOT_READY, lack);
    }

    private CopyResult recoverCopy(UUID vm, Command command) {
        asked(() -> hypervisor.find(vm)).orElseThrow(() -> unknown(vm));
        return asked(() -> departures.recover(vm, command));
    }

    private Done cancelCopy(UUID vm, long epoch) {
        return asked(() -> {
            departures.cancel(vm, epoch);
            return Done.getDefaultInstance();
        });
    }

    private Done forceCopy(UUID vm, ForceCopy command) {
        StallAction by = switch (command.getByCase()) {
            case POST_COPY -> StallAction.POST_COPY;
            case SUSPENSION -> StallAction.SUSPEND;
            case BY_NOT_SET -> throw new CommandFailedException(FailureCode.AGENT_INTERNAL,
                    "the command does not say how the copy shall end: update the agent");
        };
        if (!asked(() -> departures.force(vm, by))) {
            throw new CommandFailedException(FailureCode.COPY_NOT_RUNNING, "no copy of the VM runs here");
        }
        return Done.getDefaultInstance();
    }

    /** It is at home here, be it that it has come or that it stays. */
    private Done start(UUID vm) {
        onDisks(() -> arrivals.starting(vm));
        Done started = done(() -> restarts.start(vm));
        arrivals.forget(vm);
        onDisks(() -> departures.restoreDisks(vm));
        threads.execute(() -> arrivals.settled(vm));
        return started;
    }

    private static Done done(Runnable work) {
        return asked(() -> {
            work.run();
            return Done.getDefaultInstance();
        });
    }

    private Done resume(UUID vm) {
        try {
            hypervisor.resume(vm);
            return Done.getDefaultInstance();
        } catch (HypervisorException e) {
            throw new CommandFailedException(FailureCode.VM_NOT_RUNNING, e.getMessage(), e);
        }
    }

    /** The host's part is undone even when the guest is silent; the failure then tells that the guest's may be left. */
    private Done unstage(UUID vm, long epoch) {
        departures.forget(vm);
        Optional<DomainSnapshot> domain = asked(() -> hypervisor.find(vm)).filter(DomainSnapshot::isRunning);
        try {
            domain.ifPresent(running -> guest.unstage(running, epoch));
        } finally {
            removeDummyBridge(vm);
            onDisks(() -> departures.restoreDisks(vm));
        }
        return Done.getDefaultInstance();
    }

    /** Not while memory is here that the VM still needs where it is. */
    private Done removeStaging(UUID vm, RemoveStaging command) {
        asked(() -> hypervisor.find(vm)).map(DomainSnapshot::reason).filter(reason -> reason.startsWith("post-copy"))
                .ifPresent(reason -> {
                    throw new CommandFailedException(
                            reason.equals("post-copy") ? FailureCode.AGENT_INTERNAL : FailureCode.POSTCOPY_BROKEN,
                            "a part of the VM's memory is still at host " + host.name() + " (" + reason + ")");
                });
        departures.confirm(vm);
        asked(() -> {
            hypervisor.discardRemains(vm);
            return Done.getDefaultInstance();
        });
        if (command.getDefinition()) {
            done(() -> restarts.undefine(vm));
        }
        requireGone(vm);
        if (!command.getKeepDisks()) {
            onDisks(() -> departures.removeDisks(vm));
        }
        return removeDummyBridge(vm);
    }

    /** Such as one that an agent before this one held: whether that is all that it is, nobody knows any more. */
    private void requireGone(UUID vm) {
        asked(() -> hypervisor.find(vm)).filter(domain -> domain.state() != DomainSnapshot.State.SHUTOFF)
                .ifPresent(domain -> {
                    throw new CommandFailedException(FailureCode.VM_RUNNING, "VM " + domain.name()
                            + " runs at its target, and host " + host.name() + " has it, too, " + domain.state() + " ("
                            + domain.reason() + "): end it here (virsh destroy) and undefine it, before somebody lets"
                            + " it go on");
                });
    }

    private Done removeDummyBridge(UUID vm) {
        try {
            network.removeStaging(vm);
            return Done.getDefaultInstance();
        } catch (HostNetworkException e) {
            throw new CommandFailedException(FailureCode.AGENT_INTERNAL, e.getMessage(), e);
        }
    }

    private DomainSnapshot running(UUID vm) {
        DomainSnapshot domain = asked(() -> hypervisor.find(vm))
                .orElseThrow(() -> unknown(vm));
        if (!domain.isRunning()) {
            throw new CommandFailedException(FailureCode.VM_NOT_RUNNING,
                    "VM " + domain.name() + " does not run: it is " + domain.state() + " (" + domain.reason() + ")");
        }
        return domain;
    }

    private CommandFailedException unknown(UUID vm) {
        return new CommandFailedException(FailureCode.VM_UNKNOWN, "host " + host.name() + " has no VM " + vm);
    }

    private static <T> T asked(Supplier<T> question) {
        try {
            return question.get();
        } catch (HypervisorException e) {
            throw new CommandFailedException(FailureCode.AGENT_INTERNAL, e.getMessage(), e);
        }
    }
}
