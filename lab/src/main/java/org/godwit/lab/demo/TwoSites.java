package org.godwit.lab.demo;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.godwit.lab.Correspondent;
import org.godwit.lab.HomeGateway;
import org.godwit.lab.Host;
import org.godwit.lab.Lab;
import org.godwit.lab.LabException;
import org.godwit.lab.Node;
import org.godwit.lab.Site;
import org.godwit.lab.Vm;
import org.godwit.lab.VmSize;
import org.godwit.lab.Workload;
import org.godwit.lab.house.Captures;
import org.godwit.lab.house.House;
import org.godwit.lab.house.House.Answer;
import org.godwit.lab.house.Meter;
import org.godwit.lab.house.SessionMeter;
import org.godwit.lab.hypervisor.DomainXml.Disk;
import org.godwit.lab.hypervisor.Qemu;
import org.godwit.lab.image.GuestImage;
import org.godwit.lab.meter.Measurement;
import org.godwit.lab.meter.Sessions;
import org.godwit.lab.process.Patience;
import org.godwit.lab.process.Processes;
import org.godwit.lab.process.Processes.Finished;
import org.godwit.lab.process.Running;
import org.godwit.lab.report.Flight;
import org.godwit.model.HomeAddress;
import org.godwit.model.SitePrefix;
import org.godwit.protocol.rest.Resources.Migration;
import org.godwit.protocol.rest.Resources.Report;

/**
 * The scene of the demonstration, of the end-to-end tests and of most experiments: sites a and b with a host each, a
 * correspondent, the control server, and one VM that talks with the correspondent by their HoAs.
 */
public final class TwoSites implements AutoCloseable {

    public static final HomeAddress VM_HOA = HomeAddress.of("2001:db8:face::1");
    public static final HomeAddress PEER_HOA = HomeAddress.of("2001:db8:face::2");

    private static final HomeAddress GATEWAY_HOA = HomeAddress.of("2001:db8:face::fe");
    private static final SitePrefix PROXY_PREFIX = SitePrefix.of("2001:db8:e::/64");

    /** What not every scene has. */
    public enum Part {

        /** A correspondent without any software of ours, and a home gateway. */
        PLAIN_CORRESPONDENT,

        /** What goes over the wires of the correspondent and of the sites' gateways is kept, which takes time from the rest. */
        CAPTURES,

        /** Site b is far from everything else. */
        FAR,

        /** A second host at site a. */
        NEIGHBOUR,

        /** The VM has a disk that is a file of its host, with some data, and writes to it. */
        DISK,

        /** Beside it the VM has an empty one, a raw file, and writes to it, too. */
        SECOND_DISK,

        /** The VM has an empty disk that every host reaches. */
        SHARED_DISK,

        /** libvirt knows the VM when it is off. */
        PERSISTENT,

        /** A host at a site c. */
        THIRD
    }

    /**
     * What the scene shall be like.
     *
     * @param bandwidthMbit of each host's link to its site; 0 leaves it as it is
     * @param workload of the VM, beside the lab's probes
     * @param diskMib size of the VM's disk, where it has one
     */
    public record Plan(VmSize size, int bandwidthMbit, Optional<Workload> workload, Set<Part> parts, int diskMib) {

        public Plan {
            requireNonNull(size, "size is null");
            parts = Set.copyOf(parts);
        }

        public Plan(VmSize size, int bandwidthMbit, Optional<Workload> workload, Set<Part> parts) {
            this(size, bandwidthMbit, workload, parts, DISK_MIB);
        }

        public Plan(VmSize size, int bandwidthMbit, Part... parts) {
            this(size, bandwidthMbit, Optional.empty(), Set.of(parts));
        }

        boolean has(Part part) {
            return parts.contains(part);
        }
    }

    private static final Duration PROBE_INTERVAL = Duration.ofMillis(5);
    private static final String LOGS = "logs";
    private static final String SOCKETS_PORT = "7004";
    private static final String KILL_PORT = "7006";
    private static final String DEAFEN_PORT = "7015";
    private static final String DIRTIER_PORT = "7009";
    private static final String LEDGER_PORT = "7008";
    private static final String SECOND_LEDGER_PORT = "7013";
    private static final String COUNT_PORT = "7012";
    private static final Duration LEDGER_LIMIT = Duration.ofMinutes(3);
    private static final Duration DISK_LIMIT = Duration.ofMinutes(3);

    /** Of disks, unless the plan says something else. */
    public static final int DISK_MIB = 64;

    /** In a folder that each host has for itself. */
    public static final Path DISK = Path.of("/var/lib/libvirt/images/vm1.qcow2");

    /** Beside it. */
    public static final Path SECOND_DISK = DISK.resolveSibling("vm1-data.raw");

    private static final Duration KILL_LIMIT = Duration.ofSeconds(60);
    private static final Duration SOCKETS_LIMIT = Duration.ofSeconds(60);

    private final Lab lab;
    private final Consumer<String> narrator;
    private final Site siteA;
    private final Site siteB;
    private final Host hostA;
    private final Host hostB;
    private final Optional<Host> neighbour;
    private final Optional<Host> third;
    private final Correspondent correspondent;
    private final Node control;
    private final Vm vm;
    private final House house;
    private final Captures captures;
    private final Optional<HomeGateway> homeGateway;
    private final Optional<Node> plain;
    private Optional<Running> homeGatewayAgent;
    private Meter meter;
    private Optional<SessionMeter> plainMeter = Optional.empty();
    private int flights;

    private TwoSites(Lab lab, GuestImage image, Plan plan, Path out, Consumer<String> narrator) {
        this.lab = lab;
        this.narrator = narrator;
        this.siteA = lab.site("a", "2001:db8:a::/64");
        this.siteB = plan.has(Part.FAR) ? lab.farSite("b", "2001:db8:b::/64") : lab.site("b", "2001:db8:b::/64");
        this.hostA = lab.host("host-a", siteA).bandwidthMbit(plan.bandwidthMbit());
        this.hostB = lab.host("host-b", siteB).bandwidthMbit(plan.bandwidthMbit());
        this.neighbour = plan.has(Part.NEIGHBOUR)
                ? Optional.of(lab.host("host-a2", siteA).bandwidthMbit(plan.bandwidthMbit()))
                : Optional.empty();
        this.third = plan.has(Part.THIRD)
                ? Optional.of(lab.host("host-c", lab.site("c", "2001:db8:3::/64")).bandwidthMbit(plan.bandwidthMbit()))
                : Optional.empty();
        this.correspondent = lab.correspondent("cn");
        this.homeGateway = plan.has(Part.PLAIN_CORRESPONDENT)
                ? Optional.of(lab.homeGateway("hgw", GATEWAY_HOA, SitePrefix.of(House.HOA_SPACE), PROXY_PREFIX))
                : Optional.empty();
        this.plain = plan.has(Part.PLAIN_CORRESPONDENT)
                ? Optional.of(lab.plainCorrespondent("plain"))
                : Optional.empty();
        this.control = lab.node("mcs");
        this.vm = lab.vm("vm1").size(plan.size()).talksTo(PEER_HOA);
        this.captures = new Captures(out);

        narrator.accept("sites a and b, the internet between them, a libvirtd on each host");
        lab.start();
        if (plan.has(Part.CAPTURES)) {
            captures.add(correspondent, Correspondent.DEVICE);
            captures.add(siteA.gatewayNode(), "net");
            captures.add(siteB.gatewayNode(), "net");
        }
        narrator.accept("control server and host agents");
        this.house = House.open(lab, control, homeGateway.stream().toArray(HomeGateway[]::new));
        if (plan.has(Part.DISK)) {
            house.expectDisks();
        }
        house.know(siteA);
        house.know(siteB);
        third.ifPresent(host -> house.know(host.site()));
        house.know(hosts().toArray(Host[]::new));
        narrator.accept("VM vm1 boots on host-a (" + plan.size() + ", " + lab.qemu() + ")");
        if (plan.has(Part.DISK)) {
            makeDisks(plan);
        }
        if (plan.has(Part.SHARED_DISK)) {
            vm.sharedDisk(plan.diskMib());
        }
        if (plan.has(Part.PERSISTENT)) {
            vm.persistent();
        }
        plan.workload().ifPresent(vm::serves);
        vm.boot(hostA, image);
        narrator.accept("meanwhile the correspondent's agent");
        house.know(correspondent, PEER_HOA);
        this.homeGatewayAgent = homeGateway.map(gateway -> {
            narrator.accept("home gateway for a correspondent without MAT");
            return house.know(gateway);
        });
        house.know(vm, hostA, VM_HOA);
    }

    /** Half of it noise, which neither zeroes nor zstd make any shorter. */
    private void makeDisks(Plan plan) {
        int mib = plan.diskMib();
        Disk disk = new Disk.File("vda", "qcow2", DISK);
        hosts().forEach(host -> host.run("mkdir", "-p", DISK.getParent().toString()));
        String noise = DISK + ".noise";
        hostA.run(DISK_LIMIT,
                List.of("dd", "status=none", "if=/dev/urandom", "of=" + noise, "bs=1M", "count=" + mib / 2));
        hostA.run(DISK_LIMIT,
                List.of("qemu-img", "convert", "-q", "-f", "raw", "-O", disk.format(), noise, DISK.toString()));
        hostA.run("qemu-img", "resize", "-q", DISK.toString(), mib + "M");
        hostA.run("rm", noise);
        if (plan.has(Part.SECOND_DISK)) {
            hostA.run("truncate", "-s", mib + "M", SECOND_DISK.toString());
            vm.disks(disk, new Disk.File("vdb", "raw", SECOND_DISK));
        } else {
            vm.disks(disk);
        }
    }

    /**
     * Builds the scene up to a VM that runs on host-a and is registered.
     *
     * @param out where captures and measurements go
     * @param narrator is told what happens
     */
    public static TwoSites open(Qemu qemu, Path root, GuestImage image, Plan plan, Path out,
            Consumer<String> narrator) {
        return Lab.open(root, qemu).furnished(out.resolve(LOGS),
                lab -> new TwoSites(lab, image, plan, out, narrator));
    }

    public Lab lab() {
        return lab;
    }

    public House house() {
        return house;
    }

    public Vm vm() {
        return vm;
    }

    public Site siteB() {
        return siteB;
    }

    public Host hostA() {
        return hostA;
    }

    public Host hostB() {
        return hostB;
    }

    /** The other host at site a. @throws NoSuchElementException where the plan has none */
    public Host neighbour() {
        return neighbour.orElseThrow();
    }

    /** The host at site c. @throws NoSuchElementException where the plan has none */
    public Host third() {
        return third.orElseThrow();
    }

    /** All of them. */
    public List<Host> hosts() {
        return Stream.of(Stream.of(hostA, hostB), neighbour.stream(), third.stream()).flatMap(hosts -> hosts).toList();
    }

    public Correspondent correspondent() {
        return correspondent;
    }

    /** Where the control server runs. */
    public Node control() {
        return control;
    }

    /** The correspondent without any software of ours, where the plan has one. */
    public Optional<Node> plain() {
        return plain;
    }

    /** The meter on that one. */
    public Optional<SessionMeter> plainMeter() {
        return plainMeter;
    }

    /** Kills the agent of the home gateway, if there is one, and starts another. */
    public void restartHomeGatewayAgent() {
        homeGatewayAgent.ifPresent(Running::crash);
        homeGatewayAgent = homeGateway.map(house::startAgent);
    }

    public Captures captures() {
        return captures;
    }

    /** Starts the meter; afterwards traffic of every kind flows until the scene closes. */
    public Meter measure(Path out) {
        return measure(out, PROBE_INTERVAL);
    }

    /** @param probeInterval between UDP probes, each way: what an emulated VM spends on them its agent has not */
    public Meter measure(Path out, Duration probeInterval) {
        meter = Meter.start(correspondent, PEER_HOA, VM_HOA, probeInterval, out);
        plainMeter = plain.map(node -> SessionMeter.start(node, VM_HOA, out.resolve("plain")));
        return meter;
    }

    /**
     * Moves the VM with the meter running.
     *
     * @param options of the godwit command
     * @throws LabException when it does not arrive
     */
    public Flight fly(Host target, String... options) {
        String window = "flight-" + ++flights + "-to-" + target.name();
        narrator.accept("vm1 flies to " + target.name());
        meter.begin(window);
        plainMeter.ifPresent(it -> it.begin(window));
        Answer answer = house.migrate(vm.name(), target, options);
        Measurement measurement = meter.end(window);
        Optional<Sessions> sessions = plainMeter.map(it -> it.end(window));
        Migration migration = answer.arrival(target);
        Report report = house.report(migration.id());
        return new Flight(migration, measurement, Optional.ofNullable(report.forecast()),
                Optional.ofNullable(report.outageMs()), sessions);
    }

    /** The sockets that applications in the VM hold, as {@code ss} shows them there. */
    public String socketsInVm() {
        StringBuilder sockets = new StringBuilder();
        // the guest serves one caller at a time and is slow to listen again
        new Patience(InstantSource.system()).until(SOCKETS_LIMIT, () -> {
            Finished answer = Processes.finish(SOCKETS_LIMIT,
                    correspondent.enter(List.of("busybox", "nc", VM_HOA.toString(), SOCKETS_PORT)), "", Map.of());
            return answer.exitCode() == 0 && !sockets.append(answer.text()).isEmpty();
        }, () -> "the guest does not tell its sockets");
        return sockets.toString();
    }

    /** Has the VM read its whole disk, and answers what it says: a line as of ledger.c. */
    public String ledger() {
        return ledger(LEDGER_PORT);
    }

    /** The same of its second disk. */
    public String secondLedger() {
        return ledger(SECOND_LEDGER_PORT);
    }

    private String ledger(String port) {
        StringBuilder said = new StringBuilder();
        new Patience(InstantSource.system()).until(LEDGER_LIMIT, () -> {
            Finished answer = Processes.finish(LEDGER_LIMIT,
                    correspondent.enter(List.of("busybox", "nc", VM_HOA.toString(), port)), "", Map.of());
            return answer.exitCode() == 0 && !said.append(answer.text()).isEmpty();
        }, () -> "the guest does not tell of its disk");
        return said.toString().strip();
    }

    /** Lets the VM write to 24 MiB of its memory, faster than they can be copied, until this is closed. */
    public Running busyWriter() {
        Running caller = correspondent.start("writer",
                List.of("busybox", "nc", VM_HOA.toString(), DIRTIER_PORT));
        caller.awaitReady(new Patience(InstantSource.system()), SOCKETS_LIMIT, () -> caller.hasSaid("writing"),
                "does not hear that the VM writes");
        return caller;
    }

    /**
     * Tells the writer of the VM's disk what to write from now on.
     *
     * @param pattern as in ledger.c
     * @return says {@code writes=N} four times a second, until it is closed: how many there were
     */
    public Running write(String pattern) {
        Running told = correspondent.start("writes",
                List.of("busybox", "nc", VM_HOA.toString(), COUNT_PORT));
        told.say(pattern);
        told.awaitReady(new Patience(InstantSource.system()), SOCKETS_LIMIT, () -> told.hasSaid("writes="),
                "is told nothing by the writer in the VM");
        return told;
    }

    /** Kills the agent in the VM, without a word of warning; the guest's first process starts another. */
    public void killGuestAgent() {
        kill(KILL_PORT, "agent");
    }

    /** From now on the guest does not hear its power button. */
    public void deafenGuest() {
        kill(DEAFEN_PORT, "listener to its power button");
    }

    private void kill(String port, String what) {
        new Patience(InstantSource.system()).until(KILL_LIMIT, () -> Processes
                .succeeds(KILL_LIMIT, correspondent.enter(List.of("busybox", "nc", VM_HOA.toString(), port))),
                () -> "the guest does not kill its " + what);
    }

    /** The sockets that the correspondent holds with the VM, as {@code ss} shows them there. */
    public List<String> socketsOfCorrespondent() {
        return correspondent.run("ss", "-Hatun").lines().filter(line -> line.contains("face:")).toList();
    }

    /** Keeps what programs and guests have written, beside the captures. */
    public void saveLogs(Path out) {
        lab.folder().saveLogs(out.resolve(LOGS));
    }

    @Override
    public void close() {
        if (meter != null) {
            meter.close();
        }
        plainMeter.ifPresent(SessionMeter::close);
        captures.close();
        lab.close();
    }
}
