package org.godwit.disk.mover;

import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import org.godwit.disk.Disk;
import org.godwit.disk.Extent;
import org.godwit.disk.wire.ChunkHash;
import org.godwit.disk.wire.Geometry;

/** What the bytes of chunks are. */
final class Contents {

    private static final byte[] ZEROES = new byte[64 << 10];

    private Contents() {}

    static boolean areZero(byte[] bytes, int at, int length) {
        for (int done = 0; done < length; done += ZEROES.length) {
            int count = Math.min(ZEROES.length, length - done);
            if (Arrays.mismatch(bytes, at + done, at + done + count, ZEROES, 0, count) >= 0) {
                return false;
            }
        }
        return true;
    }

    /** Its hash, or {@link ChunkHash#ZERO}. */
    static ChunkHash hash(byte[] bytes, int at, int length) {
        return areZero(bytes, at, length) ? ChunkHash.ZERO : ChunkHash.of(bytes, at, length);
    }

    /**
     * Which chunks of a segment are not known to be zero.
     *
     * @return bits numbered like chunks
     */
    static BitSet notZero(Disk disk, Geometry geometry, int segment) throws IOException {
        int first = DiskDigest.first(segment);
        long length = geometry.length(first, DiskDigest.end(segment, geometry) - first);
        BitSet data = new BitSet();
        for (Extent extent : disk.extents(geometry.offset(first), length)) {
            if (!extent.zero()) {
                data.set((int) (extent.offset() / geometry.chunkBytes()),
                        (int) ((extent.end() - 1) / geometry.chunkBytes()) + 1);
            }
        }
        return data;
    }
}
