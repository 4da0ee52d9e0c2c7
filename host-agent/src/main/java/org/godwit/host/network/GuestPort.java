package org.godwit.host.network;

import static java.util.Objects.requireNonNull;

import inet.ipaddr.ipv6.IPv6Address;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.godwit.model.MacAddress;
import org.godwit.model.MobileAddress;

/**
 * The host's end of one interface of a VM, and who may speak through it.
 *
 * @param tap the link, for example {@code vnet0}
 * @param mac of the interface in the VM
 * @param addresses all that the interface has; empty when they are not known, and then any may speak
 */
public record GuestPort(String tap, MacAddress mac, List<IPv6Address> addresses) {

    private static final Pattern LINK_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}");
    private static final int IDENTIFIER_AT = 8;

    /** @throws IllegalArgumentException when the tap is not the name of a link */
    public GuestPort {
        requireNonNull(mac, "mac is null");
        if (!LINK_NAME.matcher(requireNonNull(tap, "tap is null")).matches()) {
            throw new IllegalArgumentException("tap must be the name of a link, got \"" + tap + "\"");
        }
        addresses = List.copyOf(new TreeSet<>(addresses));
    }

    /** Of an interface that forms its addresses of its MAC; the link-local one is always among them. */
    public static GuestPort of(String tap, MacAddress mac, List<MobileAddress> moas) {
        TreeSet<IPv6Address> addresses = new TreeSet<>(List.of(mac.linkLocal().address()));
        moas.forEach(moa -> addresses.add(moa.address()));
        return new GuestPort(tap, mac, List.copyOf(addresses));
    }

    /** Of an interface whose addresses are not known. */
    public static GuestPort unknown(String tap, MacAddress mac) {
        return new GuestPort(tap, mac, List.of());
    }

    /** Whether stateless autoconfiguration forms the address of this MAC (modified EUI-64). */
    public static boolean isFormedOf(MobileAddress moa, MacAddress mac) {
        byte[] formed = mac.linkLocal().bytes();
        byte[] said = moa.bytes();
        return Arrays.equals(formed, IDENTIFIER_AT, formed.length, said, IDENTIFIER_AT, said.length);
    }
}
