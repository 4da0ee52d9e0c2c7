package org.godwit.mcs.workflow;

/**
 * What the hypervisor measured. {@code vmDowntimeMs}: vCPUs stopped; {@code totalMs}: the whole copy; both in milliseconds.
 *
 * @param bytesTransferred of memory, on the wire
 * @param pagesConstant that were all zeros, so that only this was said of them
 * @param postCopyRequests pages that the VM waited for at the target
 * @param pagesDirty that were sent again, since the VM had written them meanwhile
 * @param throttlePercent how much of its time auto-converge had taken from the VM at last
 * @param bytesPerSecond all bytes over the time in which the hypervisor sent; 0 when it did not say
 */
public record CopyFigures(long vmDowntimeMs, long totalMs, long bytesTransferred, long pagesNormal, long pagesConstant,
        int iterations, long postCopyRequests, long pagesDirty, int throttlePercent,
        long bytesPerSecond) {

    public CopyFigures {
        if (vmDowntimeMs < 0 || totalMs < 0 || bytesTransferred < 0 || pagesNormal < 0 || pagesConstant < 0
                || iterations < 0 || postCopyRequests < 0 || pagesDirty < 0 || throttlePercent < 0
                || bytesPerSecond < 0) {
            throw new IllegalArgumentException("no figure of a copy is negative");
        }
    }
}
