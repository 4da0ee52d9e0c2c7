package org.godwit.guest;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.godwit.model.Gateway;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.SitePrefix;

/**
 * The node's Ethernet interfaces. Everything may be called twice. Methods throw {@link InterfacesException} when the system
 * says no.
 */
interface Interfaces {

    /** What autoconfiguration made of a router advertisement. */
    record Formed(MobileAddress moa, LinkLocalAddress linkLocal) {}

    /** An interface and one of its addresses. */
    record Reached(Nic nic, MobileAddress moa) {}

    /** All but the translating one. */
    List<Nic> nics();

    /**
     * The interface that has an address outside {@code hoaSpace} and a default router. Where none has, all are brought up to
     * listen for router advertisements, and those that heard none go down again.
     *
     * @return empty when none came up in time
     */
    Optional<Uplink> uplink(SitePrefix hoaSpace, Duration atMost);

    /** Any address outside {@code hoaSpace} of the interface with this name, waiting for it; changes nothing. */
    Optional<MobileAddress> address(String name, SitePrefix hoaSpace, Duration atMost);

    /**
     * Addresses outside {@code hoaSpace} that the interfaces with these names have now, in that order.
     *
     * @throws InterfacesException when one of them is no Ethernet interface
     */
    List<Reached> reached(List<String> names, SitePrefix hoaSpace);

    /** Waits until an address may have come or gone since the last call; sometimes sooner, never longer than told. */
    void awaitChange(Duration atMost) throws InterruptedException;

    /** Packets with a source in the uplink's prefix leave through it, whatever the default route says. */
    void routeFrom(Uplink uplink);

    /**
     * Brings the interface up behind the one that carries plain traffic, with the gateway's neighbour entry given and packets
     * from its prefix routed to it, and waits for an address under the prefix. No duplicate address detection: it would ask
     * a dummy bridge; the target's host agent probes the real link.
     *
     * @throws Refusal NO_ROUTER_ADVERTISEMENT or WRONG_ROUTER
     */
    Formed stage(Nic nic, Gateway gateway, Duration atMost) throws Refusal;

    /** The staged interface has become the ordinary one: its gateway is resolved like any neighbour. */
    void settle(Nic nic, Gateway gateway);

    /** Takes addresses and routes away and sets the interface down. */
    void release(Nic nic);
}
