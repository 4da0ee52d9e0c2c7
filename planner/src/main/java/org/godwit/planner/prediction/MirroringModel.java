package org.godwit.planner.prediction;

import java.util.Locale;
import org.godwit.planner.Checks;

/**
 * Mirroring: every page once, in order; a write to a page that has gone already is repeated at the target by a control signal. On
 * average half of the memory has gone, so half of the writes are repeated. With a write rate w and signals of b bytes this is
 * equation 3 of the paper with eta 1 = 1 and eta 2 = w T / 2, where T is the time of the copy itself, which the signals lengthen:
 * T = V / (B - w b / 2). The paper takes eta 2 as given.
 *
 * @param signalBytes of one repeated write, its data included, above zero
 */
public record MirroringModel(double signalBytes) implements CopyModel {

    /** A cache line and what says where it belongs. */
    public static final MirroringModel OF_CACHE_LINES = new MirroringModel(128);

    /** @throws IllegalArgumentException when out of range */
    public MirroringModel {
        Checks.positive("the size of a control signal (bytes)", signalBytes);
    }

    @Override
    public Outcome outcome(Conditions conditions) {
        double memory = conditions.memory().bytes();
        double signalBytesPerSecond = conditions.memory().writesPerSecond() * signalBytes;
        double left = conditions.bytesPerSecond() - signalBytesPerSecond / 2;
        // When nearly all has gone, nearly all writes are repeated.
        if (signalBytesPerSecond >= conditions.bytesPerSecond()) {
            return new Outcome.Unending(String.format(Locale.ROOT,
                    "repeating the guest's writes takes %.1f MB/s and the link has %.1f MB/s",
                    signalBytesPerSecond / 1e6, conditions.bytesPerSecond() / 1e6));
        }
        double copySeconds = memory / left;
        double downtime = conditions.downtimeSeconds();
        return new Outcome.Completed(copySeconds + downtime, downtime,
                copySeconds * conditions.bytesPerSecond() + conditions.switchover().stateBytes(), 0);
    }
}
