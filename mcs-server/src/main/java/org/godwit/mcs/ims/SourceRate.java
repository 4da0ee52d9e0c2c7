package org.godwit.mcs.ims;

/**
 * How much one source may cause: a site's /64, since whoever has one address of it has them all.
 *
 * @param perSecond in the long run; 1 to 1,000,000
 * @param burst at once, after a silence; at least 1
 */
public record SourceRate(int perSecond, int burst) {

    /** @throws IllegalArgumentException when a value is out of its range */
    public SourceRate {
        if (perSecond < 1 || perSecond > 1_000_000) {
            throw new IllegalArgumentException("perSecond must be 1 to 1000000, got " + perSecond);
        }
        if (burst < 1) {
            throw new IllegalArgumentException("burst must be at least 1, got " + burst);
        }
    }
}
