package org.godwit.shim;

import java.util.List;
import org.godwit.model.HomeAddress;

/**
 * {@code matif}: the device that carries the HoA and the route to all others. It never loses carrier, so neither routes nor
 * the choice of source addresses depend on a NIC.
 */
final class HomeInterface {

    static final String NAME = "matif";

    /** The smallest MTU with which IPv6 works (RFC 8200, section 5). */
    private static final int MTU_MIN = 1280;

    private HomeInterface() {}

    /** Makes it, or brings an existing one into the same state. Returns its index. */
    static int raise(HomeAddress hoa, HomeSpace space) {
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
        return Libc.interfaceIndex(NAME);
    }

    private static String add(String type) {
        return "link add " + NAME + " type " + type;
    }

    /** No address of its own (it would speak of it by MLD), no neighbours to resolve, no wait for duplicates on no link. */
    static List<String> configuration(HomeAddress hoa, HomeSpace space) {
        return List.of("link set dev " + NAME + " addrgenmode none arp off up",
                "address replace " + hoa + "/128 dev " + NAME + " nodad",
                "route replace " + space + " dev " + NAME + " src " + hoa);
    }

    /** No packet may leave it that does not fit through every one of these interfaces. */
    static void fitThrough(List<String> interfaceNames) {
        int mtu = interfaceNames.stream().mapToInt(Libc::mtu).min().orElse(MTU_MIN);
        Libc.setMtu(NAME, Math.max(mtu, MTU_MIN));
    }

    /** Nothing happens when there is none. */
    static void remove() {
        if (Libc.interfaceIndex(NAME) != 0) {
            IpCommand.run(List.of("link delete " + NAME));
        }
    }
}
