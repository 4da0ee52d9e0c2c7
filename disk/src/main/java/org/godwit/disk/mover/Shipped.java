package org.godwit.disk.mover;

import org.godwit.disk.wire.ChunkHash;

/**
 * What was sent, and is now proven to be at the target.
 *
 * @param amounts what it took
 * @param digest over all chunks of the transfer
 */
public record Shipped(Amounts amounts, ChunkHash digest) {

    /**
     * How much so far.
     *
     * @param chunks that are settled, of those that the transfer has
     * @param chunksMax those that the transfer has
     * @param zeroChunks of the settled ones: zero, so only said
     * @param sentChunks of the settled ones: sent. The others were at the target already
     * @param sentBytes the content of the chunks that were sent
     * @param wireBytes what they became: compressed, without the frames around them
     */
    public record Amounts(long chunks, long chunksMax, long zeroChunks, long sentChunks, long sentBytes,
            long wireBytes) {

        /** Chunks that the target had, from before or from elsewhere in this transfer. */
        public long presentChunks() {
            return chunks - zeroChunks - sentChunks;
        }
    }
}
