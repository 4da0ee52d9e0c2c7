package org.godwit.host.hypervisor;

import java.time.Duration;

/**
 * How long a VM may stand still for the last pages of a pre-copy. Not at all, until what is left fits: what has to be done
 * right before the pause is done then, and only then may it come. QEMU ends the iterations as soon as what is left fits into
 * this time at the bandwidth that it sees; left alone it allows itself 300 ms at once, though a few more iterations would
 * have ended with a tenth of that. So the limit starts low and climbs with the iterations, for a VM that dirties its memory
 * too fast must arrive, too.
 */
public final class DowntimeLadder {

    /**
     * No pause yet. Zero would be worse than useless: QEMU 7.2 then never looks what has been dirtied meanwhile, and pauses
     * the VM for all of it.
     */
    static final Duration HELD = Duration.ofMillis(1);

    /** For a VM that is calm. */
    static final Duration FIRST = Duration.ofMillis(30);

    /** What QEMU would have allowed itself from the start. */
    static final Duration LAST = Duration.ofMillis(300);

    /** The first pass carries everything, the next ones what was dirtied meanwhile: so many may pass before it climbs. */
    private static final int PATIENT_ITERATIONS = 5;

    private DowntimeLadder() {}

    /** @param iteration the pre-copy iteration that runs, from 0 on */
    public static Duration limit(int iteration) {
        Duration limit = FIRST;
        for (int i = PATIENT_ITERATIONS; i < iteration && limit.compareTo(LAST) < 0; i++) {
            limit = limit.plus(FIRST);
        }
        return limit;
    }
}
