package org.godwit.disk.mover;

import java.util.Arrays;
import java.util.OptionalInt;
import org.godwit.disk.wire.ChunkHash;

/**
 * Remembers where a chunk with some hash was seen. It has a fixed size: it forgets, and it may err, so whoever asks compares what
 * is there.
 */
final class ChunkIndex {

    private static final int NOWHERE = -1;

    private final long[] prefixes;
    private final int[] places;

    /** @param entries a power of two; 12 bytes each */
    ChunkIndex(int entries) {
        this.prefixes = new long[entries];
        this.places = new int[entries];
        Arrays.fill(places, NOWHERE);
    }

    void put(ChunkHash hash, int chunk) {
        int slot = slot(hash);
        prefixes[slot] = hash.prefix();
        places[slot] = chunk;
    }

    OptionalInt find(ChunkHash hash) {
        int slot = slot(hash);
        return places[slot] != NOWHERE && prefixes[slot] == hash.prefix()
                ? OptionalInt.of(places[slot])
                : OptionalInt.empty();
    }

    private int slot(ChunkHash hash) {
        return (int) (hash.prefix() >>> Integer.SIZE) & places.length - 1;
    }
}
