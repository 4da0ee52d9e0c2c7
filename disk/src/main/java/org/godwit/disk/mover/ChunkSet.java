package org.godwit.disk.mover;

import java.util.BitSet;
import org.godwit.disk.Extent;
import org.godwit.disk.wire.Geometry;

/** Some chunks of a disk: one bit for each that the disk has. */
public final class ChunkSet {

    private final Geometry geometry;
    private final BitSet chunks;

    private ChunkSet(Geometry geometry, BitSet chunks) {
        this.geometry = geometry;
        this.chunks = chunks;
    }

    public static ChunkSet all(Geometry geometry) {
        BitSet chunks = new BitSet(geometry.chunks());
        chunks.set(0, geometry.chunks());
        return new ChunkSet(geometry, chunks);
    }

    /** Those of which any byte is in an extent. */
    public static ChunkSet touchedBy(Iterable<Extent> extents, Geometry geometry) {
        BitSet chunks = new BitSet(geometry.chunks());
        for (Extent extent : extents) {
            checkInside(extent, geometry);
            chunks.set((int) (extent.offset() / geometry.chunkBytes()),
                    (int) ((extent.end() - 1) / geometry.chunkBytes()) + 1);
        }
        return new ChunkSet(geometry, chunks);
    }

    /** Those of which every byte is in an extent. @param extents in order, without overlap */
    public static ChunkSet coveredBy(Iterable<Extent> extents, Geometry geometry) {
        BitSet gaps = new BitSet(geometry.chunks());
        long covered = 0;
        for (Extent extent : extents) {
            checkInside(extent, geometry);
            if (extent.offset() < covered) {
                throw new IllegalArgumentException(extent + " is not behind the one before, which ends at " + covered);
            }
            gap(covered, extent.offset(), geometry, gaps);
            covered = extent.end();
        }
        gap(covered, geometry.diskBytes(), geometry, gaps);
        gaps.flip(0, geometry.chunks());
        return new ChunkSet(geometry, gaps);
    }

    private static void gap(long from, long to, Geometry geometry, BitSet gaps) {
        if (from < to) {
            gaps.set((int) (from / geometry.chunkBytes()), (int) ((to - 1) / geometry.chunkBytes()) + 1);
        }
    }

    private static void checkInside(Extent extent, Geometry geometry) {
        if (extent.end() > geometry.diskBytes()) {
            throw new IllegalArgumentException(extent + " is not in the disk of " + geometry.diskBytes() + " bytes");
        }
    }

    /** Those of this set that are not in the other. */
    public ChunkSet without(ChunkSet other) {
        if (!geometry.equals(other.geometry)) {
            throw new IllegalArgumentException(other.geometry + " is not " + geometry);
        }
        BitSet rest = (BitSet) chunks.clone();
        rest.andNot(other.chunks);
        return new ChunkSet(geometry, rest);
    }

    public Geometry geometry() {
        return geometry;
    }

    public int size() {
        return chunks.cardinality();
    }

    boolean has(int chunk) {
        return chunks.get(chunk);
    }

    /** The first one from a chunk on, or -1. */
    int next(int from) {
        return chunks.nextSetBit(from);
    }
}
