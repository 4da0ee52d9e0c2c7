package org.godwit.disk.mover;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.godwit.disk.wire.ChunkHash;
import org.godwit.disk.wire.Frame;
import org.godwit.disk.wire.Frame.Chunk;
import org.godwit.disk.wire.Frame.End;
import org.godwit.disk.wire.Frame.Ended;
import org.godwit.disk.wire.Frame.Offer;
import org.godwit.disk.wire.Frame.Want;
import org.godwit.disk.wire.Frame.Zeroes;
import org.godwit.disk.wire.Geometry;
import org.godwit.disk.wire.Refusal;

/** What comes over one connection, written to the disk. */
final class Unloading {

    private static final int WANTED_MAX = 2 * Frame.OFFER_CHUNKS_MAX;

    private final Arrival arrival;
    private final Connection connection;
    private final Berth berth;
    private final Geometry geometry;
    private final Map<Long, ChunkHash> wanted = new HashMap<>();
    private final byte[] content;

    Unloading(Arrival arrival, Connection connection, Berth berth) {
        this.arrival = arrival;
        this.connection = connection;
        this.berth = berth;
        this.geometry = arrival.geometry();
        this.content = new byte[geometry.chunkBytes()];
    }

    /** Until the sender has nothing more for this connection. */
    void run() throws IOException {
        try (ZstdDecompressCtx zstd = new ZstdDecompressCtx()) {
            while (true) {
                switch (connection.receive()) {
                    case Offer offer -> answer(offer);
                    case Chunk chunk -> take(chunk, zstd);
                    case Zeroes zeroes -> {
                        check(zeroes.first(), zeroes.count());
                        berth.zero(zeroes.first(), zeroes.count());
                        arrival.settle(zeroes.first(), zeroes.count());
                    }
                    case End _ -> {
                        if (!wanted.isEmpty()) {
                            throw malformed(wanted.size() + " chunks were wanted and did not come");
                        }
                        connection.send(new Ended());
                        connection.flush();
                        return;
                    }
                    case Frame other -> throw malformed("the sender says " + other.getClass().getSimpleName());
                }
            }
        }
    }

    private void answer(Offer offer) throws IOException {
        int count = offer.hashes().size();
        check(offer.first(), count);
        int bits = 0;
        for (int i = 0; i < count; i++) {
            int chunk = (int) offer.first() + i;
            if (!settledHere(chunk, offer.hashes().get(i))) {
                bits |= 1 << i;
                if (wanted.put((long) chunk, offer.hashes().get(i)) != null) {
                    throw malformed("chunk " + chunk + " is offered again before it was sent");
                }
            }
        }
        if (wanted.size() > WANTED_MAX) {
            throw malformed("more than two offers are open");
        }
        connection.send(new Want(offer.first(), bits));
        connection.flush();
    }

    /** Whether the chunk needs not be sent on this connection. */
    private boolean settledHere(int chunk, ChunkHash hash) throws IOException {
        Claims claims = arrival.claims();
        if (hash.equals(ChunkHash.ZERO)) {
            berth.zero(chunk, 1);
            arrival.settle(chunk, 1);
            return true;
        }
        OptionalInt twin = claims.seen(hash);
        if (berth.hash(chunk).equals(hash) || twin.isPresent() && berth.copyWithin(twin.getAsInt(), chunk, hash)
                || berth.copyFromSibling(chunk, hash)) {
            claims.stands(hash, chunk);
            arrival.settle(chunk, 1);
            return true;
        }
        return !claims.claim(hash, chunk);
    }

    private void take(Chunk chunk, ZstdDecompressCtx zstd) throws IOException {
        ChunkHash hash = wanted.remove(chunk.index());
        if (hash == null) {
            throw malformed("chunk " + chunk.index() + " was not wanted");
        }
        int index = (int) chunk.index();
        int length = geometry.length(index);
        unpack(chunk, zstd, length);
        if (!ChunkHash.of(content, 0, length).equals(hash)) {
            throw new RefusedException(Refusal.CORRUPT,
                    "chunk " + index + " is not what was announced: the link or the source's storage changes bytes");
        }
        berth.write(index, content);
        arrival.settle(index, 1);
        for (int waiting : arrival.claims().arrived(hash, index)) {
            berth.write(waiting, content);
            arrival.settle(waiting, 1);
        }
    }

    private void unpack(Chunk chunk, ZstdDecompressCtx zstd, int length) throws RefusedException {
        int unpacked = switch (chunk.codec()) {
            case PLAIN -> {
                System.arraycopy(chunk.bytes(), 0, content, 0, Math.min(chunk.length(), length));
                yield chunk.length();
            }
            case ZSTD -> {
                try {
                    yield zstd.decompressByteArray(content, 0, length, chunk.bytes(), 0, chunk.length());
                } catch (ZstdException e) {
                    throw new RefusedException(Refusal.CORRUPT,
                            "chunk " + chunk.index() + " cannot be unpacked: " + e.getMessage(), e);
                }
            }
        };
        if (unpacked != length) {
            throw new RefusedException(Refusal.CORRUPT,
                    "chunk " + chunk.index() + " has " + unpacked + " bytes instead of " + length);
        }
    }

    private void check(long first, long count) throws RefusedException {
        try {
            geometry.check(first, count);
        } catch (IllegalArgumentException e) {
            throw new RefusedException(Refusal.MALFORMED, e.getMessage(), e);
        }
    }

    private static RefusedException malformed(String words) {
        return new RefusedException(Refusal.MALFORMED, words);
    }
}
