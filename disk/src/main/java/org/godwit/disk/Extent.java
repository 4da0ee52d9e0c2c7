package org.godwit.disk;

/**
 * A piece of a disk.
 *
 * @param offset in bytes, 0 or more
 * @param length in bytes, more than 0
 * @param zero true when all of it is known to be zero; false says nothing
 */
public record Extent(long offset, long length, boolean zero) {

    public Extent {
        if (offset < 0 || length <= 0 || offset + length < 0) {
            throw new IllegalArgumentException(
                    "extent of " + length + " bytes at " + offset + ": it must begin at 0 or later and not be empty");
        }
    }

    /** The first offset behind it. */
    public long end() {
        return offset + length;
    }
}
