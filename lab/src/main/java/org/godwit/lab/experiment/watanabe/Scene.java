package org.godwit.lab.experiment.watanabe;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.godwit.lab.Host;
import org.godwit.lab.LabException;
import org.godwit.lab.Node;
import org.godwit.lab.Vm;
import org.godwit.lab.VmSize;
import org.godwit.lab.Workload;
import org.godwit.lab.bench.Landing;
import org.godwit.lab.bench.Passage;
import org.godwit.lab.bench.QemuEvents;
import org.godwit.lab.demo.TwoSites;
import org.godwit.lab.house.Meter;
import org.godwit.lab.hypervisor.Qemu;
import org.godwit.lab.image.GuestImage;
import org.godwit.lab.network.RadvdConf;
import org.godwit.lab.process.Patience;
import org.godwit.lab.process.Processes;
import org.godwit.lab.process.Processes.Finished;
import org.godwit.lab.process.Running;
import org.godwit.model.Gateway;
import org.godwit.model.HomeAddress;

/**
 * Two hosts at site a and one at site b, and of each size two VMs: one that Godwit manages, and one with the same guest and
 * the same MAT that is on its own. All are booted once. Only the one that is measured has much to do.
 */
public final class Scene implements AutoCloseable {

    /** Of the VMs beside the first, by its last bits. */
    private static final int FIRST_HOA = 0x10;
    private static final Duration PROBE_INTERVAL = Duration.ofMillis(1);
    private static final Duration CAPTURE_LIMIT = Duration.ofSeconds(10);

    private static final Duration STAGING_LIMIT = Duration.ofSeconds(20);
    private static final String ADDRESSES_PORT = "7007";

    /** A VM, and where it is. */
    private static final class Traveller {

        private final Vm vm;
        private final HomeAddress hoa;
        private Host at;

        /** Of a VM on its own: the bridge on each host that leads nowhere, on which gateways are impersonated. */
        String dummy() {
            return "dummy-" + vm.name();
        }

        Traveller(Vm vm, HomeAddress hoa, Host at) {
            this.vm = vm;
            this.hoa = hoa;
            this.at = at;
        }
    }

    private final TwoSites sites;
    private final Optional<Workload> workload;
    private final Path work;
    private final Patience patience = new Patience(InstantSource.system());
    private final QemuEvents events;
    private final Map<Integer, Traveller> managed = new LinkedHashMap<>();
    private final Map<Integer, Traveller> alone = new LinkedHashMap<>();
    private int bandwidthMbit;
    private int legs;

    /** In one that has the first VM of the smallest size. */
    Scene(TwoSites sites, Optional<Workload> workload, GuestImage image, List<Integer> memoryMib, Path work,
            Consumer<String> narrator) {
        this.sites = sites;
        this.workload = workload;
        this.work = work;
        this.events = new QemuEvents(sites.hosts());
        for (int size : memoryMib) {
            narrator.accept("VMs boot (" + new VmSize(size, 1) + ")");
            if (managed.isEmpty()) {
                managed.put(size, new Traveller(sites.vm(), TwoSites.VM_HOA, sites.hostA()));
            } else {
                Traveller next = traveller("vm" + size, size);
                managed.put(size, next);
                next.vm.boot(sites.hostA(), image);
            }
            alone.put(size, traveller("mat" + size, size));
            bootAlone(image, alone.get(size));
        }
        // All boot at the same time; the first of each size is known already.
        managed.values().stream().skip(1).forEach(next -> sites.house().know(next.vm, sites.hostA(), next.hoa));
        alone.values().forEach(next -> sites.house().awaitBound(next.hoa));
    }

    private Traveller traveller(String name, int memoryMib) {
        HomeAddress hoa = HomeAddress.of("2001:db8:face::%x".formatted(FIRST_HOA + managed.size() + alone.size()));
        Vm vm = sites.lab().vm(name).size(new VmSize(memoryMib, 1)).talksTo(TwoSites.PEER_HOA);
        workload.ifPresent(vm::serves);
        return new Traveller(vm, hoa, sites.hostA());
    }

    private void bootAlone(GuestImage image, Traveller traveller) {
        for (Host host : sites.hosts()) {
            host.run("ip", "link", "add", traveller.dummy(), "type", "bridge", "stp_state", "0", "forward_delay", "0",
                    "mcast_snooping", "0");
            host.run("ip", "link", "set", traveller.dummy(), "addrgenmode", "none", "up");
        }
        traveller.vm.idleBridge(traveller.dummy());
        sites.house().knowAlone(traveller.vm, traveller.hoa, "eth0", "eth1");
        traveller.vm.boot(sites.hostA(), image);
    }

    /**
     * Builds the scene up to VMs that run at home and are registered.
     *
     * @param memoryMib sizes, two VMs of each
     * @param bandwidthMbit of each host's link, to begin with
     * @param workload of all VMs, beside the lab's probes
     * @param work where the meter writes, and logs go when something fails
     */
    public static Scene open(Qemu qemu, Path root, GuestImage image, List<Integer> memoryMib, int bandwidthMbit,
            Optional<Workload> workload, Path work, Consumer<String> narrator) {
        TwoSites sites = TwoSites.open(qemu, root, image, new TwoSites.Plan(new VmSize(memoryMib.getFirst(), 1),
                bandwidthMbit, workload, Set.of(TwoSites.Part.NEIGHBOUR)), work, narrator);
        return sites.lab().furnished(work.resolve("logs"),
                _ -> new Scene(sites, workload, image, memoryMib, work, narrator));
    }

    /** Keeps what programs and guests have written, beside what is measured. */
    public void saveLogs() {
        sites.saveLogs(work);
    }

    /** Where who talks with the VMs is. */
    public Node correspondent() {
        return sites.correspondent();
    }

    /** Of the VM that takes part in such a migration. */
    public HomeAddress hoa(Subject subject, int memoryMib) {
        return traveller(subject, memoryMib).hoa;
    }

    private Traveller traveller(Subject subject, int memoryMib) {
        return (subject.isAlone() ? alone : managed).get(memoryMib);
    }

    /** One way, without the meter: from home to where such a migration leads, or back. @throws LabException when it fails */
    public Passage pass(Subject subject, int memoryMib) {
        Traveller traveller = traveller(subject, memoryMib);
        Host source = traveller.at;
        Host target = source.equals(sites.hostA()) ? away(subject) : sites.hostA();
        Instant ordered;
        try (Staged _ = subject == Subject.PRINTED ? stage(traveller, target) : () -> {}) {
            ordered = move(subject, traveller, source, target);
        }
        traveller.at = target;
        return Passage.of(events, source, target, ordered);
    }

    private Host away(Subject subject) {
        return subject == Subject.ORDINARY ? sites.neighbour() : sites.hostB();
    }

    /** There and back: two migrations. @throws LabException when one fails; the VM may be anywhere then */
    List<WatanabeRun> fly(int run, String trial, Subject subject, int memoryMib, int mbit) {
        if (mbit != bandwidthMbit) {
            sites.hosts().forEach(host -> host.limit(mbit));
            bandwidthMbit = mbit;
        }
        Traveller traveller = traveller(subject, memoryMib);
        Host home = traveller.at;
        Host away = away(subject);
        Meter meter = measure(traveller);
        try {
            WatanabeRun there = leg(run, trial, subject, memoryMib, traveller, away, meter);
            if (!there.tcpSurvived()) {
                // A meter has one connection for its life.
                meter.close();
                meter = measure(traveller);
            }
            return List.of(there, leg(run, trial, subject, memoryMib, traveller, home, meter));
        } catch (LabException e) {
            sites.saveLogs(work);
            throw e;
        } finally {
            meter.close();
        }
    }

    private Meter measure(Traveller traveller) {
        return Meter.start(sites.correspondent(), TwoSites.PEER_HOA, traveller.hoa, PROBE_INTERVAL, work);
    }

    private WatanabeRun leg(int run, String trial, Subject subject, int memoryMib, Traveller traveller, Host target,
            Meter meter) {
        Host source = traveller.at;
        Landing landing;
        List<String> captured;
        try (Staged _ = subject == Subject.PRINTED ? stage(traveller, target) : () -> {};
                Running capture = capture(target)) {
            landing = Landing.of(meter, events, "leg-" + ++legs, source, target,
                    () -> move(subject, traveller, source, target));
            captured = read(capture);
        }
        traveller.at = target;
        Movement movement = Movement.of(subject.isAlone() ? captured : List.of(),
                List.of(traveller.vm.primaryMac(), traveller.vm.secondaryMac()), landing.resumeUs());
        return new WatanabeRun(run, trial, subject, memoryMib, bandwidthMbit, source.name().text(),
                target.name().text(), landing.load(), landing.pauseMs(), landing.whole().pingRequestGapMs(),
                landing.at().outageMs().vmToPeer(), landing.at().outageMs().peerToVm(), landing.allMs(),
                landing.whole().tcp().survived() ? landing.at().tcp().stallMs() : null,
                landing.whole().tcp().survived(), landing.whole().lost().vmToPeer(),
                landing.whole().lost().peerToVm(), landing.quiet().outageMs().vmToPeer(),
                Movement.ms(OptionalLong.of(landing.resumeUs()), movement.first()),
                Movement.ms(movement.linkLocal(), movement.solicited()),
                Movement.ms(movement.solicited(), movement.advertised()),
                Movement.ms(movement.advertised(), movement.formed()),
                Movement.ms(movement.formed(), movement.registered()),
                Movement.ms(movement.registered(), OptionalLong.of(landing.answeredUs())));
    }

    /** Returns when whoever moves the VM says that this is done; answers when it was ordered. */
    private Instant move(Subject subject, Traveller traveller, Host source, Host target) {
        Vm vm = traveller.vm;
        return switch (subject) {
            case GLOBAL -> sites.house().migrate(vm.name(), target).ordered(target);
            case UNPREPARED, ORDINARY -> source.migrateByLibvirt(vm.name().text(), target, List.of());
            case PRINTED -> {
                String xml = source.virsh("dumpxml", "--migratable", vm.name().text());
                Path exchanged = work.resolve(vm.name() + "-exchanged.xml");
                write(exchanged, exchanged(xml, Host.REACHABLE_BRIDGE, traveller.dummy()));
                yield source.migrateByLibvirt(vm.name().text(), target, List.of("--xml", exchanged.toString()));
            }
        };
    }

    /** The two interfaces exchange their bridges. */
    static String exchanged(String domainXml, String one, String other) {
        String form = "bridge='%s'";
        return domainXml.replace(form.formatted(one), form.formatted("")).replace(form.formatted(other),
                form.formatted(one)).replace(form.formatted(""), form.formatted(other));
    }

    private static void write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be written", e);
        }
    }

    /** What was staged at a source is taken down once the VM is gone. */
    private interface Staged extends AutoCloseable {
        @Override
        void close();
    }

    /** The paper's first and second step: the source impersonates the target's gateway, and the VM forms its next MoA. */
    private Staged stage(Traveller traveller, Host target) {
        Host source = traveller.at;
        Gateway gateway = target.site().gateway();
        String dummy = traveller.dummy();
        source.run("sysctl", "-qw", "net.ipv6.conf." + dummy + ".forwarding=1");
        source.run("ip", "link", "set", dummy, "address", gateway.mac().text());
        source.run("ip", "addr", "add", gateway.linkLocal() + "/64", "dev", dummy, "nodad");
        Path conf = work.resolve(dummy + "-radvd.conf");
        write(conf, new RadvdConf(dummy, gateway).text());
        Running radvd = source.start(dummy + "-radvd", List.of("radvd", "--nodaemon", "--config",
                conf.toAbsolutePath().toString(), "--pidfile", conf.resolveSibling(dummy + ".pid").toString(),
                "--logmethod", "stderr", "--debug", "1"));
        Staged staging = () -> {
            radvd.close();
            source.run("ip", "addr", "flush", "dev", dummy);
        };
        try {
            patience.until(STAGING_LIMIT, () -> hasFormed(traveller, gateway),
                    () -> traveller.vm.name() + " has formed no address under " + gateway.prefix());
        } catch (LabException e) {
            staging.close();
            throw e;
        }
        return staging;
    }

    private boolean hasFormed(Traveller traveller, Gateway gateway) {
        List<String> moas = List.of(traveller.vm.primaryMac(), traveller.vm.secondaryMac()).stream()
                .map(mac -> " " + gateway.prefix().addressOf(mac) + "/64 ").toList();
        Finished addresses = Processes.finish(CAPTURE_LIMIT,
                sites.correspondent().enter(List.of("busybox", "nc", traveller.hoa.toString(), ADDRESSES_PORT)), "",
                Map.of());
        return addresses.text().lines()
                .anyMatch(line -> moas.stream().anyMatch(line::contains) && !line.contains("tentative"));
    }

    private Running capture(Host target) {
        Running capture = target.start("movement", List.of("tcpdump", "-i", Host.UPLINK, "-n", "-e", "-tt", "-l",
                "--immediate-mode", Movement.FILTER));
        capture.awaitReady(patience, CAPTURE_LIMIT, () -> capture.hasSaid("listening on"), "does not capture");
        return capture;
    }

    private static List<String> read(Running capture) {
        try {
            return Files.readAllLines(capture.log());
        } catch (IOException e) {
            throw new UncheckedIOException(capture.log() + " cannot be read", e);
        }
    }

    @Override
    public void close() {
        sites.close();
    }
}
