package org.godwit.planner.prediction;

import java.time.Duration;
import java.util.Locale;

/**
 * Iterative pre-copy: each round sends what became dirty during the one before, until that fits into the downtime.
 *
 * <p>With a working set that is large against what a round leaves dirty, rounds shrink by D/B and all bytes are
 * V (1 + D/B + (D/B)^2 …): the model that the literature starts from. Here a round leaves W (1 - exp(-D t / W)), see {@link
 * GuestMemory#dirtyBytesAfter}. For D up to B it still shrinks to nothing; for D above B it shrinks to the positive x with
 * x = W (1 - exp(-D x / (B W))), and the copy ends only when that fits into the downtime.
 */
public record PreCopyModel() implements CopyModel {

    /** Nothing that converges needs so many: after it, rounds differ by less than can be measured. */
    private static final int ITERATIONS_MAX = 10_000;

    @Override
    public Outcome outcome(Conditions conditions) {
        double sent = 0;
        double round = conditions.memory().bytes();
        int iteration = 1;
        while (conditions.secondsFor(round) > seconds(conditions.downtime().limit(iteration))) {
            sent += round;
            double next = conditions.memory().dirtyBytesAfter(conditions.secondsFor(round));
            // The limit may still climb to it.
            boolean neverFits = conditions.secondsFor(next) > seconds(conditions.downtime().last());
            if (neverFits && (next >= round * (1 - 1e-12) || iteration == ITERATIONS_MAX)) {
                return stuckAt(next, conditions);
            }
            round = next;
            iteration++;
        }
        double bytes = sent + round + conditions.switchover().stateBytes();
        double downtime = conditions.pausedSecondsFor(round) + conditions.downtimeSeconds();
        return new Outcome.Completed(conditions.secondsFor(sent) + downtime, downtime, bytes, 0);
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    private static Outcome stuckAt(double round, Conditions conditions) {
        return new Outcome.Unending(String.format(Locale.ROOT,
                "each round leaves %.1f MB dirty again, which takes %.0f ms to send, and the downtime may be %.0f ms;"
                        + " the guest writes %.1f MB/s and the link takes %.1f MB/s",
                round / 1e6, conditions.secondsFor(round) * 1e3, seconds(conditions.downtime().last()) * 1e3,
                conditions.memory().dirtyBytesPerSecond() / 1e6, conditions.bytesPerSecond() / 1e6));
    }
}
