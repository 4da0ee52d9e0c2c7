package org.godwit.host;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.godwit.host.network.HostNetwork;
import org.godwit.host.network.HostNetworkException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes what ended VMs leave: nobody tells of their end while libvirt's daemon is away. */
final class Housekeeping implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final Duration INTERVAL = Duration.ofSeconds(15);

    private final ScheduledExecutorService clock = Executors
            .newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("housekeeping").factory());

    /** Begins at once. */
    Housekeeping(HostNetwork network) {
        requireNonNull(network, "network is null");
        clock.scheduleWithFixedDelay(() -> sweep(network), INTERVAL.toMillis(), INTERVAL.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private static void sweep(HostNetwork network) {
        try {
            network.sweep();
        } catch (HostNetworkException e) {
            LOG.warn("what ended VMs have left stays until the next attempt: {}", e.getMessage());
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
