package org.godwit.shim;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The data plane of a home gateway, as an agent steers it. Its peers are the mobile nodes, and {@link #proxies} are the
 * correspondents on whose behalf it translates.
 */
public interface GatewayPlane extends PeerTable, AutoCloseable {

    Proxies proxies();

    /** Waits for the next event; empty when none came in time, and sometimes sooner, as when the data plane is closed. */
    Optional<ShimEvent.OfGateway> nextEvent(Duration atMost);

    /** All counters since the programs were loaded, summed over the processors. */
    Map<Counter, Long> counters();

    /** Lets go from user space. Pinned programs and maps stay: an agent's restart does not touch traffic. */
    @Override
    void close();
}
