package org.godwit.lab.bench;

import java.util.Locale;

/** How two nodes talk. */
enum Way {

    /** By their own addresses, with nothing in between. */
    PLAIN,

    /** By Home Addresses, which the MAT shim of both nodes translates. */
    SHIM,

    /** By addresses within a VXLAN tunnel between them (RFC 7348). */
    VXLAN,

    /** By Home Addresses, which nftables translates on both nodes without keeping state. */
    NFTABLES;

    /** As it stands in tables. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
