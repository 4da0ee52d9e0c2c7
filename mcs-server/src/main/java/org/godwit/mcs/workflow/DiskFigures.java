package org.godwit.mcs.workflow;

import static java.util.Objects.requireNonNull;

/**
 * What became of a VM's disks before its memory was copied, or while it was off.
 *
 * @param totalMs until all was there but what the VM wrote to then
 * @param bytes on the wire
 * @param layers that were frozen and sent after the images
 * @param writesAtOnce what the VM wrote from then on was sent at once, and did not count as written before
 * @param reason why: a sentence of the agent; empty of a VM that was off
 */
public record DiskFigures(long totalMs, long bytes, int layers, boolean writesAtOnce, String reason) {

    private static final int REASON_LENGTH_MAX = 600;

    public DiskFigures {
        if (totalMs < 0 || bytes < 0 || layers < 0) {
            throw new IllegalArgumentException("no figure of disks is negative");
        }
        if (requireNonNull(reason, "reason is null").length() > REASON_LENGTH_MAX) {
            throw new IllegalArgumentException("the reason has more than " + REASON_LENGTH_MAX + " characters");
        }
    }
}
