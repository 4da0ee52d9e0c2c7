package org.godwit.model;

import static java.util.Objects.requireNonNull;

import inet.ipaddr.ipv6.IPv6Address;
import inet.ipaddr.mac.MACAddress;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/** The 48-bit MAC address of one interface, in the colon form of {@code ip link}. */
public record MacAddress(String text) {

    private static final Pattern FORM = Pattern.compile("([0-9a-f]{2}:){5}[0-9a-f]{2}");
    private static final IPv6Address LINK_LOCAL = Addresses.parsePrefix("fe80::/64", "link-local network");

    /** @throws IllegalArgumentException when the text is no MAC, or is multicast or all zero */
    public MacAddress {
        requireNonNull(text, "text is null");
        text = text.toLowerCase(Locale.ROOT);
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("MAC must look like 52:54:00:00:00:01, got \"" + text + "\"");
        }
        int firstOctet = Integer.parseInt(text, 0, 2, 16);
        if ((firstOctet & 1) != 0 || text.equals("00:00:00:00:00:00")) {
            throw new IllegalArgumentException("MAC must be a unicast address, got " + text);
        }
    }

    public static MacAddress of(String text) {
        return new MacAddress(text);
    }

    /** The six bytes in transmission order. */
    public byte[] bytes() {
        return HexFormat.ofDelimiter(":").parseHex(text);
    }

    /** The link-local address that the kernel forms of this MAC by default. */
    public LinkLocalAddress linkLocal() {
        return new LinkLocalAddress(under(LINK_LOCAL));
    }

    /** The address with the modified EUI-64 interface identifier of this MAC (RFC 4291, appendix A) under a /64. */
    IPv6Address under(IPv6Address network) {
        return new IPv6Address(network.getLower().withoutPrefixLength(), new MACAddress(bytes()));
    }

    @Override
    public String toString() {
        return text;
    }
}
