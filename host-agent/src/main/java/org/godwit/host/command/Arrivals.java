package org.godwit.host.command;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.godwit.host.disk.ArrivingDisks;
import org.godwit.host.hypervisor.DomainXml;
import org.godwit.host.hypervisor.Hypervisor;
import org.godwit.host.hypervisor.HypervisorException;
import org.godwit.host.network.Arrival;
import org.godwit.host.network.HostNetwork;
import org.godwit.host.network.HostNetworkException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The VMs that this host expects. Their link is made ready for the first packet, and kept ready until they run. That it is
 * not would cost a VM packets, never its migration, so nothing here fails. An agent that was restarted meanwhile expects
 * nobody.
 */
public final class Arrivals implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Arrivals.class);

    /** Well within the time for which a gateway remembers. */
    private static final Duration INTRODUCTION_INTERVAL = Duration.ofSeconds(5);

    private final HostNetwork network;
    private final PortGuard ports;
    private final ArrivingDisks disks;
    private final String reachableBridge;
    private final ScheduledExecutorService clock = Executors
            .newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("arrivals-", 0).factory());
    private final Map<UUID, Expected> expected = new ConcurrentHashMap<>();

    private record Expected(Arrival arrival, Future<?> introductions) {}

    public Arrivals(HostNetwork network, PortGuard ports, ArrivingDisks disks, String reachableBridge) {
        this.network = network;
        this.ports = ports;
        this.disks = disks;
        this.reachableBridge = reachableBridge;
    }

    /** The first introduction has been made when this returns. */
    void expect(UUID vm, Arrival arrival) {
        forget(vm);
        introduce(vm, arrival);
        expected.put(vm, new Expected(arrival, clock.scheduleWithFixedDelay(() -> introduce(vm, arrival),
                INTRODUCTION_INTERVAL.toMillis(), INTRODUCTION_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)));
    }

    /** The domain exists here and waits for its memory. Blocks. */
    public void arriving(UUID vm, Hypervisor hypervisor) {
        Expected one = expected.get(vm);
        if (one == null) {
            return;
        }
        try {
            hypervisor.find(vm).ifPresent(domain -> {
                domain.xml().on(reachableBridge).map(DomainXml.Interface::tap).filter(tap -> !tap.isEmpty())
                        .ifPresent(network::widenQueue);
                ports.guard(domain);
            });
        } catch (HypervisorException | HostNetworkException e) {
            LOG.warn("vm={} only so many packets can wait for it: {}", vm, e.getMessage());
        }
    }

    /** It has come while it was off, and is about to be started. */
    void starting(UUID vm) {
        disks.rest(vm);
    }

    /** It is at home here. Blocks for as long as it takes to put its disks together. */
    void settled(UUID vm) {
        disks.flatten(vm);
    }

    /** It will not come. */
    void discard(UUID vm) {
        forget(vm);
        disks.discard(vm);
    }

    /** It runs here and speaks for itself, or it will not come. */
    public void forget(UUID vm) {
        Expected one = expected.remove(vm);
        if (one != null) {
            one.introductions().cancel(false);
        }
    }

    private void introduce(UUID vm, Arrival arrival) {
        try {
            network.introduce(arrival);
        } catch (HostNetworkException e) {
            LOG.warn("vm={} the gateway will have to ask for it: {}", vm, e.getMessage());
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
