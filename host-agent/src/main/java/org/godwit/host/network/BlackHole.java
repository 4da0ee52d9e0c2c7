package org.godwit.host.network;

/**
 * Renders the nftables chains that make a bridge a black hole. They stand on the bridge device itself (netdev family), below
 * every protocol: what a VM sends to the gateway's MAC comes up through it and would otherwise be routed by the host, out of
 * the wrong site. Egress needs Linux 5.16.
 *
 * <p>Loading replaces a bridge's chains in one transaction. A chain outlives its bridge on newer kernels and must be deleted.
 * All bridges share one table: nft reads all rules of the host once for each table before it does anything.
 */
final class BlackHole {

    private static final String TABLE = "netdev godwit";
    private static final String FROM_VM = "from_";
    private static final String TO_VM = "to_";

    private BlackHole() {}

    /** Nothing passes. */
    static String ofIdle() {
        return chains(BridgeNames.IDLE, "", "");
    }

    /**
     * Only router and neighbour discovery passes (RFC 4861: hop limit 255 proves that it was sent on this link), and router
     * advertisements only towards the VM.
     */
    static String ofDummy(String bridge) {
        return chains(bridge, accept("nd-router-solicit"), accept("nd-router-advert"));
    }

    /** Adding before deleting makes it right whether the chains exist or not. */
    static String remove(String bridge) {
        String chain = " chain " + TABLE + " ";
        String name = BridgeNames.chainOf(bridge);
        return "table " + TABLE + "\nadd" + chain + FROM_VM + name + "\nadd" + chain + TO_VM + name + "\ndelete" + chain
                + FROM_VM + name + "\ndelete" + chain + TO_VM + name + "\n";
    }

    /** All bridges, whoever made them. */
    static String removeAll() {
        return "table " + TABLE + "\ndelete table " + TABLE + "\n";
    }

    private static String chains(String bridge, String fromVm, String toVm) {
        return remove(bridge) + """
                table %1$s {
                    chain %2$s%3$s {
                        type filter hook ingress device "%4$s" priority -300; policy drop;
                %5$s    }
                    chain %6$s%3$s {
                        type filter hook egress device "%4$s" priority -300; policy drop;
                %7$s    }
                }
                """.formatted(TABLE, FROM_VM, BridgeNames.chainOf(bridge), bridge, fromVm, TO_VM, toVm);
    }

    private static String accept(String routerMessage) {
        return "        ip6 hoplimit 255 icmpv6 type { " + routerMessage
                + ", nd-neighbor-solicit, nd-neighbor-advert } accept\n";
    }
}
