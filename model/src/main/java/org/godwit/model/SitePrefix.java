package org.godwit.model;

import static java.util.Objects.requireNonNull;

import inet.ipaddr.ipv6.IPv6Address;

/**
 * The /64 that a site's gateway advertises and from which hosts form their addresses (SLAAC, RFC 4862: the interface
 * identifier is 64 bits, so no other length serves).
 */
public record SitePrefix(IPv6Address network) {

    /** @throws IllegalArgumentException when the length is not 64, host bits are set or the prefix is not global unicast */
    public SitePrefix {
        requireNonNull(network, "network is null");
        if (!Integer.valueOf(64).equals(network.getNetworkPrefixLength())) {
            throw new IllegalArgumentException(
                    "a site prefix must be a /64 (SLAAC needs 64 bits), got " + network.toCanonicalString());
        }
        if (!network.isPrefixBlock() && !network.isZeroHost()) {
            throw new IllegalArgumentException(
                    "a site prefix must have no bits set after the /64, got " + network.toCanonicalString());
        }
        if (network.isMulticast() || network.isLinkLocal() || network.getLower().withoutPrefixLength().isZero()) {
            throw new IllegalArgumentException(
                    "a site prefix must be global unicast, got " + network.toCanonicalString());
        }
    }

    /** @throws IllegalArgumentException when {@code text} is not such a prefix; the message names it */
    public static SitePrefix of(String text) {
        return new SitePrefix(Addresses.parsePrefix(text, "prefix").toPrefixBlock());
    }

    /** Whether the address was formed under this prefix. */
    public boolean contains(MobileAddress moa) {
        return network.toPrefixBlock().contains(moa.address());
    }

    /** The address that stateless autoconfiguration makes of this prefix and a MAC (modified EUI-64, RFC 4291 appendix A). */
    public MobileAddress addressOf(MacAddress mac) {
        return new MobileAddress(mac.under(network));
    }

    @Override
    public String toString() {
        return network.getLower().toCanonicalString();
    }
}
