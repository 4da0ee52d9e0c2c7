package org.godwit.mcs;

import static java.util.Objects.requireNonNull;

import inet.ipaddr.ipv6.IPv6Address;
import java.nio.file.Path;
import java.util.List;
import org.godwit.mcs.ims.HomeGateway;
import org.godwit.model.SitePrefix;

/**
 * All that a server is told at its start.
 *
 * @param data folder of the database
 * @param ims where the mapping server listens
 * @param imsAdvertised where guests reach it
 * @param hoaSpace the prefix of all HoAs
 * @param homeGateways who may register plain correspondents
 */
record McsConfiguration(Path data, Endpoint rest, Endpoint agents, Endpoint ims, IPv6Address imsAdvertised,
        SitePrefix hoaSpace, List<HomeGateway> homeGateways) {

    McsConfiguration {
        requireNonNull(data, "data is null");
        requireNonNull(rest, "rest is null");
        requireNonNull(agents, "agents is null");
        requireNonNull(ims, "ims is null");
        requireNonNull(imsAdvertised, "imsAdvertised is null");
        requireNonNull(hoaSpace, "hoaSpace is null");
        homeGateways = List.copyOf(homeGateways);
    }
}
