package org.godwit.mcs.runner;

/**
 * How many migrations may run at a time.
 *
 * @param total in all
 * @param perHost from and to one host, together: each costs it bandwidth and memory, whichever way it goes
 * @param perLink between two sites, both ways together; also between the hosts of one site
 */
public record ConcurrencyLimits(int total, int perHost, int perLink) {

    /** Two copies on a link of a host go well beside its VMs' own traffic; four between two sites, since sites share theirs. */
    public static final ConcurrencyLimits DEFAULT = new ConcurrencyLimits(20, 2, 4);

    public ConcurrencyLimits {
        requirePositive("total", total);
        requirePositive("perHost", perHost);
        requirePositive("perLink", perLink);
    }

    private static void requirePositive(String what, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException(what + " must be above 0, got " + limit);
        }
    }
}
