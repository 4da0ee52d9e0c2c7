package org.godwit.planner.prediction;

import java.util.List;

/**
 * A figure and how far off it may be.
 *
 * @param low at most {@code likely}
 * @param high at least {@code likely}; infinite where the copy may not come to an end
 */
public record Estimate(double low, double likely, double high) {

    public static final Estimate ZERO = new Estimate(0, 0, 0);

    /** Two say nothing of how far the third will be off. */
    private static final int ENOUGH = 3;

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

    /**
     * What will be measured next of what was measured before: the median, from the least to the most; where that was once or twice only,
     * from half of it to double.
     *
     * @param measured at least one, each zero or more
     */
    public static Estimate ofMeasured(List<Double> measured) {
        List<Double> sorted = measured.stream().sorted().toList();
        double least = sorted.getFirst();
        double most = sorted.getLast();
        return sorted.size() < ENOUGH
                ? new Estimate(least / 2, median(sorted), most * 2)
                : new Estimate(least, median(sorted), most);
    }

    /** @param sorted at least one */
    static double median(List<Double> sorted) {
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    public Estimate plus(Estimate other) {
        return new Estimate(low + other.low, likely + other.likely, high + other.high);
    }

    public boolean contains(double measured) {
        return low <= measured && measured <= high;
    }
}
