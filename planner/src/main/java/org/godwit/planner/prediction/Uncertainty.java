package org.godwit.planner.prediction;

/**
 * How far what was measured before may be from what the copy will meet, as shares.
 *
 * @param dirtyRate 0 to below 1: 0.5 says that the guest may write half as much, or half as much more
 * @param bandwidth 0 to below 1
 */
public record Uncertainty(double dirtyRate, double bandwidth) {

    /** For a guest and a link that nobody has seen migrate yet. */
    public static final Uncertainty UNTRIED = new Uncertainty(0.5, 0.2);

    /** @throws IllegalArgumentException when out of range */
    public Uncertainty {
        if (!(dirtyRate >= 0 && dirtyRate < 1) || !(bandwidth >= 0 && bandwidth < 1)) {
            throw new IllegalArgumentException(
                    "uncertainties must be 0 to below 1, got " + dirtyRate + " and " + bandwidth);
        }
    }

    Conditions best(Conditions conditions) {
        return conditions.with(1 - dirtyRate, 1 + bandwidth);
    }

    Conditions worst(Conditions conditions) {
        return conditions.with(1 + dirtyRate, 1 - bandwidth);
    }
}
