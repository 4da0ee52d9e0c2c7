package org.godwit.lab;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.godwit.lab.hypervisor.Qemu;
import org.godwit.lab.network.LabId;
import org.godwit.lab.network.NetworkPlan;
import org.godwit.lab.network.NetworkPlan.HostLink;
import org.godwit.lab.network.NetworkPlan.LeafLink;
import org.godwit.lab.network.NetworkPlan.SiteLink;
import org.godwit.lab.network.Shape;
import org.godwit.lab.network.Step;
import org.godwit.lab.process.Patience;
import org.godwit.lab.process.Processes;
import org.godwit.lab.process.Running;
import org.godwit.model.Gateway;
import org.godwit.model.HomeAddress;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.Name;
import org.godwit.model.SitePrefix;

/**
 * A testbed: first it is drawn (sites, hosts, a correspondent, other nodes), then {@link #start started}, then used; closing
 * it removes every trace. Not for several threads at a time, except for {@link #close}.
 */
public final class Lab implements AutoCloseable {

    private static final Duration STEP_LIMIT = Duration.ofSeconds(60);
    private static final Duration REMOVAL_LIMIT = Duration.ofSeconds(60);

    /** An interface name holds 15 characters, and the gateway's is "gw" and the site's name. */
    private static final int SITE_NAME_MAX = 13;
    private static final int NODE_NAME_MAX = 15;

    /**
     * Nodes that are alone on their link: correspondents under 2001:db8:c:N::/64 and 2001:db8:d:N::/64, home gateways under
     * 2001:db8:9:N::/64, others under 2001:db8:f:N::/64.
     */
    private static final String CORRESPONDENT_PREFIX = "2001:db8:c:%x::/64";
    private static final String PLAIN_PREFIX = "2001:db8:d:%x::/64";
    private static final String HOME_GATEWAY_PREFIX = "2001:db8:9:%x::/64";
    private static final String NODE_PREFIX = "2001:db8:f:%x::/64";

    private final LabFolder folder;
    private final Optional<Qemu> qemu;
    private final Patience patience;
    private final List<Site> sites = new ArrayList<>();
    private final List<Site> farSites = new ArrayList<>();
    private final List<Host> hosts = new ArrayList<>();
    private final List<Correspondent> correspondents = new ArrayList<>();
    private final List<MountedNode> plainCorrespondents = new ArrayList<>();
    private final List<HomeGateway> homeGateways = new ArrayList<>();
    private final List<MountedNode> nodes = new ArrayList<>();
    private final List<LeafLink> leaves = new ArrayList<>();
    private final List<Vm> vms = new ArrayList<>();
    private final List<Name> names = new ArrayList<>(List.of(NetworkPlan.INTERNET));
    private final AtomicBoolean isRemoved = new AtomicBoolean();
    private final Thread removalAtExit = new Thread(this::remove, "lab-removal");

    private Lab(Path root, Optional<Qemu> qemu, Patience patience) {
        this.qemu = qemu;
        this.patience = patience;
        // In this order, and at one stroke for whoever removes: what ends meanwhile leaves no folder.
        synchronized (this) {
            try {
                Runtime.getRuntime().addShutdownHook(removalAtExit);
            } catch (IllegalStateException e) {
                throw new LabException("this process is ending, and opens no lab any more", e);
            }
            try {
                this.folder = LabFolder.create(root);
            } catch (RuntimeException e) {
                Runtime.getRuntime().removeShutdownHook(removalAtExit);
                throw e;
            }
        }
    }

    /**
     * Opens an empty lab.
     *
     * @param root where labs have their folders, {@link LabFolder#STANDARD_ROOT} for {@code lab/clean} to find it
     * @param qemu what will run the guests, see {@link Qemu#probe}
     */
    public static Lab open(Path root, Qemu qemu) {
        return open(root, Optional.of(qemu));
    }

    /** Opens an empty lab that will have no VMs. */
    public static Lab open(Path root) {
        return open(root, Optional.empty());
    }

    private static Lab open(Path root, Optional<Qemu> qemu) {
        return new Lab(root, qemu, new Patience(InstantSource.system()));
    }

    public LabId id() {
        return folder.id();
    }

    public LabFolder folder() {
        return folder;
    }

    /** @throws LabException when the lab was opened without one */
    public Qemu qemu() {
        return qemu.orElseThrow(() -> new LabException("this lab was opened to have no VMs: open it with a Qemu"));
    }

    /** Draws a site. Its gateway is fe80::a1 with MAC 02:00:00:00:0a:01 for the first, fe80::b1 for the second and so on. */
    public Site site(String name, String prefix) {
        return site(name, prefix, false);
    }

    /** Draws a site that is far from everything else: its {@link Site#longLink} can be made slow to answer and lossy. */
    public Site farSite(String name, String prefix) {
        Site site = site(name, prefix, !hasNetem());
        farSites.add(site);
        return site;
    }

    private Site site(String name, String prefix, boolean isTapped) {
        Name checked = newName(name, SITE_NAME_MAX);
        int letter = 10 + sites.size();
        Gateway gateway = new Gateway(LinkLocalAddress.of("fe80::%x1".formatted(letter)),
                MacAddress.of("02:00:00:00:%02x:01".formatted(letter)), SitePrefix.of(prefix));
        Site site = new Site(this, new SiteLink(checked, gateway, isTapped));
        sites.add(site);
        return site;
    }

    /** Draws a host on a site's link: its address is ::10 of the prefix for the first, ::11 for the second and so on. */
    public Host host(String name, Site site) {
        Name checked = newName(name, NODE_NAME_MAX);
        int number = 0x10 + (int) hosts.stream().filter(host -> host.site() == site).count();
        MacAddress mac = MacAddress.of("02:00:00:%02x:00:%02x".formatted(10 + sites.indexOf(site), number));
        Host host = new Host(this, site, new HostLink(checked, site.link(),
                NetworkPlan.addressIn(site.prefix(), number), mac, Shape.NONE));
        hosts.add(host);
        return host;
    }

    /** Draws a correspondent: the first is 2001:db8:c::c. */
    public Correspondent correspondent(String name) {
        LeafLink link = leaf(name, CORRESPONDENT_PREFIX.formatted(correspondents.size()), 0xc);
        Correspondent correspondent = new Correspondent(this, link);
        correspondents.add(correspondent);
        return correspondent;
    }

    /** Draws a correspondent on which nothing of ours runs: the first is 2001:db8:d::d. */
    public Node plainCorrespondent(String name) {
        LeafLink link = leaf(name, PLAIN_PREFIX.formatted(plainCorrespondents.size()), 0xd);
        MountedNode plain = new MountedNode(this, link.node(), link.address());
        plainCorrespondents.add(plain);
        return plain;
    }

    /**
     * Draws a home gateway: the first is 2001:db8:9::9.
     *
     * @param hoa its own
     * @param homeSpace the prefix of all HoAs, which the internet will send there, as it will the proxy prefix
     */
    public HomeGateway homeGateway(String name, HomeAddress hoa, SitePrefix homeSpace, SitePrefix proxyPrefix) {
        LeafLink link = leaf(name, HOME_GATEWAY_PREFIX.formatted(homeGateways.size()), 9, homeSpace, proxyPrefix);
        HomeGateway gateway = new HomeGateway(this, link, hoa, proxyPrefix);
        homeGateways.add(gateway);
        return gateway;
    }

    /** Draws any other node, such as the one where the MCS runs: the first is 2001:db8:f::53. */
    public Node node(String name) {
        LeafLink link = leaf(name, NODE_PREFIX.formatted(nodes.size()), 0x53);
        MountedNode node = new MountedNode(this, link.node(), link.address());
        nodes.add(node);
        return node;
    }

    /** Draws a VM. It is booted on a host once the lab has started. */
    public Vm vm(String name) {
        Vm vm = new Vm(this, Name.of(name), vms.size() + 1);
        vms.add(vm);
        return vm;
    }

    /** Makes what was drawn: namespaces, links, routes, radvd on each gateway, libvirtd on each host. */
    public void start() {
        NetworkPlan plan = plan();
        if (hosts.stream().anyMatch(Host::isDelayed)) {
            requireNetem();
        }
        for (Step step : plan.steps()) {
            Processes.run(STEP_LIMIT, step.command(), step.input(), Map.of());
        }
        farSites.forEach(Site::stretch);
        sites.forEach(site -> site.gatewayNode().advertise());
        correspondents.forEach(Correspondent::hold);
        plainCorrespondents.forEach(MountedNode::hold);
        homeGateways.forEach(HomeGateway::hold);
        nodes.forEach(MountedNode::hold);
        hosts.forEach(Host::hold);
        hosts.forEach(Host::startLibvirtd);
        hosts.parallelStream().forEach(Host::awaitLibvirtd);
    }

    /**
     * Builds what stands in this lab. When that fails, what programs and guests have written is kept and the lab is closed.
     *
     * @param logs where it is kept then
     */
    public <S> S furnished(Path logs, Function<Lab, S> builder) {
        try {
            return builder.apply(this);
        } catch (RuntimeException e) {
            try (Lab lab = this) {
                lab.folder().saveLogs(logs);
            }
            throw e;
        }
    }

    /** Leaves everything running; {@code lab/clean} removes it once this process has ended. */
    public void keep() {
        isRemoved.set(true);
        Runtime.getRuntime().removeShutdownHook(removalAtExit);
    }

    /** Ends every process of the lab and removes every trace of it. */
    @Override
    public void close() {
        if (isRemoved.get()) {
            return;
        }
        remove();
        Runtime.getRuntime().removeShutdownHook(removalAtExit);
    }

    Running start(String label, List<String> command, Map<String, String> environment) {
        Running running = Processes.start(command, folder.logs().resolve(label + ".log"), environment);
        folder.record(label, running.pid());
        return running;
    }

    Patience patience() {
        return patience;
    }

    NetworkPlan plan() {
        return new NetworkPlan(id(), sites.stream().map(Site::link).toList(),
                hosts.stream().map(Host::plannedLink).toList(), leaves);
    }

    /** The lab's nodes by name, and the machine's own name, which libvirt wants to know an address of. */
    String hostsFile() {
        StringBuilder text = new StringBuilder("::1 localhost\n");
        text.append("::1 ").append(Processes.run(STEP_LIMIT, List.of("uname", "-n")).text());
        hosts.forEach(host -> text.append(host.address().toCanonicalString()).append(' ').append(host).append('\n'));
        leaves.forEach(
                leaf -> text.append(leaf.address().toCanonicalString()).append(' ').append(leaf.node()).append('\n'));
        return text.toString();
    }

    private LeafLink leaf(String name, String prefix, int number, SitePrefix... routed) {
        SitePrefix checked = SitePrefix.of(prefix);
        LeafLink link = new LeafLink(newName(name, NODE_NAME_MAX), checked,
                NetworkPlan.addressIn(checked, number), List.of(routed));
        leaves.add(link);
        return link;
    }

    private Name newName(String text, int lengthMax) {
        Name name = Name.of(text);
        if (text.length() > lengthMax) {
            throw new IllegalArgumentException("name must have at most " + lengthMax
                    + " characters here, because an interface is named so; got \"" + text + "\"");
        }
        if (names.contains(name)) {
            throw new IllegalArgumentException("the lab has a \"" + text + "\" already: choose another name");
        }
        names.add(name);
        return name;
    }

    private static void requireNetem() {
        if (!hasNetem()) {
            throw new LabException(
                    "this machine's kernel has no netem (CONFIG_NET_SCH_NETEM), so a host's link cannot be"
                            + " delayed: leave the delay out, draw a site that is far, or use a kernel that has it");
        }
    }

    private static boolean hasNetem() {
        // A namespace of its own, gone with the command.
        return Processes.succeeds(STEP_LIMIT, List.of("unshare", "--net", "--", "tc", "qdisc", "add", "dev", "lo",
                "root", "netem", "delay", "1ms"));
    }

    /** The same script as {@code lab/clean}, so that it is used every day and not only after a crash. */
    private synchronized void remove() {
        if (isRemoved.getAndSet(true)) {
            return;
        }
        try (InputStream script = Lab.class.getResourceAsStream("clean")) {
            requireNonNull(script, "the script \"clean\" is missing in the lab's jar");
            Processes.run(REMOVAL_LIMIT,
                    List.of("bash", "-s", "--", "--quiet", "--lab", id().hex(), "--root", folder.root().toString()),
                    new String(script.readAllBytes(), StandardCharsets.UTF_8), Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException("the script \"clean\" cannot be read", e);
        }
    }
}
