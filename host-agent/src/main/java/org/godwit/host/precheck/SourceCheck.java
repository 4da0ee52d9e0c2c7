package org.godwit.host.precheck;

import inet.ipaddr.ipv6.IPv6Address;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.godwit.host.disk.DiskSurvey;
import org.godwit.host.hypervisor.DomainNeeds;
import org.godwit.host.hypervisor.DomainSnapshot;
import org.godwit.host.hypervisor.Hypervisor;
import org.godwit.host.hypervisor.HypervisorFacts;
import org.godwit.host.hypervisor.Transport;
import org.godwit.host.network.LinkFacts;
import org.godwit.protocol.agent.Bandwidth;
import org.godwit.protocol.agent.CheckSource;
import org.godwit.protocol.agent.DirtyRate;
import org.godwit.protocol.agent.DomainReport;
import org.godwit.protocol.agent.GuestStatus;
import org.godwit.protocol.agent.Hardware;
import org.godwit.protocol.agent.LocalImage;
import org.godwit.protocol.agent.MigrationSupport;
import org.godwit.protocol.agent.Path;
import org.godwit.protocol.agent.SourceFacts;
import org.godwit.protocol.agent.Storage;
import org.godwit.protocol.agent.Verdict;

/** The facts of the host that a VM shall leave. */
public final class SourceCheck {

    private final Hypervisor hypervisor;
    private final HypervisorFacts machine;
    private final LinkFacts links;
    private final DiskSurvey disks;
    private final GuestView guest;
    private final InstantSource clock;
    private final Executor threads;

    /** What the agent knows to say of a domain. */
    public interface GuestView {

        DomainReport report(Optional<DomainSnapshot> domain);

        /** Asks the guest agent, and changes nothing by what it answers. */
        GuestStatus status(DomainSnapshot domain);
    }

    public SourceCheck(Hypervisor hypervisor, HypervisorFacts machine, LinkFacts links, DiskSurvey disks,
            GuestView guest, InstantSource clock, Executor threads) {
        this.hypervisor = hypervisor;
        this.machine = machine;
        this.links = links;
        this.disks = disks;
        this.guest = guest;
        this.clock = clock;
        this.threads = threads;
    }

    public SourceFacts answer(UUID vm, CheckSource command) {
        SourceFacts.Builder facts = SourceFacts.newBuilder().setReceivedAtUs(now(clock));
        Answers answers = new Answers(threads);
        CompletableFuture<LinkFacts.Bridge> bridge = answers.ask(links::bridge);
        CompletableFuture<Path> path = answers.ask(() -> path(command.getTargetLibvirtUri()));
        CompletableFuture<Optional<String>> access = answers
                .ask(() -> machine.lackOfAccess(command.getTargetLibvirtUri()));
        CompletableFuture<Optional<DomainSnapshot>> found = answers.ask(() -> hypervisor.find(vm));
        answers.take("domain", found, domain -> facts.setDomain(guest.report(domain)));
        if (!found.isCompletedExceptionally()) {
            found.join().ifPresent(domain -> domain(domain, command, facts, answers));
        }
        answers.take("bridge_mtu", bridge, it -> facts.setBridgeMtu(it.mtu()));
        answers.take("path", path, facts::setPath);
        answers.take("target_libvirt", access, lack -> facts.setTargetLibvirt(
                Verdict.newBuilder().setGood(lack.isEmpty()).setMessage(lack.orElse(""))));
        facts.setEncrypted(Transport.of(command.getTargetLibvirtUri()) == Transport.TLS);
        return facts.putAllUnknown(answers.unknown()).setAnsweredAtUs(now(clock)).build();
    }

    private void domain(DomainSnapshot domain, CheckSource command, SourceFacts.Builder facts, Answers answers) {
        UUID uuid = domain.uuid();
        CompletableFuture<DomainNeeds> needs = answers.ask(() -> DomainNeeds.of(domain.xml()));
        CompletableFuture<Hardware> hardware = needs.thenApplyAsync(it -> hardware(it, domain), threads);
        CompletableFuture<Boolean> job = answers.ask(() -> machine.jobRuns(uuid));
        CompletableFuture<Bandwidth> bandwidth = answers.ask(() -> bandwidth(uuid));
        if (domain.isRunning()) {
            CompletableFuture<GuestStatus> status = answers.ask(() -> guest.status(domain));
            CompletableFuture<Long> resident = answers
                    .ask(() -> hypervisor.activity(uuid, Set.of()).residentBytes());
            CompletableFuture<OptionalLong> dirtyRate = command.getMeasureDirtyRate()
                    ? answers.ask(() -> machine.dirtyRate(uuid))
                    : CompletableFuture.completedFuture(OptionalLong.empty());
            answers.take("guest", status, facts::setGuest);
            answers.take("resident_bytes", resident, facts::setResidentBytes);
            answers.take("dirty_rate", dirtyRate, rate -> rate
                    .ifPresent(it -> facts.setDirtyRate(DirtyRate.newBuilder().setBytesPerSecond(it))));
        }
        answers.take("hardware", hardware, facts::setHardware);
        answers.take("storage",
                needs.thenApplyAsync(it -> storage(it.stored(), disks.look(domain.xml())), threads),
                facts::addAllStorage);
        if (command.getAskMigrationSupport()) {
            answers.take("migration", needs.thenApplyAsync(it -> migration(machine, it.emulator()), threads),
                    facts::setMigration);
        }
        answers.take("job_running", job, facts::setJobRunning);
        answers.take("bandwidth", bandwidth, facts::setBandwidth);
    }

    private Hardware hardware(DomainNeeds needs, DomainSnapshot domain) {
        // The host's own CPU is what these two show to the guest.
        boolean hosts = needs.cpuMode().equals("host-passthrough") || needs.cpuMode().equals("maximum");
        return Hardware.newBuilder().setVirtType(needs.virtType()).setArch(needs.arch()).setMachine(needs.machine())
                .setEmulator(needs.emulator()).setEmulatorVersion((int) machine.emulatorVersion())
                .setCpuMode(needs.cpuMode()).setCpuXml(hosts ? machine.hostCpu() : needs.cpuXml())
                .setMemoryBytes(domain.memoryBytes()).setVcpus(needs.vcpus()).setHostDevices(needs.hostDevices())
                .build();
    }

    private static List<Storage> storage(List<DomainNeeds.Stored> all, List<DiskSurvey.Found> local) {
        Map<String, DiskSurvey.Found> images = local.stream()
                .collect(Collectors.toMap(DiskSurvey.Found::path, Function.identity(), (first, _) -> first));
        return all.stream().map(stored -> {
            Storage.Builder storage = storage(stored).toBuilder();
            Optional.ofNullable(images.get(stored.path())).ifPresent(image -> storage.setImage(LocalImage.newBuilder()
                    .setFormat(image.format()).setVirtualBytes(image.virtualBytes()).setUsedBytes(image.usedBytes())
                    .setLack(image.lack())));
            return storage.build();
        }).toList();
    }

    static MigrationSupport migration(HypervisorFacts machine, String emulator) {
        HypervisorFacts.MigrationSupport support = machine.migrationSupport(emulator);
        return MigrationSupport.newBuilder().addAllCapabilities(support.capabilities())
                .setLibvirtVersion((int) support.libvirtVersion()).build();
    }

    private static Storage storage(DomainNeeds.Stored stored) {
        Storage.Builder storage = Storage.newBuilder().setUse(stored.use()).setPath(stored.path())
                .setWritable(stored.writable()).setNetwork(stored.network());
        return stored.path().isEmpty()
                ? storage.build()
                : storage.setFilesystem(HostFiles.filesystem(stored.path())).build();
    }

    private Bandwidth bandwidth(UUID vm) {
        return Bandwidth.newBuilder().setLimitBytesPerSecond(machine.bandwidthLimit(vm).orElse(0))
                .setLinkBytesPerSecond(links.bridge().uplinkBytesPerSecond()).build();
    }

    private Path path(String libvirtUri) {
        return path(links, libvirtUri);
    }

    static Path path(LinkFacts links, String libvirtUri) {
        IPv6Address to = LibvirtAddress.of(libvirtUri);
        LinkFacts.MeasuredPath path = links.path(to);
        return Path.newBuilder().setAddress(to.toCanonicalString()).setLinkMtu(path.linkMtu())
                .setSmallAnswered(path.smallAnswered()).setLargeAnswered(path.largeAnswered())
                .setMtuTold(path.mtuTold()).build();
    }

    static long now(InstantSource clock) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
    }
}
