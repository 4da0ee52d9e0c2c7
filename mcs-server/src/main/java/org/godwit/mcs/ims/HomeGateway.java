package org.godwit.mcs.ims;

import static java.util.Objects.requireNonNull;

import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.SitePrefix;

/**
 * A home gateway, which may register correspondents that know nothing of MAT: addresses outside the HoA space, each at an
 * address of the gateway's proxy prefix.
 *
 * @param hoa by which it is enrolled, with a key
 * @param proxyPrefix no two gateways have the same
 */
public record HomeGateway(HomeAddress hoa, SitePrefix proxyPrefix, SitePrefix hoaSpace) {

    public HomeGateway {
        requireNonNull(hoa, "hoa is null");
        requireNonNull(proxyPrefix, "proxyPrefix is null");
        requireNonNull(hoaSpace, "hoaSpace is null");
        if (proxyPrefix.equals(hoaSpace)) {
            throw new IllegalArgumentException("the proxy prefix of the home gateway " + hoa
                    + " must not be the HoA space " + hoaSpace);
        }
    }

    boolean mayProxy(HomeAddress correspondent, MobileAddress proxy) {
        MobileAddress plain = new MobileAddress(correspondent.address());
        return proxyPrefix.contains(proxy) && !proxyPrefix.contains(plain) && !hoaSpace.contains(plain);
    }
}
