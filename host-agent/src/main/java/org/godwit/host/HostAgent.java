package org.godwit.host;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.godwit.host.alone.StandEvent;
import org.godwit.host.alone.VmLedger;
import org.godwit.host.command.Arrivals;
import org.godwit.host.command.Checks;
import org.godwit.host.command.CommandDesk;
import org.godwit.host.command.DeedMemory;
import org.godwit.host.command.DeedReports;
import org.godwit.host.command.Departures;
import org.godwit.host.command.Effects;
import org.godwit.host.command.GuestEffects;
import org.godwit.host.command.HostIdentity;
import org.godwit.host.command.OutcomeMemory;
import org.godwit.host.command.PortGuard;
import org.godwit.host.command.Restarts;
import org.godwit.host.command.ShutdownNotes;
import org.godwit.host.command.Steward;
import org.godwit.host.command.SwitchoverNotices;
import org.godwit.host.guest.GuestChannels;
import org.godwit.host.hypervisor.EmulatorCapabilities;
import org.godwit.host.hypervisor.Hypervisor;
import org.godwit.host.hypervisor.LibvirtFacts;
import org.godwit.host.hypervisor.LibvirtHypervisor;
import org.godwit.host.hypervisor.LibvirtPower;
import org.godwit.host.hypervisor.Transport;
import org.godwit.host.network.BridgeNames;
import org.godwit.host.network.DesiredHostNetwork;
import org.godwit.host.network.KernelPacketRelay;
import org.godwit.host.network.LinkFacts;
import org.godwit.host.network.LinuxNetwork;
import org.godwit.host.operation.CommandMeter;
import org.godwit.host.operation.HostStatus;
import org.godwit.host.operation.TimedHypervisor;
import org.godwit.host.session.Credentials;
import org.godwit.host.session.HypervisorCertificate;
import org.godwit.host.session.McsAddress;
import org.godwit.host.session.McsSession;
import org.godwit.host.session.SessionOutbox;
import org.godwit.operation.metrics.Metrics;
import org.godwit.operation.status.StatusServer;
import org.godwit.protocol.agent.Hello;

/** The running agent: its parts, put together top down, and stopped in reverse. */
final class HostAgent implements AutoCloseable {

    // No cache of files: its folder would outlive a process that is killed.
    private final Vertx vertx = Vertx.vertx(new VertxOptions().setFileSystemOptions(
            new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final LibvirtHypervisor hypervisor;
    private final LibvirtPower power;
    private final LibvirtFacts machine;
    private final KernelPacketRelay relay;
    private final DiskTraffic disks;
    private final Arrivals arrivals;
    private final VmLedger ledger;
    private final OutcomeMemory outcomes;
    private final Steward steward;
    private final Housekeeping housekeeping;
    private final McsSession session;
    private final StatusServer status;

    HostAgent(HostIdentity host, McsAddress mcs, Credentials credentials,
            Optional<HypervisorCertificate> certificate, String libvirt, EmulatorCapabilities emulators,
            LinuxNetwork network, LinkFacts links,
            DiskTraffic.Place diskPlace, Path stateFolder, InetSocketAddress statusAddress, InstantSource clock,
            LongSupplier nanoClock, RandomGenerator random) {
        network.apply(DesiredHostNetwork.IDLE);
        ledger = new VmLedger(stateFolder.resolve("epochs"));
        outcomes = new OutcomeMemory(stateFolder.resolve("outcomes"));
        SessionOutbox outbox = new SessionOutbox(new DeedMemory(stateFolder.resolve("deeds")));
        PortGuard ports = new PortGuard(network, host.reachableBridge());
        Transport transport = certificate.isPresent() ? Transport.TLS : Transport.TCP;
        hypervisor = new LibvirtHypervisor(libvirt, transport, host.reachableBridge(),
                new SwitchoverNotices(outbox, this::arriving, this::arrived));
        power = new LibvirtPower(libvirt, transport, host.reachableBridge());
        relay = new KernelPacketRelay(network::uplinks, host.reachableBridge());
        GuestEffects guest = new GuestEffects(new GuestChannels(nanoClock, random), ports, host.reachableBridge());
        Metrics metrics = new Metrics();
        CommandMeter meter = new CommandMeter(outbox, metrics, nanoClock);
        Hypervisor timed = TimedHypervisor.of(hypervisor, metrics, nanoClock);
        disks = new DiskTraffic(diskPlace, certificate.map(it -> it::tls), timed, ledger, clock, nanoClock);
        arrivals = new Arrivals(network, ports, disks.arriving(), host.reachableBridge());
        Departures departures = new Departures(timed, relay, disks.leaving(), guest, host, outbox);
        Restarts restarts = new Restarts(timed, power, ports, new ShutdownNotes(stateFolder.resolve("shutdowns")),
                clock);
        Effects effects = new Effects(timed, network, departures, arrivals, restarts, guest, host, threads);
        machine = new LibvirtFacts(libvirt, transport, emulators);
        Checks checks = new Checks(new Checks.Subjects(timed, machine, network, links, guest, relay, disks.survey()),
                host.reachableBridge(), clock, threads);
        CommandDesk desk = new CommandDesk(effects, checks, ledger, outcomes, meter, threads);
        steward = new Steward(desk, ledger, timed, effects, new DeedReports(outbox, clock), outbox::isOpen,
                nanoClock);
        session = new McsSession(vertx, mcs, hello(host), credentials, certificate, clock, outbox,
                meter.before(desk::receive));
        housekeeping = new Housekeeping(network);
        hypervisor.stayConnected();
        status = new HostStatus(metrics).show(network).show(relay).serve(statusAddress, session::isOpen, timed,
                network);
        session.start();
        steward.start();
        threads.execute(disks::takeUp);
    }

    private static Hello hello(HostIdentity host) {
        return Hello.newBuilder().setProtocolVersion(McsSession.PROTOCOL_VERSION).setHost(host.name().text())
                .setLibvirtUri(host.libvirtUri()).setReachableBridge(host.reachableBridge())
                .setIdleBridge(BridgeNames.IDLE).build();
    }

    private void arriving(UUID vm) {
        threads.execute(() -> arrivals.arriving(vm, hypervisor));
    }

    private void arrived(UUID vm) {
        arrivals.forget(vm);
        threads.execute(() -> ledger.happened(vm, StandEvent.VM_ARRIVED));
    }

    /** What is staged and what is being copied stays as it is. */
    @Override
    public void close() {
        status.close();
        steward.close();
        session.close();
        machine.close();
        power.close();
        hypervisor.close();
        relay.close();
        arrivals.close();
        disks.close();
        housekeeping.close();
        threads.shutdownNow();
        outcomes.close();
        vertx.close().await();
    }
}
