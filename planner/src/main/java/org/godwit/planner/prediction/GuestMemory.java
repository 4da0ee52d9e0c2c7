package org.godwit.planner.prediction;

import org.godwit.planner.Checks;

/**
 * A guest's memory and what the guest does to it.
 *
 * @param bytes that have to travel, above zero: without pages of zeros, which hypervisors send as a few bytes each
 * @param workingSetBytes that the guest writes again and again, zero to {@code bytes}
 * @param dirtyBytesPerSecond of pages written for the first time since one looked, over a time too short to come back to many
 *     of them (QEMU's {@code calc-dirty-rate} over one second); zero or more, and zero exactly when the working set is
 * @param accessesPerSecond to pages, reading or writing; zero or more
 * @param writesPerSecond of these, that change something; zero to {@code accessesPerSecond}
 */
public record GuestMemory(double bytes, double workingSetBytes, double dirtyBytesPerSecond, double accessesPerSecond,
        double writesPerSecond) {

    public static final double PAGE_BYTES = 4096;

    private static final double SHARE_MAX = 0.99;

    /** @throws IllegalArgumentException when out of range, or when the parts do not fit together */
    public GuestMemory {
        Checks.positive("the memory (bytes)", bytes);
        Checks.notNegative("the working set (bytes)", workingSetBytes);
        Checks.notNegative("the dirty rate (bytes a second)", dirtyBytesPerSecond);
        Checks.notNegative("the access rate (a second)", accessesPerSecond);
        Checks.notNegative("the write rate (a second)", writesPerSecond);
        if (workingSetBytes > bytes) {
            throw new IllegalArgumentException("the working set must fit into the memory: got " + workingSetBytes
                    + " of " + bytes + " bytes");
        }
        if (workingSetBytes == 0 != (dirtyBytesPerSecond == 0)) {
            throw new IllegalArgumentException("working set and dirty rate are both zero or both above: got "
                    + workingSetBytes + " bytes and " + dirtyBytesPerSecond + " bytes a second");
        }
        if (writesPerSecond > accessesPerSecond) {
            throw new IllegalArgumentException("writes are among the accesses: got " + writesPerSecond + " of "
                    + accessesPerSecond + " a second");
        }
    }

    /** A guest that writes evenly over its working set, each write being an access, and none of them small. */
    public static GuestMemory writing(double bytes, double workingSetBytes, double dirtyBytesPerSecond) {
        double pages = dirtyBytesPerSecond / PAGE_BYTES;
        return new GuestMemory(bytes, workingSetBytes, dirtyBytesPerSecond, pages, pages);
    }

    /**
     * The same, of which it was measured how much of its working set it wrote in a time, each page counted once (QEMU's {@code
     * calc-dirty-rate}). Of one that wrote nearly all of it one cannot tell how often: 99 % is as near as it gets.
     *
     * @param sampledBytes zero or more
     * @param sampleSeconds above zero
     */
    public static GuestMemory sampled(double bytes, double workingSetBytes, double sampledBytes,
            double sampleSeconds) {
        Checks.positive("the time of the sample (seconds)", sampleSeconds);
        if (sampledBytes == 0 || workingSetBytes == 0) {
            return writing(bytes, 0, 0);
        }
        double share = Math.min(SHARE_MAX, sampledBytes / workingSetBytes);
        return writing(bytes, workingSetBytes, -workingSetBytes * Math.log1p(-share) / sampleSeconds);
    }

    /**
     * Bytes of pages that are dirty after a time in which they were clean at first: W (1 - exp(-D t / W)), which is D t while that
     * is small against the working set W, and never more than W. It is what writes that fall evenly on the working set do.
     */
    public double dirtyBytesAfter(double seconds) {
        return workingSetBytes == 0
                ? 0
                : -workingSetBytes * Math.expm1(-dirtyBytesPerSecond * seconds / workingSetBytes);
    }

    /** With more that travels, and as much more of it in the working set; it writes no faster. */
    GuestMemory largerBy(double factor) {
        return new GuestMemory(bytes * factor, workingSetBytes * factor, dirtyBytesPerSecond, accessesPerSecond,
                writesPerSecond);
    }

    /** With another dirty rate, and accesses in proportion; an idle guest stays idle. */
    GuestMemory busierBy(double factor) {
        return new GuestMemory(bytes, workingSetBytes, dirtyBytesPerSecond * factor, accessesPerSecond * factor,
                writesPerSecond * factor);
    }
}
