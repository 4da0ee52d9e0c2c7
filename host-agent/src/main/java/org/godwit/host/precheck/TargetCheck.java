package org.godwit.host.precheck;

import inet.ipaddr.ipv6.IPv6Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.godwit.host.hypervisor.DomainNeeds;
import org.godwit.host.hypervisor.Hypervisor;
import org.godwit.host.hypervisor.HypervisorFacts;
import org.godwit.host.network.HostNetwork;
import org.godwit.host.network.HostNetworkException;
import org.godwit.host.network.LinkFacts;
import org.godwit.host.network.PacketRelay;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.SitePrefix;
import org.godwit.protocol.agent.CheckTarget;
import org.godwit.protocol.agent.CpuFit;
import org.godwit.protocol.agent.CpuVerdict;
import org.godwit.protocol.agent.EgressAnswer;
import org.godwit.protocol.agent.EgressProbe;
import org.godwit.protocol.agent.EgressReport;
import org.godwit.protocol.agent.Gateway;
import org.godwit.protocol.agent.Hardware;
import org.godwit.protocol.agent.Neighbour;
import org.godwit.protocol.agent.Routers;
import org.godwit.protocol.agent.TargetFacts;
import org.godwit.protocol.agent.Verdict;

/** The facts of the host where a VM shall come to. */
public final class TargetCheck {

    private static final Path LIBVIRT_FOLDER = Path.of("/var/lib/libvirt/qemu");
    /** A router may wait for half a second, and for 3 s after its last one (RFC 4861, section 6.2.6). */
    private static final Duration ROUTER_PATIENCE = Duration.ofSeconds(4);
    private static final int DESTINATIONS_MAX = 8;
    private static final int STORAGE_MAX = 64;

    private final Hypervisor hypervisor;
    private final HypervisorFacts machine;
    private final HostNetwork network;
    private final LinkFacts links;
    private final PacketRelay relay;
    private final SourceCheck.GuestView guest;
    private final InstantSource clock;
    private final Executor threads;

    /** Whoever knows of the link that a VM shall come to. */
    public record Link(HostNetwork network, LinkFacts facts, PacketRelay relay) {}

    public TargetCheck(Hypervisor hypervisor, HypervisorFacts machine, Link link, SourceCheck.GuestView guest,
            InstantSource clock, Executor threads) {
        this.hypervisor = hypervisor;
        this.machine = machine;
        this.network = link.network();
        this.links = link.facts();
        this.relay = link.relay();
        this.guest = guest;
        this.clock = clock;
        this.threads = threads;
    }

    public TargetFacts answer(UUID vm, CheckTarget command) {
        TargetFacts.Builder facts = TargetFacts.newBuilder().setReceivedAtUs(SourceCheck.now(clock));
        Answers answers = new Answers(threads);
        CompletableFuture<TargetFacts.Builder> link = answers.ask(() -> link(vm, command));
        CompletableFuture<org.godwit.protocol.agent.Path> path = answers
                .ask(() -> SourceCheck.path(links, command.getSourceLibvirtUri()));
        CompletableFuture<Long> version = answers.ask(machine::emulatorVersion);
        CompletableFuture<LinkFacts.Bridge> bridge = answers.ask(links::bridge);
        answers.take("domain", answers.ask(() -> hypervisor.find(vm)), it -> facts.setDomain(guest.report(it)));
        answers.take("name_taken", answers.ask(() -> hypervisor.find(command.getDomainName())),
                it -> facts.setNameTaken(it.filter(other -> !other.uuid().equals(vm)).isPresent()));
        if (command.hasHardware()) {
            hardware(command.getHardware(), facts, answers);
        }
        if (command.hasHardware() && command.getAskMigrationSupport()) {
            answers.take("migration",
                    answers.ask(() -> SourceCheck.migration(machine, command.getHardware().getEmulator())),
                    facts::setMigration);
        }
        answers.take("memory", answers.ask(HostFiles::memory), facts::setMemory);
        answers.take("space", answers.ask(() -> HostFiles.space(LIBVIRT_FOLDER)), facts::setSpace);
        answers.take("storage", answers.ask(() -> command.getStorageList().stream().limit(STORAGE_MAX)
                .filter(it -> !it.getPath().isEmpty()).map(it -> HostFiles.file(it.getPath())).toList()),
                facts::addAllStorage);
        answers.take("emulator_version", version, it -> facts.setEmulatorVersion(it.intValue()));
        answers.take("bridge_mtu", bridge,
                it -> facts.setBridgeMtu(it.mtu()).setBridgeForwardDelayMs(it.forwardDelayMs()));
        answers.take("bridge_lack", answers.ask(network::lackOfReachableBridge),
                it -> facts.setBridgeLack(it.orElse("")));
        answers.take("path", path, facts::setPath);
        answers.take("gateway", link, it -> facts.mergeFrom(it.build()));
        return facts.putAllUnknown(answers.unknown()).setAnsweredAtUs(SourceCheck.now(clock)).build();
    }

    private void hardware(Hardware hardware, TargetFacts.Builder facts, Answers answers) {
        DomainNeeds needs = new DomainNeeds(hardware.getVirtType(), hardware.getArch(), hardware.getMachine(),
                hardware.getEmulator(), hardware.getCpuMode(), hardware.getCpuXml(), hardware.getVcpus(),
                hardware.getHostDevices(), List.of());
        CompletableFuture<Optional<String>> lack = answers.ask(() -> machine.lackOfMachine(needs));
        answers.take("machine", lack, it -> facts.setMachine(
                Verdict.newBuilder().setGood(it.isEmpty()).setMessage(it.orElse(""))));
        if (!needs.cpuXml().isEmpty()) {
            answers.take("cpu", answers.ask(() -> needs.cpuMode().equals("custom")
                    ? machine.compareCpu(needs)
                    : machine.compareHostCpu(needs.cpuXml())), it -> facts.setCpu(cpu(it)));
        }
    }

    private static CpuVerdict cpu(HypervisorFacts.CpuFit fit) {
        return CpuVerdict.newBuilder().setMessage(fit.message()).setFit(switch (fit.fit()) {
            case IDENTICAL -> CpuFit.CPU_IDENTICAL;
            case SUPERSET -> CpuFit.CPU_SUPERSET;
            case INCOMPATIBLE -> CpuFit.CPU_INCOMPATIBLE;
        }).build();
    }

    /** What the link says; the egress last, and only when nobody has the address. */
    private TargetFacts.Builder link(UUID vm, CheckTarget command) {
        TargetFacts.Builder facts = TargetFacts.newBuilder();
        Answers answers = new Answers(threads);
        LinkLocalAddress expected = LinkLocalAddress.of(command.getGateway().getLinkLocal());
        CompletableFuture<List<LinkFacts.Router>> routers = answers
                .ask(() -> links.routers(expected, ROUTER_PATIENCE));
        CompletableFuture<Neighbour> gateway = answers.ask(() -> owner(expected.address()));
        if (command.hasEgress()) {
            LinkFacts.FutureGuest future = future(command.getEgress());
            CompletableFuture<Neighbour> moa = answers.ask(() -> owner(future.moa().address()));
            CompletableFuture<Neighbour> linkLocal = answers.ask(() -> owner(future.mac().linkLocal().address()));
            answers.take("moa", moa, facts::setMoa);
            answers.take("link_local", linkLocal, facts::setLinkLocal);
            if (facts.hasMoa() && facts.getMoa().getMac().isEmpty() && facts.hasLinkLocal()
                    && facts.getLinkLocal().getMac().isEmpty()) {
                answers.take("egress", answers.ask(() -> echoes(vm, future)), facts::setEgress);
            } else {
                answers.leave("egress", "somebody has the address that would have to be asked from");
            }
        }
        answers.take("gateway", gateway, facts::setGateway);
        answers.take("routers", routers, heard -> facts.setRouters(routers(heard)));
        return facts.putAllUnknown(answers.unknown());
    }

    /** @throws org.godwit.host.network.HostNetworkException when it cannot be asked from here */
    public EgressReport echoes(UUID vm, EgressProbe probe) {
        return echoes(vm, future(probe));
    }

    /** A VM that comes back soon after it has left: the answers would go where it is now. */
    private EgressReport echoes(UUID vm, LinkFacts.FutureGuest guest) {
        if (relay.relays(vm)) {
            throw new HostNetworkException(
                    "the VM was here just now, and what comes for that address is still sent after it:"
                            + " ask again in half a minute");
        }
        EgressReport.Builder report = EgressReport.newBuilder();
        links.echoes(guest).forEach(answer -> report.addAnswers(EgressAnswer.newBuilder()
                .setDestination(answer.destination().toCanonicalString()).setAnswered(answer.answered())
                .setHostAnswered(answer.hostAnswered()).setRefusal(answer.refusal())));
        return report.build();
    }

    private Neighbour owner(IPv6Address address) {
        return Neighbour.newBuilder().setMac(network.ownerOf(address).map(MacAddress::text).orElse("")).build();
    }

    private static LinkFacts.FutureGuest future(EgressProbe probe) {
        Gateway gateway = probe.getGateway();
        return new LinkFacts.FutureGuest(MobileAddress.of(probe.getMoa()), MacAddress.of(probe.getMac()),
                new org.godwit.model.Gateway(LinkLocalAddress.of(gateway.getLinkLocal()),
                        MacAddress.of(gateway.getMac()), SitePrefix.of(gateway.getPrefix())),
                probe.getDestinationsList().stream().limit(DESTINATIONS_MAX).map(TargetCheck::address).toList());
    }

    /** @throws IllegalArgumentException when it is no literal address */
    private static IPv6Address address(String text) {
        if (InetAddress.ofLiteral(text) instanceof Inet6Address address) {
            return new IPv6Address(address);
        }
        throw new IllegalArgumentException("a destination must be an IPv6 address, got \"" + text + "\"");
    }

    private static Routers routers(List<LinkFacts.Router> heard) {
        Routers.Builder routers = Routers.newBuilder();
        for (LinkFacts.Router router : heard) {
            Gateway.Builder gateway = Gateway.newBuilder().setLinkLocal(router.linkLocal().toString())
                    .setMac(router.mac().map(MacAddress::text).orElse(""));
            if (router.prefixes().isEmpty()) {
                routers.addHeard(gateway);
            }
            router.prefixes().forEach(prefix -> routers.addHeard(gateway.setPrefix(prefix.toString()).build()));
        }
        return routers.build();
    }
}
