package org.godwit.lab.bench;

import java.util.Collection;
import java.util.List;

/**
 * Figures of one kind, in ascending order.
 *
 * @param values at least one
 */
public record Sample(List<Double> values) {

    private static final double MOST = 0.9;
    private static final double TAIL = 0.99;

    /** @throws IllegalArgumentException when there is nothing to tell, or something that is no number */
    public Sample {
        if (values.isEmpty() || values.stream().anyMatch(value -> !Double.isFinite(value))) {
            throw new IllegalArgumentException("a sample has one number or more, got " + values);
        }
        values = values.stream().sorted().toList();
    }

    public static Sample of(Collection<? extends Number> values) {
        return new Sample(values.stream().map(Number::doubleValue).toList());
    }

    public int n() {
        return values.size();
    }

    public double lowest() {
        return values.getFirst();
    }

    public double highest() {
        return values.getLast();
    }

    public double median() {
        int middle = values.size() / 2;
        return values.size() % 2 == 1 ? values.get(middle) : (values.get(middle - 1) + values.get(middle)) / 2;
    }

    /** The value that 9 of 10 do not exceed, by nearest rank: the highest one of fewer than ten. */
    public double p90() {
        return rank(MOST);
    }

    /** The value that 99 of 100 do not exceed, by nearest rank: the highest one of fewer than a hundred. */
    public double p99() {
        return rank(TAIL);
    }

    private double rank(double share) {
        return values.get((int) Math.ceil(share * values.size()) - 1);
    }
}
