package org.godwit.lab.network;

import static java.util.Objects.requireNonNull;

import inet.ipaddr.ipv6.IPv6Address;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.godwit.lab.network.Step.Tool;
import org.godwit.model.Gateway;
import org.godwit.model.MacAddress;
import org.godwit.model.Name;
import org.godwit.model.SitePrefix;

/**
 * Two or more sites, the internet between them and what else is attached to it, each node a network namespace.
 *
 * <pre>
 *   host-a            gwa                 net                  gwb             host-b
 *  [br-site]-uplink--[lan] fe80::a1 -net--gwa gwb--net- fe80::b1 [lan]--uplink-[br-site]
 *                                          cn mcs
 *                                          |   |
 *                                    cn: eth0  mcs: eth0
 * </pre>
 *
 * Transfer links carry link-local addresses only; each router has a global one to send ICMPv6 errors from. The lab's
 * routers and links are trusted to be alone, so duplicate address detection is off where it would only cost a second.
 */
public record NetworkPlan(LabId id, List<SiteLink> sites, List<HostLink> hosts, List<LeafLink> leaves) {

    /** The router that joins all sites, and its address for ICMPv6 errors. */
    public static final Name INTERNET = Name.of("net");

    private static final String OUTWARDS = "net";
    private static final String INTERNET_ADDRESS = "2001:db8::1";
    private static final String BRIDGE = "type bridge stp_state 0 forward_delay 0 mcast_snooping 0";

    /** @throws IllegalArgumentException when a prefix leads to two places */
    public NetworkPlan {
        requireNonNull(id, "id is null");
        sites = List.copyOf(sites);
        hosts = List.copyOf(hosts);
        leaves = List.copyOf(leaves);
        Set<SitePrefix> taken = new HashSet<>();
        Stream.of(sites.stream().map(site -> site.gateway().prefix()), leaves.stream().map(LeafLink::prefix),
                leaves.stream().flatMap(leaf -> leaf.routed().stream())).flatMap(prefixes -> prefixes)
                .forEach(prefix -> {
                    if (!taken.add(prefix)) {
                        throw new IllegalArgumentException(prefix + " leads to two places: give one of them another");
                    }
                });
    }

    /**
     * A site's link and its gateway.
     *
     * @param isTapped its gateway is joined to the internet by two taps, between which a program carries frames, and not by a
     *        cable
     */
    public record SiteLink(Name site, Gateway gateway, boolean isTapped) {

        public SiteLink(Name site, Gateway gateway) {
            this(site, gateway, false);
        }

        public Name gatewayNode() {
            return Name.of("gw" + site);
        }

        /** The gateway's device to the internet. The internet's device to it has the gateway's name. */
        public String outwards() {
            return OUTWARDS;
        }

        /** The gateway's global address on the link: the first of the prefix. */
        public IPv6Address gatewayAddress() {
            return addressIn(gateway.prefix(), 1);
        }
    }

    /** A host on a site's link. */
    public record HostLink(Name host, SiteLink site, IPv6Address address, MacAddress mac, Shape shape) {}

    /**
     * A node alone on its link behind the internet router.
     *
     * @param routed prefixes that lead to it; with any it is a router itself
     */
    public record LeafLink(Name node, SitePrefix prefix, IPv6Address address, List<SitePrefix> routed) {

        public LeafLink {
            routed = List.copyOf(routed);
        }
    }

    /** The n-th address of a prefix. */
    public static IPv6Address addressIn(SitePrefix prefix, long n) {
        return prefix.network().getLower().withoutPrefixLength().increment(n).toIPv6();
    }

    /** Everything in the order in which it has to be done. */
    public List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        steps.add(namespaces());
        steps.add(routerSettings(INTERNET));
        sites.forEach(site -> steps.add(routerSettings(site.gatewayNode())));
        hosts.forEach(host -> steps.add(endSettings(host.host())));
        leaves.forEach(
                leaf -> steps.add(leaf.routed().isEmpty() ? endSettings(leaf.node()) : routerSettings(leaf.node())));
        steps.add(links());
        sites.stream().filter(SiteLink::isTapped).forEach(site -> {
            steps.add(new Step(Tool.IP, namespace(site.gatewayNode()), tap(OUTWARDS)));
            steps.add(new Step(Tool.IP, namespace(INTERNET), tap(site.gatewayNode().text())));
        });
        steps.add(internet());
        sites.forEach(site -> steps.add(gateway(site)));
        hosts.forEach(host -> steps.add(host(host)));
        leaves.forEach(leaf -> steps.add(leaf(leaf)));
        hosts.stream().filter(host -> !host.shape().equals(Shape.NONE)).forEach(host -> {
            steps.add(new Step(Tool.TC, namespace(host.host()), host.shape().lines("uplink")));
            steps.add(new Step(Tool.TC, namespace(host.site().gatewayNode()), host.shape().lines(host.host().text())));
        });
        return List.copyOf(steps);
    }

    private Step namespaces() {
        List<String> lines = new ArrayList<>();
        lines.add("netns add " + namespace(INTERNET));
        sites.forEach(site -> lines.add("netns add " + namespace(site.gatewayNode())));
        hosts.forEach(host -> lines.add("netns add " + namespace(host.host())));
        leaves.forEach(leaf -> lines.add("netns add " + namespace(leaf.node())));
        return new Step(Tool.IP, "", lines);
    }

    /** Settings of "default" come first: a device takes them when it is made. */
    private Step routerSettings(Name node) {
        return new Step(Tool.SYSCTL, namespace(node), List.of("net.ipv6.conf.all.forwarding=1",
                "net.ipv6.conf.default.forwarding=1", "net.ipv6.conf.default.accept_dad=0"));
    }

    private Step endSettings(Name node) {
        return new Step(Tool.SYSCTL, namespace(node), List.of("net.ipv6.conf.default.accept_ra=0"));
    }

    private Step links() {
        List<String> lines = new ArrayList<>();
        sites.stream().filter(site -> !site.isTapped())
                .forEach(site -> lines.add(link(site.gatewayNode(), OUTWARDS, INTERNET, site.gatewayNode().text())));
        hosts.forEach(host -> lines.add(link(host.host(), "uplink", host.site().gatewayNode(), host.host().text())));
        leaves.forEach(leaf -> lines.add(link(leaf.node(), "eth0", INTERNET, leaf.node().text())));
        return new Step(Tool.IP, "", lines);
    }

    /** Whose queue, 500 frames by default, a migration would fill: a line that delays must not lose by itself. */
    private static List<String> tap(String device) {
        return List.of("tuntap add dev " + device + " mode tap", "link set dev " + device + " txqueuelen 16384");
    }

    private String link(Name node, String device, Name peerNode, String peerDevice) {
        return "link add " + device + " netns " + namespace(node) + " type veth peer name " + peerDevice + " netns "
                + namespace(peerNode);
    }

    private Step internet() {
        List<String> lines = new ArrayList<>();
        lines.add("link set lo up");
        lines.add("addr add " + INTERNET_ADDRESS + "/128 dev lo nodad");
        for (SiteLink site : sites) {
            String device = site.gatewayNode().text();
            up(lines, device, "fe80::1/64");
            lines.add("route add " + site.gateway().prefix() + " via fe80::2 dev " + device);
        }
        for (LeafLink leaf : leaves) {
            up(lines, leaf.node().text(), "fe80::1/64", addressIn(leaf.prefix(), 1).toCanonicalString() + "/64");
            leaf.routed().forEach(prefix -> lines.add("route add " + prefix + " via fe80::2 dev " + leaf.node()));
        }
        return new Step(Tool.IP, namespace(INTERNET), lines);
    }

    private Step gateway(SiteLink site) {
        List<String> lines = new ArrayList<>();
        lines.add("link set lo up");
        lines.add("link add lan address " + site.gateway().mac() + " " + BRIDGE);
        for (HostLink host : hosts) {
            if (host.site().equals(site)) {
                port(lines, host.host().text(), "lan");
            }
        }
        up(lines, "lan", site.gateway().linkLocal() + "/64", site.gatewayAddress().toCanonicalString() + "/64");
        up(lines, OUTWARDS, "fe80::2/64");
        lines.add("route add default via fe80::1 dev " + OUTWARDS);
        return new Step(Tool.IP, namespace(site.gatewayNode()), lines);
    }

    private Step host(HostLink host) {
        List<String> lines = new ArrayList<>();
        lines.add("link set lo up");
        lines.add("link add br-site address " + host.mac() + " " + BRIDGE);
        port(lines, "uplink", "br-site");
        up(lines, "br-site", host.mac().linkLocal() + "/64", host.address().toCanonicalString() + "/64");
        lines.add("route add default via " + host.site().gateway().linkLocal() + " dev br-site");
        return new Step(Tool.IP, namespace(host.host()), lines);
    }

    private Step leaf(LeafLink leaf) {
        List<String> lines = new ArrayList<>();
        lines.add("link set lo up");
        up(lines, "eth0", "fe80::2/64", leaf.address().toCanonicalString() + "/64");
        lines.add("route add default via fe80::1 dev eth0");
        // What leads here and is not wanted yet must not go back to where it came from.
        leaf.routed().forEach(prefix -> lines.add("route add unreachable " + prefix + " metric 4096"));
        return new Step(Tool.IP, namespace(leaf.node()), lines);
    }

    private static void port(List<String> lines, String device, String bridge) {
        lines.add("link set " + device + " addrgenmode none");
        lines.add("link set " + device + " master " + bridge + " up");
    }

    private static void up(List<String> lines, String device, String... addresses) {
        lines.add("link set " + device + " addrgenmode none");
        for (String address : addresses) {
            lines.add("addr add " + address + " dev " + device + " nodad");
        }
        lines.add("link set " + device + " up");
    }

    private String namespace(Name node) {
        return id.namespaceOf(node);
    }
}
