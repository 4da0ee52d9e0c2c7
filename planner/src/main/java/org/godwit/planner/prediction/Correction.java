package org.godwit.planner.prediction;

import java.util.List;

/**
 * What forecasts have been wrong by, as far as that has a system.
 *
 * @param factor by which a forecast is multiplied, 1/4 to 4: the median of what was measured over what was forecast, which
 *        one odd migration does not move
 * @param spread how far the half of those ratios is from their median, as a share of it, 0.05 to 0.9: 1.4826 times their median
 *        absolute deviation, which is the standard deviation where errors are normal
 * @param migrations on which it rests; below {@link #MIGRATIONS_MIN} nothing is corrected
 */
public record Correction(double factor, double spread, int migrations) {

    public static final Correction NONE = new Correction(1, 0.9, 0);

    /** Two say nothing of how far the third will be off. */
    public static final int MIGRATIONS_MIN = 3;

    private static final double FACTOR_MAX = 4;
    private static final double SPREAD_MIN = 0.05;
    private static final double SPREAD_MAX = 0.9;
    private static final double NORMAL = 1.4826;
    /** Nineteen of twenty, where errors are normal. */
    private static final double REACH = 2;

    /** @throws IllegalArgumentException when out of range */
    public Correction {
        if (!(factor >= 1 / FACTOR_MAX && factor <= FACTOR_MAX) || !(spread >= SPREAD_MIN && spread <= SPREAD_MAX)
                || migrations < 0) {
            throw new IllegalArgumentException("a correction is by 1/4 to 4 with a spread of 0.05 to 0.9, got " + factor
                    + " and " + spread + " of " + migrations);
        }
    }

    /** @param ratios what was measured over what was forecast without a correction; what is no number above zero is left out */
    public static Correction of(List<Double> ratios) {
        List<Double> sound = ratios.stream().filter(ratio -> ratio > 0 && Double.isFinite(ratio)).sorted().toList();
        if (sound.size() < MIGRATIONS_MIN) {
            return NONE;
        }
        double median = Estimate.median(sound);
        double deviation = Estimate.median(sound.stream().map(ratio -> Math.abs(ratio - median)).sorted().toList());
        return new Correction(Math.clamp(median, 1 / FACTOR_MAX, FACTOR_MAX),
                Math.clamp(NORMAL * deviation / median, SPREAD_MIN, SPREAD_MAX), sound.size());
    }

    public boolean isKnown() {
        return migrations > 0;
    }

    /** As it is, while nothing is known; else with the range that the past allows, where that is wider. */
    Estimate applyTo(Estimate estimate) {
        if (!isKnown()) {
            return estimate;
        }
        double likely = estimate.likely() * factor;
        double reach = REACH * spread;
        return new Estimate(Math.min(estimate.low() * factor, likely * Math.max(0, 1 - reach)), likely,
                Math.max(estimate.high() * factor, likely * (1 + reach)));
    }
}
