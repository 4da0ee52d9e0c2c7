package org.godwit.host.network;

import static java.util.Objects.requireNonNull;

import inet.ipaddr.ipv6.IPv6Address;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.godwit.model.Gateway;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.SitePrefix;

/** What can be found out about this host's links without changing anything. Every question ends within seconds. */
public interface LinkFacts {

    /** What a path lets through, asked with echoes. {@code mtuTold}: by a router; 0 when none has. */
    record MeasuredPath(IPv6Address to, int linkMtu, boolean smallAnswered, boolean largeAnswered, int mtuTold) {}

    /** A router as it has advertised itself. */
    record Router(LinkLocalAddress linkLocal, Optional<MacAddress> mac, List<SitePrefix> prefixes) {
        public Router {
            prefixes = List.copyOf(prefixes);
        }
    }

    /** A VM that is not here yet: what it will be on this link, and whom it asks for an echo. */
    record FutureGuest(MobileAddress moa, MacAddress mac, Gateway gateway, List<IPv6Address> destinations) {
        public FutureGuest {
            requireNonNull(moa, "moa is null");
            requireNonNull(mac, "mac is null");
            requireNonNull(gateway, "gateway is null");
            destinations = List.copyOf(destinations);
        }
    }

    /**
     * How far a packet with the VM's address came.
     *
     * @param hostAnswered whether the destination answers this host itself
     * @param refusal what a router has said instead of an answer; empty when nothing
     */
    record EchoAnswer(IPv6Address destination, boolean answered, boolean hostAnswered, String refusal) {}

    /**
     * The reachable bridge.
     *
     * @param mtu the least of its own and its uplinks'
     * @param forwardDelayMs for so long it passes nothing on for a new port
     * @param uplinkBytesPerSecond of the slowest uplink, as its driver says; 0 when none says anything
     */
    record Bridge(int mtu, int forwardDelayMs, long uplinkBytesPerSecond) {}

    /** @throws HostNetworkException when there is none */
    Bridge bridge();

    /** @throws HostNetworkException when there is no way to it */
    MeasuredPath path(IPv6Address to);

    /**
     * Solicits the routers of the reachable link.
     *
     * @param expected once this one has answered nobody else is waited for; else up to {@code patience}
     */
    List<Router> routers(LinkLocalAddress expected, Duration patience);

    /**
     * Asks as the VM would, from a network namespace on the reachable link that is gone afterwards. Nobody else may have the
     * addresses.
     *
     * @throws HostNetworkException when that cannot be done here
     */
    List<EchoAnswer> echoes(FutureGuest guest);
}
