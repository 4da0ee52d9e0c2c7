package org.godwit.disk.wire;

/**
 * How a disk is divided. Only its last chunk may be shorter than the others.
 *
 * @param diskBytes 1 to 2^46 (64 TiB), and at most 2^30 chunks
 * @param chunkBytes a power of two from 16 KiB to 1 MiB
 */
public record Geometry(long diskBytes, int chunkBytes) {

    public static final int CHUNK_BYTES_MIN = 16 << 10;
    public static final int CHUNK_BYTES_MAX = 1 << 20;
    public static final long DISK_BYTES_MAX = 1L << 46;

    private static final long CHUNKS_MAX = 1L << 30;

    public Geometry {
        if (diskBytes < 1 || diskBytes > DISK_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "the disk has " + diskBytes + " bytes: 1 to " + DISK_BYTES_MAX + " can be moved");
        }
        if (chunkBytes < CHUNK_BYTES_MIN || chunkBytes > CHUNK_BYTES_MAX || Integer.bitCount(chunkBytes) != 1) {
            throw new IllegalArgumentException("chunks of " + chunkBytes + " bytes: it must be a power of two from "
                    + CHUNK_BYTES_MIN + " to " + CHUNK_BYTES_MAX);
        }
        if (diskBytes > CHUNKS_MAX * chunkBytes) {
            throw new IllegalArgumentException("the disk has " + diskBytes + " bytes: " + CHUNKS_MAX * chunkBytes
                    + " can be moved in chunks of " + chunkBytes);
        }
    }

    /** Fits into an int. */
    public int chunks() {
        return (int) ((diskBytes + chunkBytes - 1) / chunkBytes);
    }

    /** Where a chunk begins, in bytes. */
    public long offset(long chunk) {
        return chunk * chunkBytes;
    }

    /** Of this chunk, in bytes. */
    public int length(long chunk) {
        return (int) Math.min(chunkBytes, diskBytes - offset(chunk));
    }

    /** Of consecutive chunks, in bytes. */
    public long length(long first, long count) {
        return Math.min(offset(first + count), diskBytes) - offset(first);
    }

    /** @throws IllegalArgumentException when the disk does not have all of them */
    public void check(long first, long count) {
        if (first < 0 || count < 1 || first > chunks() - count) {
            throw new IllegalArgumentException(count + " chunks from " + first + " on: the disk has " + chunks());
        }
    }
}
