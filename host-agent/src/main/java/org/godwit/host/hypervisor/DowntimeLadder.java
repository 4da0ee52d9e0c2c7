package org.godwit.host.hypervisor;

import java.time.Duration;

/**
 * How long a VM may stand still for the last pages of a pre-copy. Not at all, until what is left fits: what has to be done
 * right before the pause is done then, and only then may it come. QEMU ends the iterations as soon as what is left fits into
 * this time at the bandwidth that it sees; left alone it allows itself 300 ms at once, though a few more iterations would
 * have ended with a tenth of that. So the limit starts low and climbs with the iterations, for a VM that dirties its memory
 * too fast must arrive, too.
 *
 * @param last where it ends
 */
public record DowntimeLadder(Duration last) {

    /** To what QEMU would have allowed itself from the start. */
    public static final DowntimeLadder STANDARD = new DowntimeLadder(Duration.ofMillis(300));

    /**
     * No pause yet. Zero would be worse than useless: QEMU 7.2 then never looks what has been dirtied meanwhile, and pauses
     * the VM for all of it.
     */
    static final Duration HELD = Duration.ofMillis(1);

    /** For a VM that is calm. */
    private static final Duration FIRST = Duration.ofMillis(30);

    private static final int STEPS = 10;

    /** The first pass carries everything, the next ones what was dirtied meanwhile: so many may pass before it climbs. */
    private static final int PATIENT_ITERATIONS = 5;

    /** @param iteration the pre-copy iteration that runs, from 0 on */
    public Duration limit(int iteration) {
        int steps = Math.clamp(iteration - PATIENT_ITERATIONS, 0, STEPS);
        Duration limit = FIRST.plus(last.dividedBy(STEPS).multipliedBy(steps));
        return limit.compareTo(last) > 0 ? last : limit;
    }
}
