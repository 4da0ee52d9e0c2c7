package org.godwit.planner.prediction;

/**
 * How far what was measured before may be from what the copy will meet, as shares.
 *
 * @param dirtyRate 0 to below 1: 0.5 says that the guest may write half as much, or half as much more
 * @param bandwidth 0 to below 1
 * @param memoryLess 0 to below 1: by how much less of the guest's memory may have to travel
 * @param memoryMore zero or more: by how much more
 */
public record Uncertainty(double dirtyRate, double bandwidth, double memoryLess, double memoryMore) {

    /** For a guest and a link that nobody has seen migrate yet, and memory whose size is known. */
    public static final Uncertainty UNTRIED = new Uncertainty(0.5, 0.2, 0, 0);

    /** @throws IllegalArgumentException when out of range */
    public Uncertainty {
        if (!(dirtyRate >= 0 && dirtyRate < 1) || !(bandwidth >= 0 && bandwidth < 1)) {
            throw new IllegalArgumentException(
                    "uncertainties must be 0 to below 1, got " + dirtyRate + " and " + bandwidth);
        }
        if (!(memoryLess >= 0 && memoryLess < 1) || !(memoryMore >= 0 && Double.isFinite(memoryMore))) {
            throw new IllegalArgumentException("of the memory 0 to below 1 less may travel and 0 or more more, got "
                    + memoryLess + " and " + memoryMore);
        }
    }

    /** With memory of which so much travels. @param bytes above zero and finite, all three */
    public Uncertainty ofMemory(Estimate bytes) {
        return new Uncertainty(dirtyRate, bandwidth, 1 - bytes.low() / bytes.likely(),
                bytes.high() / bytes.likely() - 1);
    }

    Conditions best(Conditions conditions) {
        return conditions.with(1 - memoryLess, 1 - dirtyRate, 1 + bandwidth);
    }

    Conditions worst(Conditions conditions) {
        return conditions.with(1 + memoryMore, 1 + dirtyRate, 1 - bandwidth);
    }
}
