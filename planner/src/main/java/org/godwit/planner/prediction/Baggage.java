package org.godwit.planner.prediction;

import static java.util.Objects.requireNonNull;

import java.util.stream.IntStream;
import org.godwit.planner.Checks;

/**
 * What travels before the memory, by whatever strategy that is copied, or while the VM is off: disks.
 *
 * @param seconds until the memory can begin, or the VM
 * @param bytes on the wire
 */
public record Baggage(Estimate seconds, Estimate bytes) {

    private static final Estimate NOTHING = new Estimate(0, 0, 0);

    public static final Baggage NONE = new Baggage(NOTHING, NOTHING);

    /** What is written meanwhile follows in rounds, each of at most so much of the one before, or it is not sent as one. */
    private static final double GROWTH_MAX = 0.75;
    private static final int ROUNDS_MAX = 5;

    public Baggage {
        requireNonNull(seconds, "seconds is null");
        requireNonNull(bytes, "bytes is null");
    }

    /**
     * Of disks. Likely all of them travel, and little is written meanwhile; at best all of it is there already.
     *
     * @param bytes that they take on their storage, more than 0
     * @param bytesPerSecond of the link, more than 0
     */
    public static Baggage of(double bytes, double bytesPerSecond) {
        Checks.positive("the bytes of disks", bytes);
        Checks.positive("the link's bytes a second", bytesPerSecond);
        double most = bytes
                * IntStream.rangeClosed(0, ROUNDS_MAX).mapToDouble(round -> Math.pow(GROWTH_MAX, round)).sum();
        return new Baggage(new Estimate(0, bytes / bytesPerSecond, most / bytesPerSecond),
                new Estimate(0, bytes, most));
    }

    /** Of disks that nothing is written to meanwhile. At best all of it is there already. Parameters as above. */
    public static Baggage atRest(double bytes, double bytesPerSecond) {
        Checks.positive("the bytes of disks", bytes);
        Checks.positive("the link's bytes a second", bytesPerSecond);
        double seconds = bytes / bytesPerSecond;
        return new Baggage(new Estimate(0, seconds, seconds), new Estimate(0, bytes, bytes));
    }

    /** Both, one after the other. */
    Prediction.Converges with(Prediction.Converges memory) {
        return countedIn(new Prediction.Converges(memory.strategy(), seconds.plus(memory.totalSeconds()),
                memory.downtimeSeconds(), memory.bytes(), memory.pageFaults(), memory.overheads()));
    }

    /** The VM waits for it. */
    Prediction.Converges whileOff(Prediction.Converges cold) {
        return new Prediction.Converges(cold.strategy(), seconds.plus(cold.totalSeconds()),
                seconds.plus(cold.downtimeSeconds()), cold.bytes(), cold.pageFaults(), cold.overheads());
    }

    /** With what it sends. */
    Prediction.Converges countedIn(Prediction.Converges other) {
        return new Prediction.Converges(other.strategy(), other.totalSeconds(), other.downtimeSeconds(),
                bytes.plus(other.bytes()), other.pageFaults(), other.overheads());
    }
}
