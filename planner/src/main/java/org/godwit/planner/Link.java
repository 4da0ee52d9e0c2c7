package org.godwit.planner;

/**
 * What memory travels on.
 *
 * @param bytesPerSecond that the copy gets, above zero
 * @param delaySeconds one way, zero or more
 */
public record Link(double bytesPerSecond, double delaySeconds) {

    private static final double BITS = 8;

    /** @throws IllegalArgumentException when out of range */
    public Link {
        Checks.positive("the link's bandwidth (bytes a second)", bytesPerSecond);
        Checks.notNegative("the link's delay (seconds)", delaySeconds);
    }

    /** @param bits a second, in millions as everywhere with links */
    public static Link ofMegabits(double bits, double delaySeconds) {
        return new Link(bits * 1e6 / BITS, delaySeconds);
    }

    /** @return seconds that the wire is taken, without the delay */
    public double secondsFor(double bytes) {
        return bytes / bytesPerSecond;
    }
}
