package org.godwit.planner.prediction;

/**
 * A figure and how far off it may be.
 *
 * @param low at most {@code likely}
 * @param high at least {@code likely}; infinite where the copy may not come to an end
 */
public record Estimate(double low, double likely, double high) {

    /** @throws IllegalArgumentException when out of order, or when the likely figure is no finite number from zero */
    public Estimate {
        if (!(0 <= low && low <= likely && likely <= high) || Double.isInfinite(likely)) {
            throw new IllegalArgumentException(
                    "an estimate ascends from zero or more, got " + low + ", " + likely + ", " + high);
        }
    }

    /** Of figures in any order. */
    static Estimate around(double likely, double one, double other) {
        return new Estimate(Math.min(likely, Math.min(one, other)), likely,
                Math.max(likely, Math.max(one, other)));
    }

    Estimate plus(Estimate other) {
        return new Estimate(low + other.low, likely + other.likely, high + other.high);
    }

    public boolean contains(double measured) {
        return low <= measured && measured <= high;
    }
}
