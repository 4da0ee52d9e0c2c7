package org.godwit.shim;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.godwit.model.HomeAddress;

/**
 * {@code matif}: the device that carries the HoA and the route to all others. It never loses carrier, so neither routes nor
 * the choice of source addresses depend on a NIC.
 */
final class HomeInterface {

    static final String NAME = "matif";

    /** The routing table for packets from the HoA, and the rule that leads there. The number is that of Mobile IPv6's RFC. */
    private static final int TABLE = 6275;

    /** The smallest MTU with which IPv6 works (RFC 8200, section 5). */
    private static final int MTU_MIN = 1280;

    private HomeInterface() {}

    /** Makes it, or brings an existing one into the same state. Returns its index. */
    static int raise(HomeAddress hoa, HomeSpace space, Role role) {
        if (Libc.interfaceIndex(NAME) == 0) {
            try {
                IpCommand.run(List.of(add("dummy")));
            } catch (ShimException withoutDummy) {
                try {
                    IpCommand.run(List.of(add("ifb")));
                } catch (ShimException e) {
                    e.addSuppressed(withoutDummy);
                    throw e;
                }
            }
        }
        IpCommand.run(configuration(hoa, space));
        switch (role) {
            case END_NODE -> takeAllFrom(hoa, space);
            // Sends nothing from its HoA, but passes on what has it as a source.
            case HOME_GATEWAY -> {
            }
        }
        return Libc.interfaceIndex(NAME);
    }

    private static String add(String type) {
        return "link add " + NAME + " type " + type;
    }

    /**
     * No address of its own (it would ask for routers from it), no neighbours to resolve, no wait for duplicates on no link.
     * Of one request the kernel first does "up" and then the rest, so these are two.
     */
    static List<String> configuration(HomeAddress hoa, HomeSpace space) {
        return List.of("link set dev " + NAME + " addrgenmode none arp off", "link set dev " + NAME + " up",
                "address replace " + hoa + "/128 dev " + NAME + " nodad",
                "route replace " + space + " dev " + NAME + " src " + hoa);
    }

    /** Packets from the HoA are to go here wherever they lead. A rule cannot be replaced, so it is only added once. */
    private static void takeAllFrom(HomeAddress hoa, HomeSpace space) {
        String rule = "from " + hoa + " lookup " + TABLE;
        if (!IpCommand.run(ownTable(space)).contains(rule)) {
            IpCommand.run(List.of("rule add " + rule + " priority " + TABLE));
        }
    }

    /**
     * Everything goes here, also to nodes that have no HoA: a home gateway may have made peers of them. In a table of its own,
     * since a route on the node's own link would be more specific than any of ours. For the HoA space the main table
     * serves, as it does before a socket has chosen its source; otherwise what is learnt of a path would be known to one of
     * the two only.
     */
    static List<String> ownTable(HomeSpace space) {
        return List.of("route replace default dev " + NAME + " table " + TABLE,
                "route replace throw " + space + " table " + TABLE, "rule list");
    }

    private static String rules() {
        return IpCommand.run(List.of("rule list"));
    }

    /** No packet may leave it that does not fit through every one of these interfaces. */
    static void fitThrough(List<String> interfaceNames) {
        int mtu = interfaceNames.stream().mapToInt(HomeInterface::mtuThrough).min().orElse(MTU_MIN);
        Libc.setMtu(NAME, Math.max(mtu, MTU_MIN));
    }

    private static int mtuThrough(String interfaceName) {
        // A setting must be read at one stroke; what Files reads of a file without a length begins with a single byte.
        try (InputStream setting = new FileInputStream("/proc/sys/net/ipv6/conf/" + interfaceName + "/mtu")) {
            String ofIpv6 = new String(setting.readAllBytes(), StandardCharsets.US_ASCII).strip();
            return Math.min(Libc.mtu(interfaceName), Integer.parseInt(ofIpv6));
        } catch (IOException e) {
            throw new ShimException("cannot read the MTU of IPv6 on " + interfaceName + ": " + e.getMessage(), e);
        }
    }

    /** Nothing happens when there is none. */
    static void remove() {
        if (Libc.interfaceIndex(NAME) != 0) {
            IpCommand.run(List.of("link delete " + NAME));
        }
        while (rules().contains("lookup " + TABLE)) {
            IpCommand.run(List.of("rule delete table " + TABLE));
        }
        // A table that does not exist cannot be flushed; an empty one does not exist.
        IpCommand.run(List.of("route replace throw default table " + TABLE, "route flush table " + TABLE));
    }
}
