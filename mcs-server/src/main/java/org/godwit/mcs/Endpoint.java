package org.godwit.mcs;

import inet.ipaddr.HostName;
import inet.ipaddr.IPAddress;
import inet.ipaddr.ipv6.IPv6Address;
import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where to listen, read from {@code [::1]:8440}. Port 0 takes a free one. */
record Endpoint(InetSocketAddress address) {

    private static final Pattern FORM = Pattern.compile("\\[(?<address>[^\\]]+)]:(?<port>[0-9]{1,5})");

    /** @throws IllegalArgumentException when the text is not a literal IPv6 address with a port */
    static Endpoint of(String text) {
        Matcher parts = FORM.matcher(text);
        IPAddress address = parts.matches() ? new HostName(parts.group("address")).asAddress() : null;
        int port = parts.matches() ? Integer.parseInt(parts.group("port")) : 0;
        if (address == null || address.isMultiple() || port > 65_535) {
            throw new IllegalArgumentException("an address with a port looks like [::1]:8440, got \"" + text + "\"");
        }
        return new Endpoint(new InetSocketAddress(address.toInetAddress(), port));
    }

    /** @throws IllegalArgumentException when the text is not one IPv6 address */
    static IPv6Address ipv6(String text) {
        HostName host = new HostName(text);
        IPAddress address = host.isAddress() ? host.asAddress() : null;
        if (address == null || !address.isIPv6() || address.isMultiple() || host.getPort() != null) {
            throw new IllegalArgumentException("must be one IPv6 address such as 2001:db8::1, got \"" + text + "\"");
        }
        return address.toIPv6();
    }

    /** @throws IllegalArgumentException when it is an IPv4 address */
    IPv6Address ipv6() {
        return ipv6(address.getAddress().getHostAddress());
    }

    @Override
    public String toString() {
        return "[" + address.getAddress().getHostAddress() + "]:" + address.getPort();
    }
}
