package org.godwit.host.hypervisor;

import java.net.InetAddress;
import java.net.URI;

/** How libvirt and QEMU of two hosts speak with each other. */
public enum Transport {

    /** With certificates of the control server's authority on both sides: what is said, and the VM's memory. */
    TLS,

    /** In plain text, to whoever can reach them. */
    TCP;

    /** Of the host that is reached by this URI. */
    public static Transport of(String libvirtUri) {
        return libvirtUri.startsWith("qemu+tls:") ? TLS : TCP;
    }

    /** Where it leads: a name, or an address as certificates are read to have it. @throws IllegalArgumentException when nowhere */
    public static String host(String libvirtUri) {
        String host = URI.create(libvirtUri).getHost();
        if (host == null) {
            throw new IllegalArgumentException(libvirtUri + " names no host");
        }
        return host.startsWith("[")
                ? InetAddress.ofLiteral(host.substring(1, host.length() - 1)).getHostAddress()
                : host;
    }

    /** @throws IllegalArgumentException when other hosts are not reached in this way by that URI */
    public void check(String libvirtUri) {
        if (this == TLS && URI.create(libvirtUri).getHost() == null) {
            throw new IllegalArgumentException(
                    "names no host that a certificate could be for, got \"" + libvirtUri + "\"");
        }
        if (this != of(libvirtUri)) {
            throw new IllegalArgumentException(switch (this) {
                case TLS -> "must begin with qemu+tls:// as long as transport is tls, got \"" + libvirtUri + "\"";
                case TCP -> "begins with qemu+tls://, but transport is tcp: leave that out, got \"" + libvirtUri + "\"";
            });
        }
    }
}
