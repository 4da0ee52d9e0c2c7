package org.godwit.planner.simulation;

import org.godwit.planner.Checks;

/**
 * @param pages 1 to 2^26 (256 GiB of pages of 4 KiB)
 * @param pageBytes above zero
 * @param zeroShare of the pages, 0 to 1, that hold nothing but zeros and are sent as a header; spread evenly
 */
public record Memory(int pages, int pageBytes, double zeroShare) {

    public static final int PAGE_BYTES = 4096;

    private static final int PAGES_MAX = 1 << 26;
    private static final int MIX = 0x9E37_79B1;
    private static final int SPREAD_BITS = 16;

    /** @throws IllegalArgumentException when out of range */
    public Memory {
        Checks.within("pages", 1, PAGES_MAX, pages);
        Checks.within("bytes of a page", 1, 1 << 30, pageBytes);
        Checks.share("the share of pages of zeros", zeroShare);
    }

    /** Full of content, in pages of 4 KiB. */
    public static Memory ofMebibytes(int mebibytes) {
        Checks.within("memory (MiB)", 1, 1 << 18, mebibytes);
        return new Memory(mebibytes * ((1 << 20) / PAGE_BYTES), PAGE_BYTES, 0);
    }

    public double bytes() {
        return (double) pages * pageBytes;
    }

    boolean isZero(int page) {
        return (page * MIX >>> SPREAD_BITS) < zeroShare * (1 << SPREAD_BITS);
    }
}
