package org.godwit.host.network;

/**
 * Renders the nftables table that makes a bridge a black hole. It stands on the bridge device itself (netdev family), below
 * every protocol: what a VM sends to the gateway's MAC comes up through it and would otherwise be routed by the host, out of
 * the wrong site. Egress needs Linux 5.16.
 *
 * <p>Loading replaces the table in one transaction. A table outlives its bridge on newer kernels and must be deleted.
 */
final class BlackHole {

    private BlackHole() {}

    /** Nothing passes. */
    static String ofIdle() {
        return table(BridgeNames.IDLE, "", "");
    }

    /**
     * Only router and neighbour discovery passes (RFC 4861: hop limit 255 proves that it was sent on this link), and router
     * advertisements only towards the VM.
     */
    static String ofDummy(String bridge) {
        return table(bridge, accept("nd-router-solicit"), accept("nd-router-advert"));
    }

    /** Adding before deleting makes it right whether the table exists or not. */
    static String remove(String bridge) {
        String table = "table netdev " + BridgeNames.tableOf(bridge);
        return table + "\ndelete " + table + "\n";
    }

    private static String table(String bridge, String fromVm, String toVm) {
        return remove(bridge) + """
                table netdev %s {
                    chain from_vm {
                        type filter hook ingress device "%s" priority -300; policy drop;
                %s    }
                    chain to_vm {
                        type filter hook egress device "%s" priority -300; policy drop;
                %s    }
                }
                """.formatted(BridgeNames.tableOf(bridge), bridge, fromVm, bridge, toVm);
    }

    private static String accept(String routerMessage) {
        return "        ip6 hoplimit 255 icmpv6 type { " + routerMessage
                + ", nd-neighbor-solicit, nd-neighbor-advert } accept\n";
    }
}
