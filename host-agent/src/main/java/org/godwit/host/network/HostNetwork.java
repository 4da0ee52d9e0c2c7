package org.godwit.host.network;

import inet.ipaddr.ipv6.IPv6Address;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.godwit.model.MacAddress;

/** The host's network as the agent sees it. Every effect may be asked for twice. */
public interface HostNetwork {

    /**
     * Makes true what is desired.
     *
     * @throws HostNetworkException when the system refuses; what was half made is found by a second call or a removal
     */
    void apply(DesiredHostNetwork desired);

    /** Takes the dummy bridge of a VM away with all that belongs to it; a tap still there goes to the idle bridge. */
    void removeStaging(UUID vm);

    /** Removes the rules of VMs' ports that have vanished with their VMs. */
    void sweep();

    /** Removes everything that an agent with this state folder ever makes on this host, without knowing what it made. */
    void cleanUp();

    /** What keeps a VM from arriving on this host's reachable link, in words; empty when nothing does. */
    Optional<String> lackOfReachableBridge();

    /** The links through which packets for VMs come to this host: ports of the reachable bridge that are no VM's. */
    List<String> uplinks();

    /**
     * Lets the gateway of the reachable link know the VM before the VM can speak for itself. The gateway remembers it for 15
     * seconds at least. Does not wait for anything.
     *
     * @throws HostNetworkException when the frames cannot be sent
     */
    void introduce(Arrival vm);

    /**
     * Makes room in the queue where packets wait for a VM that has not been resumed yet.
     *
     * @param tap the host's end of the VM's interface
     */
    void widenQueue(String tap);

    /**
     * Asks the real link who has the address: neighbour discovery (RFC 4861), and this host's own addresses.
     *
     * @return the MAC address of an owner; empty when nobody answered within about 0.6 s
     */
    Optional<MacAddress> ownerOf(IPv6Address address);
}
