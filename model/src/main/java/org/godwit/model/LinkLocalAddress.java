package org.godwit.model;

import static java.util.Objects.requireNonNull;

import inet.ipaddr.ipv6.IPv6Address;

/**
 * An address of {@code fe80::/64}, meaningful on one link only (RFC 4291, section 2.5.6). By it a gateway is known to its
 * hosts.
 */
public record LinkLocalAddress(IPv6Address address) {

    /** @throws IllegalArgumentException when the address is not one that a link-local address can be */
    public LinkLocalAddress {
        requireNonNull(address, "address is null");
        if (!address.isLinkLocal() || !Unicast.isSingle(address)) {
            throw new IllegalArgumentException(
                    "a link-local address must lie in fe80::/64, got " + address.toCanonicalString());
        }
    }

    /** @throws IllegalArgumentException when {@code text} is not such an address; the message names it */
    public static LinkLocalAddress of(String text) {
        return new LinkLocalAddress(Addresses.parse(text, "link-local address"));
    }

    /** @throws IllegalArgumentException when {@code bytes} are not 16 or not such an address */
    public static LinkLocalAddress of(byte[] bytes) {
        return new LinkLocalAddress(new IPv6Address(bytes));
    }

    /** The 16 bytes in network order. */
    public byte[] bytes() {
        return address.getBytes();
    }

    /** The text form of RFC 5952. */
    @Override
    public String toString() {
        return address.toCanonicalString();
    }
}
