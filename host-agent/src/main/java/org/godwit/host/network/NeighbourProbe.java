package org.godwit.host.network;

import inet.ipaddr.ipv6.IPv6Address;
import java.util.Optional;
import org.godwit.host.program.Programs;
import org.godwit.model.MacAddress;

/**
 * Asks a link for the owner of an address with ndisc6. Its exit code is 0 when somebody answered, 2 when nobody did, and 1
 * when it could not ask.
 */
final class NeighbourProbe {

    private static final int NOBODY = 2;

    // Two solicitations, 300 ms each: an owner on a LAN answers within milliseconds, the second is for a lost one.
    private static final String ATTEMPTS = "2";
    private static final String WAIT_MS = "300";

    private final Programs programs;
    private final String link;

    NeighbourProbe(Programs programs, String link) {
        this.programs = programs;
        this.link = link;
    }

    Optional<MacAddress> ownerOf(IPv6Address address) {
        Programs.Ended ended = programs.run("", "ndisc6", "-1", "-q", "-r", ATTEMPTS, "-w", WAIT_MS,
                address.toCanonicalString(), link);
        return switch (ended.exitCode()) {
            case 0 -> Optional.of(MacAddress.of(ended.output().lines().findFirst().orElse("").strip()));
            case NOBODY -> Optional.empty();
            default -> throw new HostNetworkException("cannot probe " + address.toCanonicalString() + " on "
                    + link + " (ndisc6 exit code " + ended.exitCode() + "): " + ended.output());
        };
    }
}
