package org.godwit.model;

import static java.util.Objects.requireNonNull;

import inet.ipaddr.ipv6.IPv6Address;

/**
 * Mobile Address (MoA): the IPv6 address that is valid on the network where the VM is now (Watanabe, section 2.2). Readers
 * of Mobile IPv6 (RFC 6275) know it as care-of address.
 */
public record MobileAddress(IPv6Address address) {

    /** @throws IllegalArgumentException when the address is not one that a MoA can be */
    public MobileAddress {
        requireNonNull(address, "address is null");
        if (!Unicast.isGlobal(address)) {
            throw new IllegalArgumentException(
                    "a MoA must be a global unicast address, got " + address.toCanonicalString());
        }
    }

    /** @throws IllegalArgumentException when {@code text} is not such an address; the message names it */
    public static MobileAddress of(String text) {
        return new MobileAddress(Addresses.parse(text, "MoA"));
    }

    /** @throws IllegalArgumentException when {@code bytes} are not 16 or not such an address */
    public static MobileAddress of(byte[] bytes) {
        return new MobileAddress(new IPv6Address(bytes));
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
