package org.godwit.host.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.godwit.host.hypervisor.DomainSnapshot;
import org.godwit.host.hypervisor.DomainXml.Interface;
import org.godwit.host.network.DesiredHostNetwork;
import org.godwit.host.network.GuestPort;
import org.godwit.host.network.HostNetwork;
import org.godwit.host.network.HostNetworkException;
import org.godwit.model.MobileAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that a VM speaks for itself only. Of a guest that does not form its addresses of its MACs nothing is presumed:
 * through its ports any address may speak. A port that cannot be guarded is no reason to fail what the VM's operator wants.
 */
public final class PortGuard {

    private static final Logger LOG = LoggerFactory.getLogger(PortGuard.class);

    private final HostNetwork network;
    private final String reachableBridge;
    private final Map<UUID, MobileAddress> actives = new ConcurrentHashMap<>();

    public PortGuard(HostNetwork network, String reachableBridge) {
        this.network = network;
        this.reachableBridge = reachableBridge;
    }

    /**
     * @param active the MoA of the interface on the reachable bridge; empty when it is not known
     * @param staged that of the other interface, when it has one
     */
    void guard(DomainSnapshot domain, Optional<MobileAddress> active, Optional<MobileAddress> staged) {
        active.ifPresentOrElse(moa -> actives.put(domain.uuid(), moa), () -> actives.remove(domain.uuid()));
        Optional<Interface> primary = domain.xml().on(reachableBridge);
        boolean formsOfMacs = primary.isPresent()
                && active.filter(moa -> GuestPort.isFormedOf(moa, primary.get().mac())).isPresent();
        List<GuestPort> ports = new ArrayList<>();
        primary.ifPresent(nic -> port(nic, formsOfMacs, active).ifPresent(ports::add));
        domain.xml().off(reachableBridge).ifPresent(nic -> port(nic, formsOfMacs
                && staged.filter(moa -> !GuestPort.isFormedOf(moa, nic.mac())).isEmpty(), staged)
                .ifPresent(ports::add));
        try {
            network.apply(DesiredHostNetwork.of(ports));
        } catch (HostNetworkException e) {
            LOG.warn("vm={} is not kept from speaking for others: {}", domain.uuid(), e.getMessage());
        }
    }

    /** The interface that is not on the reachable bridge gets another MoA, or none; the other one is as it was last told. */
    void staging(DomainSnapshot domain, Optional<MobileAddress> staged) {
        guard(domain, Optional.ofNullable(actives.get(domain.uuid())), staged);
    }

    /** The VM is not here any more. */
    void forget(UUID vm) {
        actives.remove(vm);
    }

    private static Optional<GuestPort> port(Interface nic, boolean formsOfMac, Optional<MobileAddress> moa) {
        if (nic.tap().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(formsOfMac
                ? GuestPort.of(nic.tap(), nic.mac(), moa.stream().toList())
                : GuestPort.unknown(nic.tap(), nic.mac()));
    }
}
