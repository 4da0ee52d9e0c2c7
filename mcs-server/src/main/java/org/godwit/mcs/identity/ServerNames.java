package org.godwit.mcs.identity;

import inet.ipaddr.HostName;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What a server is reached by: what its certificate says, and what no host may call itself. */
public record ServerNames(List<String> dns, List<InetAddress> addresses) {

    private static final Pattern DNS = Pattern
            .compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");

    public ServerNames {
        dns = List.copyOf(dns);
        addresses = List.copyOf(addresses);
    }

    /**
     * The loopback, the addresses that it listens at (all of this machine's for {@code [::]}), and what is configured.
     *
     * @param configured names or literal addresses, for example those of a proxy or translator in front
     * @throws IllegalArgumentException when one of them is neither
     */
    public static ServerNames of(Collection<String> configured, Collection<InetSocketAddress> listening) {
        Set<String> dns = new LinkedHashSet<>(List.of("localhost"));
        Set<InetAddress> addresses = new LinkedHashSet<>(loopback());
        for (InetSocketAddress endpoint : listening) {
            addresses.addAll(
                    endpoint.getAddress().isAnyLocalAddress() ? ofThisMachine() : List.of(endpoint.getAddress()));
        }
        for (String name : configured) {
            ServerNames one = of(name);
            dns.addAll(one.dns());
            addresses.addAll(one.addresses());
        }
        return new ServerNames(List.copyOf(dns), List.copyOf(addresses));
    }

    /** A name or a literal address. @throws IllegalArgumentException when it is neither */
    static ServerNames of(String name) {
        HostName parsed = new HostName(name);
        if (parsed.isAddress()) {
            return new ServerNames(List.of(), List.of(parsed.asInetAddress()));
        }
        if (DNS.matcher(name).matches()) {
            return new ServerNames(List.of(name), List.of());
        }
        throw new IllegalArgumentException("a server is reached by a name such as mcs.example.org or by an"
                + " address such as 2001:db8::1, got \"" + name + "\"");
    }

    private static List<InetAddress> loopback() {
        return List.of(new HostName("::1").asInetAddress(), new HostName("127.0.0.1").asInetAddress());
    }

    private static List<InetAddress> ofThisMachine() {
        try {
            List<InetAddress> addresses = new ArrayList<>();
            NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> !address.isLinkLocalAddress()).forEach(addresses::add);
            return addresses;
        } catch (SocketException e) {
            throw new UncheckedIOException("this machine's addresses cannot be read", e);
        }
    }
}
