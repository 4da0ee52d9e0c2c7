package org.godwit.mcs;

import static java.util.Objects.requireNonNull;

import inet.ipaddr.ipv6.IPv6Address;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.godwit.mcs.ims.HomeGateway;
import org.godwit.mcs.ims.RegistrationPolicy;
import org.godwit.mcs.runner.ConcurrencyLimits;
import org.godwit.mcs.runner.StepLimits;
import org.godwit.model.SitePrefix;

/**
 * All that a server is told at its start.
 *
 * @param data folder of the database
 * @param names names and addresses by which it is reached, beside those that it listens at
 * @param status where metrics are read and health is asked for
 * @param ims where the mapping server listens, or is told to guests to listen when it is elsewhere
 * @param imsAdmin where it is administered when it is another process; empty when it is inside
 * @param imsAdvertised where guests reach it
 * @param hoaSpace the prefix of all HoAs
 * @param homeGateways who may register plain correspondents
 * @param registrations what owners of HoAs may register at the mapping server inside
 * @param concurrency how many migrations may run at a time
 * @param limits how long their steps may take
 */
record McsConfiguration(Path data, List<String> names, Endpoint rest, Endpoint agents, Endpoint status, Endpoint ims,
        Optional<Endpoint> imsAdmin, IPv6Address imsAdvertised, SitePrefix hoaSpace,
        List<HomeGateway> homeGateways, RegistrationPolicy registrations, ConcurrencyLimits concurrency,
        StepLimits limits) {

    McsConfiguration {
        requireNonNull(data, "data is null");
        names = List.copyOf(names);
        requireNonNull(rest, "rest is null");
        requireNonNull(agents, "agents is null");
        requireNonNull(status, "status is null");
        requireNonNull(ims, "ims is null");
        requireNonNull(imsAdmin, "imsAdmin is null");
        requireNonNull(imsAdvertised, "imsAdvertised is null");
        requireNonNull(hoaSpace, "hoaSpace is null");
        homeGateways = List.copyOf(homeGateways);
        requireNonNull(registrations, "registrations is null");
        requireNonNull(concurrency, "concurrency is null");
        requireNonNull(limits, "limits is null");
    }
}
