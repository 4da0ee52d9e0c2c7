package org.godwit.lab.demo;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.godwit.lab.Correspondent;
import org.godwit.lab.HomeGateway;
import org.godwit.lab.Host;
import org.godwit.lab.Lab;
import org.godwit.lab.LabException;
import org.godwit.lab.Node;
import org.godwit.lab.Site;
import org.godwit.lab.Vm;
import org.godwit.lab.VmSize;
import org.godwit.lab.house.Captures;
import org.godwit.lab.house.House;
import org.godwit.lab.house.House.Answer;
import org.godwit.lab.house.Meter;
import org.godwit.lab.house.SessionMeter;
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

/**
 * The scene of the demonstration and of the end-to-end tests: sites a and b with a host each, a correspondent, the control
 * server, and one VM that talks with the correspondent by their HoAs.
 */
public final class TwoSites implements AutoCloseable {

    public static final HomeAddress VM_HOA = HomeAddress.of("2001:db8:face::1");
    public static final HomeAddress PEER_HOA = HomeAddress.of("2001:db8:face::2");

    private static final HomeAddress GATEWAY_HOA = HomeAddress.of("2001:db8:face::fe");
    private static final SitePrefix PROXY_PREFIX = SitePrefix.of("2001:db8:e::/64");

    /**
     * What the scene shall be like.
     *
     * @param bandwidthMbit of each host's link to its site; 0 leaves it as it is
     * @param plainCorrespondent whether there is also a correspondent without any software of ours, and a home gateway
     * @param far whether site b is far from everything else
     */
    public record Plan(VmSize size, int bandwidthMbit, boolean plainCorrespondent, boolean far) {
        public Plan {
            requireNonNull(size, "size is null");
        }

        public Plan(VmSize size, int bandwidthMbit, boolean plainCorrespondent) {
            this(size, bandwidthMbit, plainCorrespondent, false);
        }
    }

    private static final Duration PROBE_INTERVAL = Duration.ofMillis(5);
    private static final String LOGS = "logs";
    private static final String SOCKETS_PORT = "7004";
    private static final String KILL_PORT = "7006";
    private static final Duration KILL_LIMIT = Duration.ofSeconds(30);
    private static final Duration SOCKETS_LIMIT = Duration.ofSeconds(10);

    private final Lab lab;
    private final Consumer<String> narrator;
    private final Site siteA;
    private final Site siteB;
    private final Host hostA;
    private final Host hostB;
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
        this.siteB = plan.far() ? lab.farSite("b", "2001:db8:b::/64") : lab.site("b", "2001:db8:b::/64");
        this.hostA = lab.host("host-a", siteA).bandwidthMbit(plan.bandwidthMbit());
        this.hostB = lab.host("host-b", siteB).bandwidthMbit(plan.bandwidthMbit());
        this.correspondent = lab.correspondent("cn");
        this.homeGateway = plan.plainCorrespondent()
                ? Optional.of(lab.homeGateway("hgw", GATEWAY_HOA, SitePrefix.of(House.HOA_SPACE), PROXY_PREFIX))
                : Optional.empty();
        this.plain = plan.plainCorrespondent() ? Optional.of(lab.plainCorrespondent("plain")) : Optional.empty();
        this.control = lab.node("mcs");
        this.vm = lab.vm("vm1").size(plan.size()).talksTo(PEER_HOA);
        this.captures = new Captures(out);

        narrator.accept("sites a and b, the internet between them, a libvirtd on each host");
        lab.start();
        captures.add(correspondent, Correspondent.DEVICE);
        captures.add(siteA.gatewayNode(), "net");
        captures.add(siteB.gatewayNode(), "net");
        narrator.accept("control server, host agents and the correspondent's agent");
        this.house = House.open(lab, control, homeGateway.stream().toArray(HomeGateway[]::new));
        house.know(siteA);
        house.know(siteB);
        house.know(hostA, hostB);
        house.know(correspondent, PEER_HOA);
        this.homeGatewayAgent = homeGateway.map(gateway -> {
            narrator.accept("home gateway for a correspondent without MAT");
            return house.know(gateway);
        });
        narrator.accept("VM vm1 boots on host-a (" + plan.size() + ", " + lab.qemu() + ")");
        vm.boot(hostA, image);
        house.know(vm, hostA, VM_HOA);
    }

    /**
     * Builds the scene up to a VM that runs on host-a and is registered.
     *
     * @param out where captures and measurements go
     * @param narrator is told what happens
     */
    public static TwoSites open(Qemu qemu, Path root, GuestImage image, Plan plan, Path out,
            Consumer<String> narrator) {
        Lab lab = Lab.open(root, qemu);
        try {
            return new TwoSites(lab, image, plan, out, narrator);
        } catch (RuntimeException e) {
            try (lab) {
                lab.folder().saveLogs(out.resolve(LOGS));
            }
            throw e;
        }
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
        meter = Meter.start(correspondent, PEER_HOA, VM_HOA, PROBE_INTERVAL, out);
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
        return new Flight(answer.arrival(target), measurement, sessions);
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

    /** Kills the agent in the VM, without a word of warning; the guest's first process starts another. */
    public void killGuestAgent() {
        new Patience(InstantSource.system()).until(KILL_LIMIT, () -> Processes
                .succeeds(KILL_LIMIT, correspondent.enter(List.of("busybox", "nc", VM_HOA.toString(), KILL_PORT))),
                () -> "the guest does not kill its agent");
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
