package org.godwit.disk.mover;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.godwit.disk.Disk;
import org.godwit.disk.DiskFullException;
import org.godwit.disk.Extent;
import org.godwit.disk.mover.Landings.Landing;
import org.godwit.disk.wire.ChunkHash;
import org.godwit.disk.wire.Geometry;
import org.godwit.disk.wire.Refusal;

/** One thread's access to the target's disk and to its siblings, chunk by chunk. What fails there is refused with a reason. */
final class Berth implements Closeable {

    /** What is zero is left out in pieces of this length: a cluster of qcow2. */
    private static final int PIECE_BYTES = 64 << 10;
    private static final long ZERO_BYTES_MAX = 1L << 30;

    private final Geometry geometry;
    private final Disk target;
    /** As long as they can be read. */
    private final List<Disk> siblings = new ArrayList<>();
    private final List<Disk> opened = new ArrayList<>();
    private final byte[] scratch;

    Berth(Landing landing, Geometry geometry) throws IOException {
        this.geometry = geometry;
        this.scratch = new byte[geometry.chunkBytes()];
        this.target = onDisk("opening the disk", landing::openTarget);
        try {
            if (target.size() != geometry.diskBytes()) {
                throw new RefusedException(Refusal.DISK_FAILED, "the target's disk has " + target.size()
                        + " bytes, the source's " + geometry.diskBytes() + ": make it anew");
            }
            landing.siblings().forEach(this::openSibling);
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** What a sibling that cannot be read would have helped with is sent. */
    private void openSibling(Disk.Opener sibling) {
        try {
            Disk disk = sibling.open();
            opened.add(disk);
            siblings.add(disk);
        } catch (IOException _) {
            return;
        }
    }

    /** Something that may fail for reasons of storage. */
    interface Work<T> {
        T perform() throws IOException;
    }

    /** @throws RefusedException what fails, told so that the sender's operator can do something about it */
    static <T> T onDisk(String what, Work<T> work) throws RefusedException {
        try {
            return work.perform();
        } catch (DiskFullException e) {
            throw new RefusedException(Refusal.NO_SPACE, "the storage at the target is full: make room there and begin "
                    + "again, what has arrived is kept", e);
        } catch (RefusedException e) {
            throw e;
        } catch (IOException e) {
            throw new RefusedException(Refusal.DISK_FAILED, what + " failed at the target: " + e.getMessage(), e);
        }
    }

    /** What is at a chunk's place now. */
    ChunkHash hash(int chunk) throws IOException {
        return hash(target, chunk);
    }

    private ChunkHash hash(Disk disk, int chunk) throws RefusedException {
        return onDisk("reading chunk " + chunk, () -> look(disk, chunk));
    }

    private ChunkHash look(Disk disk, int chunk) throws IOException {
        return isZero(disk, chunk) ? ChunkHash.ZERO : read(disk, chunk);
    }

    private boolean isZero(Disk disk, int chunk) throws IOException {
        return disk.extents(geometry.offset(chunk), geometry.length(chunk)).stream().allMatch(Extent::zero);
    }

    private ChunkHash read(Disk disk, int chunk) throws IOException {
        disk.read(geometry.offset(chunk), scratch, 0, geometry.length(chunk));
        return Contents.hash(scratch, 0, geometry.length(chunk));
    }

    /** Adds what is at the places of the given chunks of a segment. */
    void hash(int segment, BitSet chunks, DiskDigest.Segment into) throws IOException {
        onDisk("reading again", () -> {
            BitSet data = Contents.notZero(target, geometry, segment);
            int end = DiskDigest.end(segment, geometry);
            for (int i = chunks.nextSetBit(DiskDigest.first(segment)); i >= 0 && i < end; i = chunks
                    .nextSetBit(i + 1)) {
                into.add(i, data.get(i) ? read(target, i) : ChunkHash.ZERO);
            }
            return null;
        });
    }

    /** Copies a chunk from where it stands on the same disk; false when something else stands there. */
    boolean copyWithin(int from, int to, ChunkHash hash) throws IOException {
        if (geometry.length(from) != geometry.length(to) || !hash(target, from).equals(hash)) {
            return false;
        }
        write(to, scratch);
        return true;
    }

    /** Copies a chunk from the same place of a sibling; false when none has it there. */
    boolean copyFromSibling(int chunk, ChunkHash hash) throws IOException {
        for (Disk sibling : List.copyOf(siblings)) {
            if (geometry.offset(chunk) + geometry.length(chunk) <= sibling.size() && has(sibling, chunk, hash)) {
                write(chunk, scratch);
                return true;
            }
        }
        return false;
    }

    private boolean has(Disk sibling, int chunk, ChunkHash hash) throws IOException {
        try {
            return look(sibling, chunk).equals(hash);
        } catch (IOException _) {
            siblings.remove(sibling);
            return false;
        }
    }

    /** Writes a chunk. Where the disk is known to be zero, zeroes are left out. */
    void write(int chunk, byte[] bytes) throws IOException {
        onDisk("writing chunk " + chunk, () -> {
            long offset = geometry.offset(chunk);
            int length = geometry.length(chunk);
            if (!isZero(target, chunk)) {
                target.write(offset, bytes, 0, length);
                return null;
            }
            int at = 0;
            while (at < length) {
                int end = Math.min(at + PIECE_BYTES, length);
                boolean zero = Contents.areZero(bytes, at, end - at);
                while (end < length
                        && Contents.areZero(bytes, end, Math.min(PIECE_BYTES, length - end)) == zero) {
                    end = Math.min(end + PIECE_BYTES, length);
                }
                if (!zero) {
                    target.write(offset + at, bytes, at, end - at);
                }
                at = end;
            }
            return null;
        });
    }

    /** Makes chunks zero that are not. */
    void zero(long first, long count) throws IOException {
        onDisk("writing zeroes", () -> {
            long at = geometry.offset(first);
            long end = at + geometry.length(first, count);
            while (at < end) {
                long length = Math.min(end - at, ZERO_BYTES_MAX);
                for (Extent extent : target.extents(at, length)) {
                    if (!extent.zero()) {
                        target.zero(extent.offset(), extent.length());
                    }
                }
                at += length;
            }
            return null;
        });
    }

    void flush() throws IOException {
        onDisk("flushing", () -> {
            target.flush();
            return null;
        });
    }

    @Override
    public void close() throws IOException {
        List<Disk> all = new ArrayList<>(opened);
        all.add(target);
        IOException failure = null;
        for (Disk disk : all) {
            try {
                disk.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
