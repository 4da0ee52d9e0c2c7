package org.godwit.host.command;

import java.util.List;
import java.util.stream.Stream;
import org.godwit.host.hypervisor.DomainSnapshot;
import org.godwit.host.hypervisor.DomainXml.Interface;
import org.godwit.host.network.DesiredHostNetwork;
import org.godwit.host.network.GuestPort;
import org.godwit.host.network.HostNetwork;
import org.godwit.host.network.HostNetworkException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that a VM speaks for itself only: through each port as the addresses that the MAC of its definition makes. What its
 * guest says of itself has no say in that. A port that cannot be guarded is no reason to fail what the VM's operator wants.
 */
public final class PortGuard {

    private static final Logger LOG = LoggerFactory.getLogger(PortGuard.class);

    private final HostNetwork network;
    private final String reachableBridge;

    public PortGuard(HostNetwork network, String reachableBridge) {
        this.network = network;
        this.reachableBridge = reachableBridge;
    }

    /** Its interface on the reachable bridge, and the other one; what is repeated changes nothing. */
    void guard(DomainSnapshot domain) {
        List<GuestPort> ports = Stream.of(domain.xml().on(reachableBridge), domain.xml().off(reachableBridge))
                .flatMap(nic -> nic.filter(it -> !it.tap().isEmpty()).stream()).map(PortGuard::port).toList();
        try {
            network.apply(DesiredHostNetwork.of(ports));
        } catch (HostNetworkException e) {
            LOG.warn("vm={} is not kept from speaking for others: {}", domain.uuid(), e.getMessage());
        }
    }

    private static GuestPort port(Interface nic) {
        return new GuestPort(nic.tap(), nic.mac());
    }
}
