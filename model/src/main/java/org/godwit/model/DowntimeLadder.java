package org.godwit.model;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How long a VM may stand still for the last pages of a pre-copy. QEMU ends the iterations as soon as what is left fits into
 * this time at the bandwidth that it sees; left alone it allows itself 300 ms at once, though a few more iterations would
 * have ended with a tenth of that. So the limit starts low and climbs with the iterations, for a VM that dirties its memory
 * too fast must arrive, too. Host agents keep to it, and forecasts reckon with it.
 *
 * @param first where it starts, for a VM that is calm; above zero
 * @param last where it ends; not less than {@code first}
 */
public record DowntimeLadder(Duration first, Duration last) {

    private static final Duration CALM = Duration.ofMillis(30);

    /** To what QEMU would have allowed itself from the start. */
    public static final DowntimeLadder STANDARD = upTo(Duration.ofMillis(300));

    private static final int STEPS = 10;

    /** The first pass carries everything, the next ones what was dirtied meanwhile: so many may pass before it climbs. */
    private static final int PATIENT_ITERATIONS = 5;

    /** @throws IllegalArgumentException when out of range */
    public DowntimeLadder {
        requireNonNull(first, "first is null");
        requireNonNull(last, "last is null");
        if (!first.isPositive() || last.compareTo(first) < 0) {
            throw new IllegalArgumentException(
                    "a limit of the downtime is above zero and only climbs, got " + first + " to " + last);
        }
    }

    /** @param last above zero */
    public static DowntimeLadder upTo(Duration last) {
        return new DowntimeLadder(last.compareTo(CALM) < 0 ? last : CALM, last);
    }

    /** The same at all times, as QEMU has it by itself. @param limit above zero */
    public static DowntimeLadder level(Duration limit) {
        return new DowntimeLadder(limit, limit);
    }

    /** @param iteration the pre-copy iteration that runs, from 0 on; 1 is the first pass, as QEMU counts */
    public Duration limit(int iteration) {
        int steps = Math.clamp(iteration - PATIENT_ITERATIONS, 0, STEPS);
        Duration limit = first.plus(last.dividedBy(STEPS).multipliedBy(steps));
        return limit.compareTo(last) > 0 ? last : limit;
    }
}
