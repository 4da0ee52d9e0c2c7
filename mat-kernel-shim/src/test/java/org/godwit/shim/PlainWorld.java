package org.godwit.shim;

import java.time.Duration;
import java.util.Optional;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.SitePrefix;

/**
 * A mobile node on two sites, a plain node on a third, and a home gateway to which the router sends the HoA space and the
 * proxy prefix.
 *
 * <pre>
 *   mobile eth0 --- a router d --- eth0 plain
 *          eth1 --- b        g --- eth0 gateway
 * </pre>
 */
final class PlainWorld implements AutoCloseable {

    static final HomeAddress MOBILE = HomeAddress.of("2001:db8:face::1");
    static final MobileAddress MOBILE_A = MobileAddress.of("2001:db8:a::10");
    static final MobileAddress MOBILE_B = MobileAddress.of("2001:db8:b::10");
    static final HomeAddress PLAIN = HomeAddress.of("2001:db8:d::30");
    static final MobileAddress PROXY = MobileAddress.of("2001:db8:e::1:30");
    private static final HomeAddress GATEWAY = HomeAddress.of("2001:db8:face::fe");
    private static final MobileAddress GATEWAY_ADDRESS = MobileAddress.of("2001:db8:9::2");
    private static final String HOME_SPACE = "2001:db8:face::/64";
    private static final SitePrefix PROXY_PREFIX = SitePrefix.of("2001:db8:e::/64");

    private final Undo undo = new Undo();
    final Namespace mobile;
    final Namespace router;
    final Namespace plain;
    final Namespace gatewayNode;
    final KernelDataPlane mobilePlane;
    final KernelHomeGateway gateway;

    PlainWorld() {
        try {
            mobile = undo.later(new Namespace("mobile"));
            router = undo.later(new Namespace("router"));
            plain = undo.later(new Namespace("plain"));
            gatewayNode = undo.later(new Namespace("gateway"));
            router.run("sysctl", "-qw", "net.ipv6.conf.all.forwarding=1");
            gatewayNode.run("sysctl", "-qw", "net.ipv6.conf.all.forwarding=1");
            link(mobile, "eth0", "a", MOBILE_A.toString(), "from 2001:db8:a::/64");
            link(mobile, "eth1", "b", MOBILE_B.toString(), "from 2001:db8:b::/64");
            link(plain, "eth0", "d", PLAIN.toString(), "");
            link(gatewayNode, "eth0", "9", GATEWAY_ADDRESS.toString(), "");
            router.ip("route add " + HOME_SPACE + " via " + GATEWAY_ADDRESS,
                    "route add " + PROXY_PREFIX + " via " + GATEWAY_ADDRESS);
            mobilePlane = mobile.call(() -> {
                KernelDataPlane plane = undo
                        .later(KernelDataPlane.install(MOBILE, HOME_SPACE, Optional.empty()));
                plane.attach("eth0");
                plane.attach("eth1");
                plane.own(Slot.FIRST, MOBILE_A, Libc.interfaceIndex("eth0"));
                plane.own(Slot.SECOND, MOBILE_B, Libc.interfaceIndex("eth1"));
                return plane;
            });
            gateway = undo.later(gatewayNode.call(() -> KernelHomeGateway.install(
                    new KernelHomeGateway.Settings(GATEWAY, HOME_SPACE, PROXY_PREFIX, GATEWAY_ADDRESS, "eth0"),
                    Optional.empty())));
            gateway.putPeer(MOBILE, MOBILE_A, Optional.of(MOBILE_B), Optional.empty());
        } catch (RuntimeException | Error e) {
            undo.close();
            throw e;
        }
    }

    /** A link to the router, whose end of it is called after the site. Both ends know each other's MAC for good. */
    private void link(Namespace node, String nic, String site, String address, String from) {
        String end = "site-" + site;
        String far = "2001:db8:" + site + "::1";
        String farMac = "02:00:00:00:00:0" + site;
        String mac = "02:00:00:00:01:0" + site;
        router.ip("link add " + end + " address " + farMac + " type veth peer name " + nic + " address " + mac
                + " netns " + node.name(), "address add " + far + "/64 dev " + end + " nodad",
                "link set " + end + " up",
                "neighbour replace " + address + " lladdr " + mac + " nud permanent dev " + end);
        node.ip("address add " + address + "/64 dev " + nic + " nodad", "link set " + nic + " up",
                "neighbour replace " + far + " lladdr " + farMac + " nud permanent dev " + nic,
                "route add default " + from + " via " + far + " dev " + nic);
    }

    /** What the mapping server would do: the plain node gets a proxy address, and the mobile node learns of it. */
    void introduce() {
        gateway.proxies().put(PLAIN, PROXY);
        mobilePlane.putPeer(PLAIN, PROXY, Optional.empty(), Optional.empty());
    }

    Echo echoFromPlain() {
        return new Echo(plain, PLAIN, mobile, MOBILE);
    }

    Echo echoToPlain() {
        return new Echo(mobile, MOBILE, plain, PLAIN);
    }

    Optional<ShimEvent.OfGateway> gatewayEvent() {
        return gateway.nextEvent(Duration.ofSeconds(30));
    }

    /** The site on whose link nothing that the mobile sends is heard. It changes at one stroke. */
    void blackHole(String site) {
        String rules = """
                table netdev hole
                delete table netdev hole
                table netdev hole {
                  chain in { type filter hook ingress device "site-%s" priority 0; policy drop; }
                }
                """.formatted(site);
        router.call(() -> Command.output("nft", rules));
    }

    @Override
    public void close() {
        undo.close();
    }
}
