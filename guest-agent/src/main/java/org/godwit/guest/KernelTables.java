package org.godwit.guest;

import inet.ipaddr.ipv6.IPv6Address;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.StringTokenizer;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.SitePrefix;

/** Reads {@code /proc/net/if_inet6} and {@code /proc/net/ipv6_route}: what netlink would tell, without a fork. */
final class KernelTables {

    private static final int SCOPE_GLOBAL = 0x00;
    private static final int SCOPE_LINK = 0x20;

    // linux/if_addr.h
    private static final int IFA_F_TEMPORARY = 0x01;
    private static final int IFA_F_DADFAILED = 0x08;
    private static final int IFA_F_DEPRECATED = 0x20;
    private static final int IFA_F_TENTATIVE = 0x40;

    // linux/route.h and linux/ipv6_route.h
    private static final int RTF_GATEWAY = 0x2;

    private KernelTables() {}

    /** @param usable neither tentative nor found to be somebody else's */
    record InterfaceAddress(String name, IPv6Address address, int prefixLength, boolean global, boolean linkLocal,
            boolean usable) {

        Optional<MobileAddress> mobile(SitePrefix hoaSpace) {
            return global && usable && !hoaSpace.network().toPrefixBlock().contains(address)
                    ? Optional.of(new MobileAddress(address))
                    : Optional.empty();
        }
    }

    /** A default route for any source. */
    record DefaultRoute(String name, LinkLocalAddress router, long metric) {}

    static List<InterfaceAddress> addresses(String table) {
        List<InterfaceAddress> addresses = new ArrayList<>();
        StringTokenizer words = new StringTokenizer(table);
        while (words.hasMoreTokens()) {
            IPv6Address address = address(words.nextToken());
            words.nextToken();
            int prefixLength = Integer.parseInt(words.nextToken(), 16);
            int scope = Integer.parseInt(words.nextToken(), 16);
            int flags = Integer.parseInt(words.nextToken(), 16);
            boolean usable = (flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) == 0;
            boolean lasting = (flags & (IFA_F_TEMPORARY | IFA_F_DEPRECATED)) == 0;
            addresses.add(new InterfaceAddress(words.nextToken(), address, prefixLength,
                    scope == SCOPE_GLOBAL && lasting, scope == SCOPE_LINK, usable));
        }
        return addresses;
    }

    static List<DefaultRoute> defaultRoutes(String table) {
        List<DefaultRoute> routes = new ArrayList<>();
        StringTokenizer words = new StringTokenizer(table);
        while (words.hasMoreTokens()) {
            String destination = words.nextToken();
            String destinationLength = words.nextToken();
            words.nextToken();
            String sourceLength = words.nextToken();
            String nextHop = words.nextToken();
            long metric = Long.parseLong(words.nextToken(), 16);
            words.nextToken();
            words.nextToken();
            long flags = Long.parseLong(words.nextToken(), 16);
            String name = words.nextToken();
            if (destinationLength.equals("00") && sourceLength.equals("00") && (flags & RTF_GATEWAY) != 0
                    && destination.equals("0".repeat(32)) && nextHop.startsWith("fe80")) {
                routes.add(new DefaultRoute(name, new LinkLocalAddress(address(nextHop)), metric));
            }
        }
        return routes;
    }

    private static IPv6Address address(String hex) {
        return new IPv6Address(HexFormat.of().parseHex(hex));
    }
}
