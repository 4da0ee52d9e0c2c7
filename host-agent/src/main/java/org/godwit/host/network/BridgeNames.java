package org.godwit.host.network;

import java.util.UUID;

/** The names of what the agent makes. Linux allows 15 characters for a link. */
public final class BridgeNames {

    /** Where an interface waits when nothing is staged: a black hole. */
    public static final String IDLE = "gw-idle";

    /** How the names of all dummy bridges begin. */
    static final String STAGING_PREFIX = "gws-";

    private BridgeNames() {}

    /** The dummy bridge of one VM: the first 8 hex digits of its UUID tell it from the others. */
    static String staging(UUID vm) {
        return STAGING_PREFIX + vm.toString().substring(0, 8);
    }

    /** How the names of the nftables chains end that make a bridge a black hole. */
    static String chainOf(String bridge) {
        return bridge.substring(bridge.indexOf('-') + 1);
    }

    static boolean isStaging(String link) {
        return link.startsWith(STAGING_PREFIX);
    }

    /** Written on a dummy bridge as its alias: two VMs whose UUIDs begin alike are noticed by it. */
    static String alias(UUID vm) {
        return "godwit:" + vm;
    }
}
