package org.godwit.model;

import static java.util.Objects.requireNonNull;

/**
 * A site's router as it looks from its link: all that a dummy bridge has to impersonate on the source host.
 *
 * @param linkLocal the source address of its router advertisements, the next hop of every host on the link
 * @param mac what neighbour discovery answers for it; a dummy bridge takes the same one, so that the VM's neighbour entry
 *        is right at the moment it lands
 * @param prefix the /64 that its advertisements carry
 */
public record Gateway(LinkLocalAddress linkLocal, MacAddress mac, SitePrefix prefix) {

    public Gateway {
        requireNonNull(linkLocal, "linkLocal is null");
        requireNonNull(mac, "mac is null");
        requireNonNull(prefix, "prefix is null");
    }
}
