package org.godwit.model;

import static java.util.Objects.requireNonNull;

import inet.ipaddr.ipv6.IPv6Address;

/**
 * Home Address (HoA): the permanent IPv6 address of a VM, the only one that its applications see (Watanabe, section 2.2).
 */
public record HomeAddress(IPv6Address address) {

    /** @throws IllegalArgumentException when the address is not one that a HoA can be */
    public HomeAddress {
        requireNonNull(address, "address is null");
        if (!Unicast.isGlobal(address)) {
            throw new IllegalArgumentException(
                    "a HoA must be a global unicast address, got " + address.toCanonicalString());
        }
    }

    /** @throws IllegalArgumentException when {@code text} is not such an address; the message names it */
    public static HomeAddress of(String text) {
        return new HomeAddress(Addresses.parse(text, "HoA"));
    }

    /** @throws IllegalArgumentException when {@code bytes} are not 16 or not such an address */
    public static HomeAddress of(byte[] bytes) {
        return new HomeAddress(new IPv6Address(bytes));
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
