package org.godwit.host.operation;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.godwit.host.hypervisor.Hypervisor;
import org.godwit.host.hypervisor.HypervisorException;
import org.godwit.host.network.KernelPacketRelay;
import org.godwit.host.network.LinuxNetwork;
import org.godwit.operation.metrics.Metrics;
import org.godwit.operation.status.Check;
import org.godwit.operation.status.StatusServer;

/** What the agent shows of itself: its host's network, its hypervisor, its session. */
public final class HostStatus {

    private static final UUID NOBODY = new UUID(0, 0);

    private final Metrics metrics;

    public HostStatus(Metrics metrics) {
        this.metrics = metrics.withJvm();
    }

    public HostStatus show(LinuxNetwork network) {
        metrics.ask(HostMetric.BRIDGES_STAGED, values -> values.are(network.staged().bridges()))
                .ask(HostMetric.RADVD_RUNNING, values -> values.are(network.staged().radvds()));
        return this;
    }

    public HostStatus show(KernelPacketRelay relay) {
        metrics.ask(HostMetric.RELAYED_VMS, values -> values.are(relay.figures().vms())).ask(
                HostMetric.RELAYED_PACKETS, values -> {
                    KernelPacketRelay.Figures figures = relay.figures();
                    values.are(figures.packets(), "relayed");
                    values.are(figures.escaped(), "escaped");
                });
        return this;
    }

    /** @param session whether the agent has one now */
    public StatusServer serve(InetSocketAddress address, BooleanSupplier session, Hypervisor hypervisor,
            LinuxNetwork network) {
        metrics.ask(HostMetric.SESSION_OPEN, values -> values.are(session.getAsBoolean() ? 1 : 0));
        return StatusServer.start(address, metrics, List.of(), List.of(
                new Check("mcs", () -> session.getAsBoolean()
                        ? Optional.empty()
                        : Optional.of("there is no session: the log tells why; it is tried again by itself")),
                new Check("libvirt", () -> libvirt(hypervisor)),
                new Check("network", network::lackOfReachableBridge)));
    }

    private static Optional<String> libvirt(Hypervisor hypervisor) {
        try {
            hypervisor.find(NOBODY);
            return Optional.empty();
        } catch (HypervisorException e) {
            return Optional.of(e.getMessage());
        }
    }
}
