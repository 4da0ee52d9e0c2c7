package org.godwit.host.hypervisor;

import java.time.Duration;
import org.godwit.model.DowntimeLadder;

/**
 * What can be said of a running pre-copy from its numbers at one moment: how long it still takes if nothing is dirtied
 * meanwhile. A VM that is calm is paused as soon as everything has been sent once, whatever limit it was given.
 *
 * @param ladder what the pause may last
 * @param iteration from 0 on
 * @param bytesPerSecond as QEMU has measured; 0 when it has not
 */
record CopyOutlook(DowntimeLadder ladder, int iteration, long bytesRemaining, long bytesPerSecond) {

    /**
     * The limit until what is left fits: what has to be done right before the pause is done then, and only then may it come. Zero
     * would be worse than useless: QEMU 7.2 then never looks what has been dirtied meanwhile, and pauses the VM for all of it.
     */
    static final Duration HELD = Duration.ofMillis(1);

    /**
     * QEMU tells what it has found to be all zeros only when it gets there: what is left may shrink by much more than the wire
     * carries. So this is many times longer than {@link #LOOK_MIN}; but what is relayed before the pause the VM gets twice, and has
     * to drop when it wakes.
     */
    static final Duration NEAR = Duration.ofMillis(150);

    /** Near, too, while nothing is known of the wire. */
    private static final long NEAR_BYTES = 16L << 20;

    /** Each look is a question to QEMU. */
    static final Duration LOOK_MIN = Duration.ofMillis(10);
    static final Duration LOOK_MAX = Duration.ofMillis(200);

    /** In the first one everything that is left is what has not been sent at all. */
    private static final int FIRST_TELLING_ITERATION = 2;

    /** Whether the VM may be paused before one could look again many times. */
    boolean pauseMayBeNear() {
        return bytesRemaining <= NEAR_BYTES || left().compareTo(NEAR) <= 0;
    }

    boolean firstPassIsOver() {
        return iteration >= FIRST_TELLING_ITERATION;
    }

    /** Whether what is left could be sent within the limit of the present iteration. */
    boolean fits() {
        return firstPassIsOver() && (bytesPerSecond == 0 || left().compareTo(ladder.limit(iteration)) <= 0);
    }

    /** Sooner the less is left. */
    Duration lookAgainAfter() {
        Duration half = left().dividedBy(2);
        return half.compareTo(LOOK_MIN) < 0 ? LOOK_MIN : half.compareTo(LOOK_MAX) > 0 ? LOOK_MAX : half;
    }

    private Duration left() {
        return bytesPerSecond == 0
                ? Duration.ofDays(1)
                : Duration.ofNanos(Math.round(1e9 * bytesRemaining / bytesPerSecond));
    }
}
