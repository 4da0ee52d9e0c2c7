package org.godwit.host.precheck;

import inet.ipaddr.ipv6.IPv6Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;

/** Where a libvirt URI leads: there the migration goes, too. */
final class LibvirtAddress {

    private LibvirtAddress() {}

    /** @throws IllegalArgumentException when it does not lead to an IPv6 address */
    static IPv6Address of(String uri) {
        String host = URI.create(uri).getHost();
        if (host == null) {
            throw new IllegalArgumentException(
                    "the libvirt URI " + uri + " names no host: start its agent with --libvirt-uri");
        }
        try {
            return Arrays.stream(InetAddress.getAllByName(host)).filter(Inet6Address.class::isInstance)
                    .map(address -> new IPv6Address(address.getAddress()))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(host + " in " + uri + " has no IPv6 address"));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("nobody knows where " + host + " in " + uri + " is", e);
        }
    }
}
