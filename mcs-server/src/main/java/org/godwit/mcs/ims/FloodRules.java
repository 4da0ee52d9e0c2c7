package org.godwit.mcs.ims;

/**
 * Renders the nftables table that keeps floods from the mapping server's socket. The server has limits of its own, but it learns
 * of a datagram when it has read it: what comes faster than that fills the socket's queue, and the kernel then drops the honest
 * ones with the others.
 *
 * <p>A /64 gets as much as all that {@link ImsPolicy} allows it, twice over, since there may be many owners in it, and
 * each may register.
 * When the table of sources is full, those that are not in it pass, and the server's own limits hold.
 */
public final class FloodRules {

    private FloodRules() {}

    /**
     * Replaces the rules of an earlier time. Loaded by {@code nft -f}.
     *
     * @param port where the mapping server listens, 1 to 65535
     */
    public static String of(int port, ImsPolicy policy) {
        int perSecond = 2 * (policy.questions().perSecond() + policy.failures().perSecond());
        return """
                table ip6 godwit_ims
                delete table ip6 godwit_ims
                table ip6 godwit_ims {
                    set sources {
                        typeof ip6 saddr
                        flags dynamic
                        size 65536
                        timeout 10s
                    }
                    chain input {
                        type filter hook input priority -300; policy accept;
                        udp dport %d update @sources { ip6 saddr & ffff:ffff:ffff:ffff:: limit rate over %d/second burst %d packets } counter drop comment "more than a site may send"
                    }
                }
                """
                .formatted(port, perSecond, 2 * perSecond);
    }
}
