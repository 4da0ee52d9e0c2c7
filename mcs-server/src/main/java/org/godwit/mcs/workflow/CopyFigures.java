package org.godwit.mcs.workflow;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * What the hypervisor measured. {@code vmDowntimeMs}: vCPUs stopped; {@code totalMs}: the whole copy; both in milliseconds.
 *
 * @param downtimeBy who says how long the vCPUs were stopped
 * @param bytesTransferred of memory, on the wire
 * @param pagesConstant that were all zeros, so that only this was said of them
 * @param postCopyRequests pages that the VM waited for at the target
 * @param pagesDirty that were sent again, since the VM had written them meanwhile
 * @param throttlePercent how much of its time auto-converge had taken from the VM at last
 * @param bytesPerSecond all bytes over the time in which the hypervisor sent; 0 when it did not say
 */
public record CopyFigures(long vmDowntimeMs, DowntimeBy downtimeBy, long totalMs, long bytesTransferred,
        long pagesNormal,
        long pagesConstant, int iterations, long postCopyRequests, long pagesDirty, int throttlePercent,
        long bytesPerSecond) {

    public CopyFigures {
        requireNonNull(downtimeBy, "downtimeBy is null");
        if (vmDowntimeMs < 0 || totalMs < 0 || bytesTransferred < 0 || pagesNormal < 0 || pagesConstant < 0
                || iterations < 0 || postCopyRequests < 0 || pagesDirty < 0 || throttlePercent < 0
                || bytesPerSecond < 0) {
            throw new IllegalArgumentException("no figure of a copy is negative");
        }
    }

    /** With a downtime that the hypervisors tell. */
    public CopyFigures(long vmDowntimeMs, long totalMs, long bytesTransferred, long pagesNormal, long pagesConstant,
            int iterations, long postCopyRequests, long pagesDirty, int throttlePercent, long bytesPerSecond) {
        this(vmDowntimeMs, DowntimeBy.HYPERVISORS, totalMs, bytesTransferred, pagesNormal, pagesConstant, iterations,
                postCopyRequests, pagesDirty, throttlePercent, bytesPerSecond);
    }

    /** Of a VM that stood still for as long as both agents say; where hypervisors say longer, their end was not too early. */
    public CopyFigures heard(Duration standstill) {
        return standstill.toMillis() > vmDowntimeMs
                ? with(standstill.toMillis(), DowntimeBy.AGENTS)
                : by(DowntimeBy.HYPERVISORS);
    }

    /** The same, told by somebody else. */
    public CopyFigures by(DowntimeBy teller) {
        return with(vmDowntimeMs, teller);
    }

    private CopyFigures with(long downtimeMs, DowntimeBy teller) {
        return new CopyFigures(downtimeMs, teller, totalMs, bytesTransferred, pagesNormal, pagesConstant, iterations,
                postCopyRequests, pagesDirty, throttlePercent, bytesPerSecond);
    }
}
