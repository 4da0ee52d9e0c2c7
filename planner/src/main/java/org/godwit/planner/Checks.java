package org.godwit.planner;

/** Refuses numbers that no machine can have, in words that name them. */
public final class Checks {

    private Checks() {}

    /** @throws IllegalArgumentException when not a finite number above zero */
    public static double positive(String what, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(what + " must be above zero, got " + value);
        }
        return value;
    }

    /** @throws IllegalArgumentException when negative, infinite or no number */
    public static double notNegative(String what, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(what + " must be zero or more, got " + value);
        }
        return value;
    }

    /** @throws IllegalArgumentException when outside of 0 to 1 */
    public static double share(String what, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(what + " must be 0 to 1, got " + value);
        }
        return value;
    }

    /** @throws IllegalArgumentException when outside of the limits, which both belong to what is allowed */
    public static int within(String what, int lowest, int highest, int value) {
        if (value < lowest || value > highest) {
            throw new IllegalArgumentException(
                    what + " must be " + lowest + " to " + highest + ", got " + value);
        }
        return value;
    }
}
