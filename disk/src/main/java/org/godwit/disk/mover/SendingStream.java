package org.godwit.disk.mover;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.godwit.disk.Disk;
import org.godwit.disk.wire.ChunkHash;
import org.godwit.disk.wire.Frame;
import org.godwit.disk.wire.Frame.Chunk;
import org.godwit.disk.wire.Frame.Codec;
import org.godwit.disk.wire.Frame.End;
import org.godwit.disk.wire.Frame.Ended;
import org.godwit.disk.wire.Frame.Offer;
import org.godwit.disk.wire.Frame.Want;
import org.godwit.disk.wire.Frame.Zeroes;
import org.godwit.disk.wire.Geometry;
import org.godwit.disk.wire.Refusal;

/**
 * One connection's share of a transfer: takes segments until none is left. It reads the next chunks while the receiver
 * thinks about the last ones, and holds no more than two offers of them.
 */
final class SendingStream {

    private static final int OFFERS_MAX = 2;
    private static final int ZSTD_LEVEL = 1;
    /** What does not become smaller by this share travels as it is, and costs the receiver nothing. */
    private static final int WORTHWHILE_SHARE = 16;

    private final Connection connection;
    private final Disk disk;
    private final Geometry geometry;
    private final ChunkSet chosen;
    private final DiskDigest digest;
    private final Tally tally;
    private final Deque<byte[]> free = new ArrayDeque<>();
    private final Deque<Batch> offered = new ArrayDeque<>();
    private final byte[] outgoing;

    /** Consecutive chunks, as they were read. */
    private record Batch(int first, List<ChunkHash> hashes, byte[] bytes) {}

    SendingStream(Connection connection, Disk disk, Geometry geometry, ChunkSet chosen, DiskDigest digest,
            Tally tally) {
        this.connection = connection;
        this.disk = disk;
        this.geometry = geometry;
        this.chosen = chosen;
        this.digest = digest;
        this.tally = tally;
        this.outgoing = new byte[geometry.chunkBytes()];
        for (int i = 0; i < OFFERS_MAX; i++) {
            free.add(new byte[Frame.OFFER_CHUNKS_MAX * geometry.chunkBytes()]);
        }
    }

    void run(AtomicInteger nextSegment) throws IOException {
        try (ZstdCompressCtx zstd = new ZstdCompressCtx().setLevel(ZSTD_LEVEL)) {
            int segments = DiskDigest.segments(geometry);
            for (int i = nextSegment.getAndIncrement(); i < segments; i = nextSegment.getAndIncrement()) {
                send(i, zstd);
            }
            while (!offered.isEmpty()) {
                settle(zstd);
            }
            connection.send(new End());
            connection.flush();
            connection.receive(Ended.class);
        }
    }

    private void send(int number, ZstdCompressCtx zstd) throws IOException {
        int end = DiskDigest.end(number, geometry);
        int chunk = chosen.next(DiskDigest.first(number));
        if (chunk < 0 || chunk >= end) {
            return;
        }
        BitSet data = Contents.notZero(disk, geometry, number);
        DiskDigest.Segment segment = digest.new Segment(number);
        while (chunk >= 0 && chunk < end) {
            boolean zero = !data.get(chunk);
            int runEnd = chunk + 1;
            while (runEnd < end && chosen.has(runEnd) && data.get(runEnd) != zero
                    && (zero || runEnd - chunk < Frame.OFFER_CHUNKS_MAX)) {
                runEnd++;
            }
            if (zero) {
                zeroes(chunk, runEnd, segment);
            } else {
                offer(chunk, runEnd, segment, zstd);
            }
            chunk = chosen.next(runEnd);
        }
        segment.end();
    }

    private void zeroes(int first, int end, DiskDigest.Segment segment) throws IOException {
        for (int i = first; i < end; i++) {
            segment.add(i, ChunkHash.ZERO);
        }
        connection.send(new Zeroes(first, end - first));
        tally.zeroes(end - first);
    }

    private void offer(int first, int end, DiskDigest.Segment segment, ZstdCompressCtx zstd) throws IOException {
        if (free.isEmpty()) {
            settle(zstd);
        }
        byte[] bytes = free.remove();
        disk.read(geometry.offset(first), bytes, 0, (int) geometry.length(first, end - first));
        List<ChunkHash> hashes = new ArrayList<>();
        for (int i = first; i < end; i++) {
            ChunkHash hash = Contents.hash(bytes, (i - first) * geometry.chunkBytes(), geometry.length(i));
            hashes.add(hash);
            segment.add(i, hash);
        }
        connection.send(new Offer(first, hashes));
        connection.flush();
        offered.add(new Batch(first, hashes, bytes));
    }

    /** Waits for the answer to the oldest offer, and sends what it asks for. */
    private void settle(ZstdCompressCtx zstd) throws IOException {
        Batch batch = offered.remove();
        Want want = connection.receive(Want.class);
        if (want.first() != batch.first() || want.bits() >= 1 << batch.hashes().size()) {
            throw new RefusedException(Refusal.MALFORMED, "the receiver wants what was not offered: " + want);
        }
        for (int i = 0; i < batch.hashes().size(); i++) {
            if ((want.bits() & 1 << i) != 0) {
                send(batch.first() + i, batch.bytes(), i * geometry.chunkBytes(), zstd);
            } else if (batch.hashes().get(i).equals(ChunkHash.ZERO)) {
                tally.zeroes(1);
            } else {
                tally.present();
            }
        }
        connection.flush();
        free.add(batch.bytes());
    }

    private void send(int chunk, byte[] bytes, int at, ZstdCompressCtx zstd) throws IOException {
        int length = geometry.length(chunk);
        int shorter = compress(zstd, bytes, at, length);
        if (shorter > 0) {
            connection.send(new Chunk(chunk, Codec.ZSTD, outgoing, shorter));
            tally.sent(length, shorter);
        } else {
            System.arraycopy(bytes, at, outgoing, 0, length);
            connection.send(new Chunk(chunk, Codec.PLAIN, outgoing, length));
            tally.sent(length, length);
        }
    }

    /** Into {@link #outgoing}; the length there, or 0 when that would gain too little. */
    private int compress(ZstdCompressCtx zstd, byte[] bytes, int at, int length) {
        try {
            return zstd.compressByteArray(outgoing, 0, length - length / WORTHWHILE_SHARE, bytes, at, length);
        } catch (ZstdException e) {
            if (e.getErrorCode() == Zstd.errDstSizeTooSmall()) {
                return 0;
            }
            throw e;
        }
    }
}
