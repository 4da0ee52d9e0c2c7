package org.godwit.lab.experiment.hostlimits;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.godwit.lab.Node;
import org.godwit.lab.process.Patience;
import org.godwit.lab.process.Processes;
import org.godwit.model.MacAddress;
import org.godwit.model.SitePrefix;

/** Stand where VMs would: one node with an interface for each of them, which forms addresses as the guest agent lets it. */
final class Guests {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final double NS_PER_MS = 1e6;

    private final Node host;
    private final Node guests;
    private final SitePrefix prefix;
    private final LongSupplier nanoTicker;

    Guests(Node host, Node guests, SitePrefix prefix, LongSupplier nanoTicker) {
        this.nanoTicker = nanoTicker;
        this.host = host;
        this.guests = guests;
        this.prefix = prefix;
        // At once, and without asking a bridge that leads nowhere for duplicates.
        guests.run("sysctl", "-qw", "net.ipv6.conf.default.accept_ra=1", "net.ipv6.conf.default.autoconf=1",
                "net.ipv6.conf.default.accept_dad=0", "net.ipv6.conf.default.dad_transmits=0",
                "net.ipv6.conf.default.router_solicitation_delay=0");
    }

    /** The host's end of a VM's interface. */
    String tap(int number) {
        return "tap" + number;
    }

    private static String nic(int number) {
        return "eth" + number;
    }

    private static MacAddress mac(int number) {
        return MacAddress.of("52:54:01:00:%02x:%02x".formatted(number >> 8, number & 0xff));
    }

    void add(int number) {
        Processes.run(LIMIT, List.of("ip", "-batch", "-"), """
                link add %s netns %s type veth peer name %s netns %s address %s
                """.formatted(tap(number), host.namespace(), nic(number), guests.namespace(), mac(number)),
                Map.of());
        guests.run("ip", "link", "set", nic(number), "up");
        host.run("ip", "link", "set", tap(number), "up");
    }

    /** Lets one begin anew, and answers how long it took until it had an address, in ms. */
    double form(int number, Patience patience, Duration limit) {
        String setting = "net.ipv6.conf." + nic(number) + ".disable_ipv6=";
        guests.run("sysctl", "-qw", setting + 1);
        String address = prefix.addressOf(mac(number)).toString();
        long fromNs = nanoTicker.getAsLong();
        guests.run("sysctl", "-qw", setting + 0);
        patience.until(limit, () -> guests.run("ip", "-6", "-o", "addr", "show", "dev", nic(number)).contains(address),
                () -> nic(number) + " has no address under " + prefix);
        return (nanoTicker.getAsLong() - fromNs) / NS_PER_MS;
    }

    /** Advertisements are nearly all that their interfaces are sent. */
    long packetsHeard() {
        return guests.run("cat", "/proc/net/dev").lines().map(line -> line.strip().split("[:\\s]+"))
                .filter(words -> words[0].matches("eth[1-9]\\d*")).mapToLong(words -> Long.parseLong(words[2])).sum();
    }
}
