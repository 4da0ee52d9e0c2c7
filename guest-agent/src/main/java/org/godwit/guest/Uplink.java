package org.godwit.guest;

import static java.util.Objects.requireNonNull;

import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.SitePrefix;

/** The interface that leads to the world now, its address and its router. */
record Uplink(Nic nic, MobileAddress moa, SitePrefix prefix, LinkLocalAddress router) {

    Uplink {
        requireNonNull(nic, "nic is null");
        requireNonNull(moa, "moa is null");
        requireNonNull(prefix, "prefix is null");
        requireNonNull(router, "router is null");
    }
}
