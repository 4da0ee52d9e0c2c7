package org.godwit.shim;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;

/**
 * A mobile node on two sites at once, as between staging and settling, and a correspondent on a third.
 *
 * <pre>
 *   mobile eth0 --- a router c --- eth0 correspondent
 *          eth1 --- b
 * </pre>
 *
 * Both nodes have a data plane, and know each other's MoAs: the mobile's second one as staged.
 */
final class TwoSites implements AutoCloseable {

    static final HomeAddress MOBILE = HomeAddress.of("2001:db8:face::1");
    static final MobileAddress MOBILE_A = MobileAddress.of("2001:db8:a::10");
    static final MobileAddress MOBILE_B = MobileAddress.of("2001:db8:b::10");
    static final HomeAddress PEER = HomeAddress.of("2001:db8:face::2");
    static final MobileAddress PEER_C = MobileAddress.of("2001:db8:c::20");
    private static final String HOME_SPACE = "2001:db8:face::/64";

    private final Deque<AutoCloseable> undo = new ArrayDeque<>();
    final Namespace mobile;
    final Namespace router;
    final Namespace correspondent;
    final KernelDataPlane mobilePlane;
    final KernelDataPlane peerPlane;

    TwoSites() {
        try {
            mobile = namespace("mobile");
            router = namespace("router");
            correspondent = namespace("peer");
            router.run("sysctl", "-qw", "net.ipv6.conf.all.forwarding=1");
            link(mobile, "eth0", "a", MOBILE_A);
            link(mobile, "eth1", "b", MOBILE_B);
            link(correspondent, "eth0", "c", PEER_C);
            mobilePlane = install(mobile, MOBILE, "eth0", "eth1");
            peerPlane = install(correspondent, PEER, "eth0");
            mobile.call(() -> {
                mobilePlane.own(Slot.FIRST, MOBILE_A, Libc.interfaceIndex("eth0"));
                mobilePlane.own(Slot.SECOND, MOBILE_B, Libc.interfaceIndex("eth1"));
                return null;
            });
            correspondent.call(() -> {
                peerPlane.own(Slot.FIRST, PEER_C, Libc.interfaceIndex("eth0"));
                return null;
            });
            mobilePlane.putPeer(PEER, PEER_C, Optional.empty(), Optional.empty());
            peerPlane.putPeer(MOBILE, MOBILE_A, Optional.of(MOBILE_B), Optional.empty());
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private Namespace namespace(String role) {
        Namespace namespace = new Namespace(role);
        undo.push(namespace);
        return namespace;
    }

    /** A link to the router, whose end of it is called after the site. Both ends know each other's MAC for good. */
    private void link(Namespace node, String nic, String site, MobileAddress moa) {
        String end = "site-" + site;
        String gateway = "2001:db8:" + site + "::1";
        String gatewayMac = "02:00:00:00:00:0" + site;
        String nodeMac = "02:00:00:00:01:0" + site;
        router.ip("link add " + end + " address " + gatewayMac + " type veth peer name " + nic + " address " + nodeMac
                + " netns " + node.name(), "address add " + gateway + "/64 dev " + end + " nodad",
                "link set " + end + " up",
                "neighbour replace " + moa + " lladdr " + nodeMac + " nud permanent dev " + end);
        node.ip("address add " + moa + "/64 dev " + nic + " nodad", "link set " + nic + " up",
                "neighbour replace " + gateway + " lladdr " + gatewayMac + " nud permanent dev " + nic,
                "route add default from 2001:db8:" + site + "::/64 via " + gateway + " dev " + nic);
    }

    private KernelDataPlane install(Namespace node, HomeAddress hoa, String... nics) {
        KernelDataPlane plane = node.call(() -> {
            KernelDataPlane installed = KernelDataPlane.install(hoa, HOME_SPACE, Optional.empty());
            for (String nic : nics) {
                installed.attach(nic);
            }
            return installed;
        });
        undo.push(plane);
        return plane;
    }

    /** The site on whose link nothing that the mobile sends is heard, as on a dummy bridge. It changes at one stroke. */
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
        while (!undo.isEmpty()) {
            try {
                undo.pop().close();
            } catch (Exception e) {
                throw new AssertionError("cannot be removed", e);
            }
        }
    }
}
