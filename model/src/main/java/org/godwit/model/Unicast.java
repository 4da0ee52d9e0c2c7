package org.godwit.model;

import inet.ipaddr.ipv6.IPv6Address;

/** What makes an address usable as one node's own, off its link. */
final class Unicast {

    private Unicast() {}

    static boolean isSingle(IPv6Address address) {
        return !address.isMultiple() && !address.isPrefixed() && !address.hasZone();
    }

    static boolean isGlobal(IPv6Address address) {
        return isSingle(address) && !address.isMulticast() && !address.isLinkLocal() && !address.isLoopback()
                && !address.isUnspecified() && !address.isIPv4Mapped();
    }
}
