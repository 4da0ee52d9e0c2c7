package org.godwit.guest;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.guest.GuestRequest.Enrol;
import org.godwit.shim.GatewayPlane;
import org.godwit.shim.ShimEvent;
import org.godwit.shim.ShimException;

/**
 * A home gateway at work: one thread hears the kernel, one decides. What the mapping server's client tells, it tells while it
 * holds its lock, so that goes to the second thread too.
 */
final class HomeGatewayNode implements AutoCloseable {

    private static final Duration WAIT = Duration.ofSeconds(1);

    private final GatewayPlane plane;
    private final ScheduledExecutorService own;
    private final HomeGateway gateway;
    private final GatewayMappings mappings;
    private final LineLog log;
    private final Thread events = Thread.ofPlatform().daemon().name("shim-events").unstarted(this::listen);

    private HomeGatewayNode(GatewayPlane plane, ScheduledExecutorService own, HomeGateway gateway,
            GatewayMappings mappings, LineLog log) {
        this.plane = plane;
        this.own = own;
        this.gateway = gateway;
        this.mappings = mappings;
        this.log = log;
    }

    /** @param source the gateway's own address on its interface */
    static HomeGatewayNode start(GatewayPlane plane, Enrol identity, MobileAddress source, ProxyAddresses addresses,
            Set<HomeAddress> standing,
            GatewayMappings.Opener mappingServer, LongSupplier nanoTicker, LineLog log) {
        ScheduledExecutorService own = Executors
                .newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("home-gateway").factory());
        HomeGateway gateway = new HomeGateway(plane, identity.hoa(), addresses, identity.hoaSpace(), standing,
                GatewayLimits.DEFAULT, own, nanoTicker, log);
        GatewayMappings mappings = mappingServer.open(identity, source,
                mapping -> own.execute(() -> gateway.learn(mapping)));
        HomeGatewayNode node = new HomeGatewayNode(plane, own, gateway, mappings, log);
        node.start();
        return node;
    }

    private void start() {
        own.execute(() -> gateway.begin(mappings));
        own.scheduleWithFixedDelay(this::tick, 0, HomeGateway.TICK.toMillis(), TimeUnit.MILLISECONDS);
        events.start();
    }

    /** Returns when the kernel is not heard any more. */
    void awaitEnd() throws InterruptedException {
        events.join();
    }

    private void tick() {
        try {
            gateway.tick();
        } catch (RuntimeException e) {
            // The next one may go better; without this there would be none.
            log.line("gateway_failed", "reason", e);
        }
    }

    private void listen() {
        try {
            while (true) {
                Optional<ShimEvent.OfGateway> event = plane.nextEvent(WAIT);
                if (event.isPresent()) {
                    handle(event.get());
                }
            }
        } catch (IllegalStateException | RejectedExecutionException | ShimException e) {
            log.line("shim_events_end", "reason", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One at a time: while there are more than we can handle they are lost, and counted, in the kernel. */
    private void handle(ShimEvent.OfGateway event) throws InterruptedException {
        try {
            own.submit(() -> gateway.handle(event)).get();
        } catch (ExecutionException e) {
            // One event is lost; the kernel asks again.
            log.line("shim_event_failed", "event", event, "reason", e.getCause());
        }
    }

    /** Lets go; what is pinned goes on translating. */
    @Override
    public void close() {
        mappings.close();
        own.shutdownNow();
        plane.close();
    }
}
