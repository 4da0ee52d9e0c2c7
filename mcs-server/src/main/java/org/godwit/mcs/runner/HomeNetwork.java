package org.godwit.mcs.runner;

import static java.util.Objects.requireNonNull;

import inet.ipaddr.ipv6.IPv6Address;
import org.godwit.model.HomeAddress;
import org.godwit.model.SitePrefix;
import org.godwit.protocol.agent.EnrolGuest;
import org.godwit.protocol.lisp.MappingKey;

import com.google.protobuf.ByteString;

/**
 * What every guest is told of the network of HoAs.
 *
 * @param space the prefix of all HoAs
 * @param imsAddress where guests reach the mapping server
 */
public record HomeNetwork(SitePrefix space, IPv6Address imsAddress, int imsPort) {

    public HomeNetwork {
        requireNonNull(space, "space is null");
        requireNonNull(imsAddress, "imsAddress is null");
        if (imsPort < 1 || imsPort > 65_535) {
            throw new IllegalArgumentException("the mapping server's port must be 1 to 65535, got " + imsPort);
        }
    }

    public boolean contains(HomeAddress hoa) {
        return space.network().toPrefixBlock().contains(hoa.address());
    }

    EnrolGuest enrolment(HomeAddress hoa, MappingKey key) {
        return EnrolGuest.newBuilder().setHoa(hoa.toString()).setHoaSpace(space.toString())
                .setImsAddress(imsAddress.toCanonicalString()).setImsPort(imsPort)
                .setImsKey(ByteString.copyFrom(key.secret())).build();
    }
}
