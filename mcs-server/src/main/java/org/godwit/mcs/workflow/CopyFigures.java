package org.godwit.mcs.workflow;

/** What the hypervisor measured. {@code vmDowntimeMs}: vCPUs stopped; {@code totalMs}: the whole copy; both in milliseconds. */
public record CopyFigures(long vmDowntimeMs, long totalMs, long bytesTransferred, long pagesNormal, long pagesConstant,
        int iterations) {

    public CopyFigures {
        if (vmDowntimeMs < 0 || totalMs < 0 || bytesTransferred < 0 || pagesNormal < 0 || pagesConstant < 0
                || iterations < 0) {
            throw new IllegalArgumentException("no figure of a copy is negative");
        }
    }
}
