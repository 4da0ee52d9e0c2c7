package org.godwit.guest;

import java.time.Duration;
import org.godwit.shim.Proxies;

/**
 * How much a home gateway takes on.
 *
 * @param correspondentsMax for how many it translates at a time
 * @param newcomers correspondents that get a proxy address
 * @param newcomersOfOneLink those of one /64
 * @param questions to the mapping server that packets have caused; well below what it answers one source
 * @param idleMax after so long without a packet a correspondent is forgotten. The data plane counts correspondents, not
 *        sessions, so there is one limit, that of the most patient kind: 2 h 4 min for TCP (RFC 5382, REQ-5)
 */
record GatewayLimits(int correspondentsMax, Rate newcomers, Rate newcomersOfOneLink, Rate questions,
        Duration idleMax) {

    static final GatewayLimits DEFAULT = new GatewayLimits(Proxies.CORRESPONDENTS_MAX, new Rate(100, 400),
            new Rate(10, 64), new Rate(500, 1000), Duration.ofMinutes(124));
}
