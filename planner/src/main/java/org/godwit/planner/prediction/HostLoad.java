package org.godwit.planner.prediction;

import org.godwit.planner.Checks;

/**
 * How fast a host can feed the link: copying needs a processor. No paper of ours has this.
 *
 * @param idleProcessors that are free for the copy, above zero; QEMU uses one without multifd
 * @param bytesPerProcessorSecond that one processor sends, above zero
 */
public record HostLoad(double idleProcessors, double bytesPerProcessorSecond) {

    /** A host that is never slower than its link. */
    public static final HostLoad NONE = new HostLoad(1, Double.MAX_VALUE);

    /** @throws IllegalArgumentException when out of range */
    public HostLoad {
        Checks.positive("idle processors", idleProcessors);
        Checks.positive("what a processor sends (bytes a second)", bytesPerProcessorSecond);
    }

    /** @return bytes a second, of at most one processor */
    double bytesPerSecond() {
        return Math.min(1, idleProcessors) * bytesPerProcessorSecond;
    }
}
