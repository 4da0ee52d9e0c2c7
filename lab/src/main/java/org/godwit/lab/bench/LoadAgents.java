package org.godwit.lab.bench;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.godwit.host.command.DeedMemory;
import org.godwit.host.session.Credentials;
import org.godwit.host.session.McsAddress;
import org.godwit.host.session.McsSession;
import org.godwit.host.session.SessionOutbox;
import org.godwit.lab.simulation.SimulatedFacts;
import org.godwit.model.MacAddress;
import org.godwit.model.SitePrefix;
import org.godwit.protocol.agent.Command;
import org.godwit.protocol.agent.CopyProgress;
import org.godwit.protocol.agent.CopyResult;
import org.godwit.protocol.agent.DomainReport;
import org.godwit.protocol.agent.DomainState;
import org.godwit.protocol.agent.Done;
import org.godwit.protocol.agent.Failure;
import org.godwit.protocol.agent.FailureCode;
import org.godwit.protocol.agent.GuestStatus;
import org.godwit.protocol.agent.Hello;
import org.godwit.protocol.agent.Notice;
import org.godwit.protocol.agent.Outcome;
import org.godwit.protocol.agent.Settled;
import org.godwit.protocol.agent.StagedAddress;
import org.godwit.protocol.agent.TargetPrepared;
import org.godwit.protocol.agent.VmPaused;
import org.godwit.protocol.agent.VmResumed;

/**
 * All host agents of a fleet in one process: the real agent's session each, on a connection of its own, before simulated hosts
 * on which everything succeeds. Arguments: port of the control server, hosts, VMs of each, seconds that a copy takes, and the
 * folder of tokens and certificates. Ends with its standard input.
 */
public final class LoadAgents {

    private static final Duration PROGRESS_INTERVAL = Duration.ofSeconds(1);
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final LoadFleet fleet;
    private final Duration copyTime;
    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2);
    private final List<SessionOutbox> outboxes = new ArrayList<>();
    /** Of those that are not where they were in the beginning. */
    private final Map<Integer, Integer> moved = new ConcurrentHashMap<>();

    private LoadAgents(LoadFleet fleet, Duration copyTime) {
        this.fleet = fleet;
        this.copyTime = copyTime;
    }

    /** @param arguments as above */
    public static void main(String[] arguments) throws IOException {
        LoadAgents agents = new LoadAgents(
                new LoadFleet(Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2])),
                Duration.ofSeconds(Integer.parseInt(arguments[3])));
        agents.dial(McsAddress.parse("[::1]:" + arguments[0]), Path.of(arguments[4]));
        System.out.println("dialled");
        while (System.in.read() >= 0) {
            // until whoever started it has gone
        }
        System.exit(0);
    }

    /** All at once: each from a thread of its own, for Vert.x has those of one thread share an event loop. */
    private void dial(McsAddress server, Path folder) {
        Vertx vertx = Vertx.vertx();
        for (int i = 0; i < fleet.hosts(); i++) {
            outboxes.add(new SessionOutbox(new DeedMemory(folder.resolve(fleet.host(i) + ".deeds"))));
        }
        for (int i = 0; i < fleet.hosts(); i++) {
            int host = i;
            Thread.ofVirtual().start(() -> session(vertx, server, folder, host).start());
        }
    }

    private McsSession session(Vertx vertx, McsAddress server, Path folder, int host) {
        return new McsSession(vertx, server,
                Hello.newBuilder().setProtocolVersion(McsSession.PROTOCOL_VERSION).setHost(fleet.host(host).text())
                        .setLibvirtUri(fleet.libvirtUri(host)).setReachableBridge("br-site").setIdleBridge("gw-idle")
                        .build(),
                new Credentials(fleet.identity(folder, host), Optional.of(fleet.token(folder, host))),
                Optional.empty(), InstantSource.system(), outboxes.get(host),
                command -> clock.execute(() -> perform(host, command)));
    }

    private void perform(int host, Command command) {
        int vm = command.getVmUuid().isEmpty() ? 0 : fleet.vmOf(UUID.fromString(command.getVmUuid()));
        switch (command.getEffectCase()) {
            case INSPECT -> answer(host, command, Outcome.newBuilder().setDomain(report(host, vm)));
            case CHECK_GUEST, ENROL_GUEST -> answer(host, command, Outcome.newBuilder().setGuest(guest(vm)));
            case CHECK_SOURCE -> answer(host, command, Outcome.newBuilder().setSourceFacts(
                    SimulatedFacts.source(report(host, vm).build(), guest(vm), InstantSource.system().instant())));
            case CHECK_TARGET -> answer(host, command, Outcome.newBuilder().setTargetFacts(SimulatedFacts.target(
                    report(host, vm).build(), fleet.gatewayOf(host), false, InstantSource.system().instant())));
            case STAGE_ADDRESS -> answer(host, command, Outcome.newBuilder().setStagedAddress(
                    staged(vm, SitePrefix.of(command.getStageAddress().getGateway().getPrefix()))));
            case PREPARE_TARGET -> answer(host, command, Outcome.newBuilder().setTargetPrepared(
                    TargetPrepared.newBuilder().setLibvirtUri(fleet.libvirtUri(host)).setReachableBridge("br-site")
                            .setIdleBridge("gw-idle")));
            case COPY -> progress(host, vm, command, Duration.ZERO);
            case SETTLE -> answer(host, command,
                    Outcome.newBuilder().setSettled(Settled.newBuilder()
                            .setActiveMoa(fleet.gatewayOf(host).prefix().addressOf(fleet.secondaryMac(vm)).toString())
                            .setTrigger("received")));
            case STAGE_GATEWAY, PROBE_ADDRESS, ARM, CANCEL_COPY, RESUME, UNSTAGE, REMOVE_STAGING, DISCARD_TARGET ->
                answer(host, command, Outcome.newBuilder().setDone(Done.getDefaultInstance()));
            case Command.EffectCase other -> answer(host, command, Outcome.newBuilder().setFailure(Failure.newBuilder()
                    .setCode(FailureCode.AGENT_INTERNAL).setMessage(other + " is not simulated here")));
        }
    }

    private GuestStatus guest(int vm) {
        return GuestStatus.newBuilder().setEnrolled(true).setHoa(fleet.hoa(vm).toString()).build();
    }

    private DomainReport.Builder report(int host, int vm) {
        boolean here = moved.getOrDefault(vm, fleet.hostOf(vm)) == host;
        return DomainReport.newBuilder().setUuid(fleet.uuid(vm).toString()).setName(fleet.vm(vm).text())
                .setSecondaryMac(fleet.secondaryMac(vm).text()).setReason(here ? "booted" : "absent")
                .setState(here ? DomainState.DOMAIN_RUNNING : DomainState.DOMAIN_ABSENT);
    }

    private StagedAddress.Builder staged(int vm, SitePrefix prefix) {
        MacAddress mac = fleet.secondaryMac(vm);
        return StagedAddress.newBuilder().setMoa(prefix.addressOf(mac).toString()).setInterfaceMac(mac.text())
                .setLinkLocal(mac.linkLocal().toString());
    }

    private void progress(int host, int vm, Command command, Duration passed) {
        if (passed.compareTo(copyTime) >= 0) {
            land(host, vm, command);
            return;
        }
        outboxes.get(host).tell(Notice.newBuilder().setVmUuid(command.getVmUuid()).setCommandId(command.getId())
                .setCopyProgress(CopyProgress.newBuilder().setBytesTotal(copyTime.toMillis())
                        .setBytesProcessed(passed.toMillis()).setBytesRemaining(copyTime.minus(passed).toMillis())
                        .setIteration(1))
                .build());
        clock.schedule(() -> progress(host, vm, command, passed.plus(PROGRESS_INTERVAL)),
                PROGRESS_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void land(int host, int vm, Command command) {
        String uri = command.getCopy().getTargetLibvirtUri();
        int target = Integer.parseInt(uri.replaceAll("\\D", ""));
        outboxes.get(host).tell(Notice.newBuilder().setVmUuid(command.getVmUuid())
                .setVmPaused(VmPaused.getDefaultInstance()).build());
        clock.schedule(() -> {
            moved.put(vm, target);
            outboxes.get(target).tell(Notice.newBuilder().setVmUuid(command.getVmUuid())
                    .setVmResumed(VmResumed.getDefaultInstance()).build());
            answer(host, command, Outcome.newBuilder().setCopy(CopyResult.newBuilder()
                    .setVmDowntimeMs(PAUSE.toMillis()).setTotalMs(copyTime.toMillis())));
        }, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void answer(int host, Command command, Outcome.Builder outcome) {
        outboxes.get(host).deliver(outcome.setCommandId(command.getId()).build());
    }
}
