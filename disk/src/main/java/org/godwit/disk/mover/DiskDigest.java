package org.godwit.disk.mover;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.godwit.disk.wire.ChunkHash;
import org.godwit.disk.wire.Geometry;

/**
 * One hash over the chunks of a transfer, made of hashes over segments of 256 chunks, so that several threads can work at
 * it. It needs some 60 bytes a segment, which are 64 MiB of disk at 256 KiB a chunk.
 */
final class DiskDigest {

    static final int SEGMENT_CHUNKS = 256;

    private static final byte[] PURPOSE = "godwit disk 1".getBytes(StandardCharsets.US_ASCII);

    private final Geometry geometry;
    private final ChunkHash[] segments;

    DiskDigest(Geometry geometry) {
        this.geometry = geometry;
        this.segments = new ChunkHash[segments(geometry)];
    }

    static int segments(Geometry geometry) {
        return (geometry.chunks() + SEGMENT_CHUNKS - 1) / SEGMENT_CHUNKS;
    }

    static int first(int segment) {
        return segment * SEGMENT_CHUNKS;
    }

    /** The chunk after the last one of the segment. */
    static int end(int segment, Geometry geometry) {
        return Math.min(first(segment) + SEGMENT_CHUNKS, geometry.chunks());
    }

    /** Takes the hashes of a segment's chunks, in their order. */
    final class Segment {

        private final int number;
        private final MessageDigest sha = ChunkHash.sha256();
        private boolean empty = true;

        Segment(int number) {
            this.number = number;
        }

        void add(int chunk, ChunkHash hash) {
            sha.update(ByteBuffer.allocate(Short.BYTES).putShort((short) (chunk - first(number))).flip());
            sha.update(hash.bytes());
            empty = false;
        }

        void end() {
            if (!empty) {
                put(number, ChunkHash.ofBytes(sha.digest()));
            }
        }
    }

    private synchronized void put(int segment, ChunkHash hash) {
        segments[segment] = hash;
    }

    /** Over all segments that had chunks. */
    synchronized ChunkHash root() {
        MessageDigest sha = ChunkHash.sha256();
        sha.update(PURPOSE);
        sha.update(ByteBuffer.allocate(12).putLong(geometry.diskBytes()).putInt(geometry.chunkBytes()).flip());
        for (int i = 0; i < segments.length; i++) {
            if (segments[i] != null) {
                sha.update(ByteBuffer.allocate(4).putInt(i).flip());
                sha.update(segments[i].bytes());
            }
        }
        return ChunkHash.ofBytes(sha.digest());
    }
}
