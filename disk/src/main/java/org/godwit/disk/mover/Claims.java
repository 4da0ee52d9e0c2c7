package org.godwit.disk.mover;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.godwit.disk.wire.ChunkHash;

/** Sees to it that equal chunks travel once, though several connections offer them at the same time. */
final class Claims {

    private static final int INDEX_ENTRIES = 1 << 18;
    /** Places that wait for one chunk; the next that asks gets it sent again. */
    private static final int WAITERS_MAX = 4096;

    private final ChunkIndex seen = new ChunkIndex(INDEX_ENTRIES);
    private final Map<ChunkHash, List<Integer>> underWay = new HashMap<>();

    /** Where such a chunk may stand already. */
    synchronized OptionalInt seen(ChunkHash hash) {
        return seen.find(hash);
    }

    synchronized void stands(ChunkHash hash, int chunk) {
        seen.put(hash, chunk);
    }

    /**
     * Asks for a chunk that stands nowhere.
     *
     * @return true when the caller must have it sent; false when another does, and will write it here as well
     */
    synchronized boolean claim(ChunkHash hash, int chunk) {
        List<Integer> waiting = underWay.get(hash);
        if (waiting == null) {
            underWay.put(hash, new ArrayList<>());
            return true;
        }
        if (waiting.size() == WAITERS_MAX) {
            return true;
        }
        waiting.add(chunk);
        return false;
    }

    /** A chunk that was sent has been written; where else it belongs. */
    synchronized List<Integer> arrived(ChunkHash hash, int chunk) {
        seen.put(hash, chunk);
        List<Integer> waiting = underWay.remove(hash);
        return waiting == null ? List.of() : waiting;
    }
}
