package org.godwit.host.network;

import inet.ipaddr.ipv6.IPv6Address;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.godwit.host.network.LinkFacts.EchoAnswer;
import org.godwit.host.network.LinkFacts.FutureGuest;
import org.godwit.host.program.Programs;
import org.godwit.model.MacAddress;
import org.godwit.shim.PrivateNetwork;

/**
 * Stands in for a VM on the reachable link: a network namespace with the VM's MAC and addresses at the end of a cable, and the
 * gateway as it is recorded, whatever the link says.
 */
final class FutureGuestProbe {

    /** The host's end. One probe at a time. */
    static final String CABLE = "gw-probe";

    private static final String NIC = "probe";
    private static final Duration PROGRAM_TIME_MAX = Duration.ofSeconds(10);
    private static final Duration FORWARDING_TIME_MAX = Duration.ofSeconds(3);
    private static final Duration FORWARDING_POLL = Duration.ofMillis(20);

    private final Programs host;
    private final String bridge;

    FutureGuestProbe(Programs host, String bridge) {
        this.host = host;
        this.bridge = bridge;
    }

    List<EchoAnswer> echoes(FutureGuest guest, int mtu) {
        try (PrivateNetwork network = PrivateNetwork.open("future-guest")) {
            host.require(plug(guest.mac(), mtu, network.number()), "ip", "-batch", "-");
            Programs inside = new Programs(List.of("nsenter", "--net=" + network.path()), PROGRAM_TIME_MAX);
            inside.require("", "sysctl", "-q", "-w", "net.ipv6.conf." + NIC + ".accept_ra=0");
            inside.require(configure(guest), "ip", "-batch", "-");
            awaitReadiness(inside);
            return guest.destinations().stream().map(to -> ask(inside, guest, to)).toList();
        } finally {
            // The end of the namespace has taken it away already, or will some time later.
            host.run("", "ip", "link", "delete", CABLE);
        }
    }

    /** The kernel looks at carriers once a second; a bridge with a forward delay takes its time, too. */
    private void awaitReadiness(Programs inside) {
        for (Duration waited = Duration.ZERO; waited.compareTo(FORWARDING_TIME_MAX) < 0; waited = waited
                .plus(FORWARDING_POLL)) {
            Links links = Links.parse(host.require("", "ip", "-d", "-j", "link", "show", "dev", CABLE));
            if (links.find(CABLE).filter(Links.Link::forwarding).isPresent()
                    && inside.require("", "ip", "-o", "link", "show", "dev", NIC).contains(" state UP ")) {
                return;
            }
            LockSupport.parkNanos(FORWARDING_POLL.toNanos());
        }
        throw new HostNetworkException("the bridge " + bridge + " passes nothing on for a new port: is it up, and is"
                + " its forward delay 0?");
    }

    private EchoAnswer ask(Programs inside, FutureGuest guest, IPv6Address destination) {
        String to = destination.toCanonicalString();
        Echo.Answer answer = new Echo(inside).from(guest.moa().toString(), to);
        return new EchoAnswer(destination, answer.came(), answer.came() || new Echo(host).small(to).came(),
                answer.refusal());
    }

    /**
     * A bridge takes over the least MTU of its ports and, unless it was given one, the least of their MACs: the cable must not
     * be either.
     */
    private String plug(MacAddress mac, int mtu, int network) {
        return """
                link add %1$s mtu %2$d address %3$s type veth peer name %4$s mtu %2$d address %5$s netns %6$d
                link set %1$s addrgenmode none
                link set %1$s master %7$s
                link set %1$s up
                """.formatted(CABLE, mtu, beyond(mac), NIC, mac, network, bridge);
    }

    private static String beyond(MacAddress mac) {
        byte[] bytes = mac.bytes();
        bytes[0] = (byte) 0xfe;
        return HexFormat.ofDelimiter(":").formatHex(bytes);
    }

    private static String configure(FutureGuest guest) {
        return """
                link set lo up
                link set %1$s addrgenmode none
                address add %2$s/64 dev %1$s nodad
                address add %3$s/64 dev %1$s nodad
                link set %1$s up
                neighbour replace %4$s lladdr %5$s dev %1$s nud permanent
                route add default via %4$s dev %1$s
                """.formatted(NIC, guest.moa(), guest.mac().linkLocal(), guest.gateway().linkLocal(),
                guest.gateway().mac());
    }
}
