package org.godwit.disk.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** One message between sender and receiver. */
public sealed interface Frame {

    /** Chunks that one OFFER may name. */
    int OFFER_CHUNKS_MAX = 16;

    int REFUSAL_BYTES_MAX = 1024;

    /** From the sender: the first frame of a transfer's first connection. */
    record Open(TransferId transfer, Geometry geometry, long dataBytes, String disk) implements Frame {

        static final int DISK_BYTES_MAX = 255;

        /**
         * @param dataBytes what is not known to be zero at the source, at most the disk's size
         * @param disk which disk of the transfer, as source and target call it: 1 to 255 bytes
         */
        public Open {
            int length = disk.getBytes(StandardCharsets.UTF_8).length;
            if (length == 0 || length > DISK_BYTES_MAX) {
                throw new IllegalArgumentException(
                        "disk has a name of " + length + " bytes: 1 to " + DISK_BYTES_MAX + " are allowed");
            }
            if (dataBytes < 0 || dataBytes > geometry.diskBytes()) {
                throw new IllegalArgumentException("dataBytes is " + dataBytes + ": at most the disk's "
                        + geometry.diskBytes() + " are possible");
            }
        }
    }

    /** From the sender: the first frame of each further connection. */
    record Join(TransferId transfer) implements Frame {}

    /** From the receiver: to Open or Join. */
    record Ready() implements Frame {}

    /** From the sender: what some consecutive chunks are. */
    record Offer(long first, List<ChunkHash> hashes) implements Frame {
        public Offer {
            hashes = List.copyOf(hashes);
            if (first < 0 || hashes.isEmpty() || hashes.size() > OFFER_CHUNKS_MAX) {
                throw new IllegalArgumentException("an offer of " + hashes.size() + " chunks from " + first
                        + " on: 1 to " + OFFER_CHUNKS_MAX + " are allowed");
            }
        }
    }

    /**
     * From the receiver, to each Offer in their order.
     *
     * @param first as in the offer
     * @param bits of the chunks to be sent: bit 0 is the first
     */
    record Want(long first, int bits) implements Frame {
        public Want {
            if (first < 0 || bits < 0 || bits >= 1 << OFFER_CHUNKS_MAX) {
                throw new IllegalArgumentException("wants chunks by " + bits + " from " + first + " on");
            }
        }
    }

    /** From the sender: a chunk that was wanted. */
    record Chunk(long index, Codec codec, byte[] bytes, int length) implements Frame {

        /** @param length of the bytes that count; the array may be longer, since senders use it again */
        public Chunk {
            if (index < 0 || length < 1 || length > bytes.length) {
                throw new IllegalArgumentException("chunk " + index + " has " + length + " bytes");
            }
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Chunk chunk && index == chunk.index && codec == chunk.codec
                    && Arrays.equals(bytes, 0, length, chunk.bytes, 0, chunk.length);
        }

        @Override
        public int hashCode() {
            return Long.hashCode(index);
        }
    }

    /** From the sender: consecutive chunks that are zero. */
    record Zeroes(long first, long count) implements Frame {
        public Zeroes {
            if (first < 0 || count < 1 || first + count < 0) {
                throw new IllegalArgumentException(count + " zero chunks from " + first + " on");
            }
        }
    }

    /** From the sender: nothing more comes on this connection but, on the first, StillHere and Verify. */
    record End() implements Frame {}

    /** From the receiver, to End: all of it has been written. */
    record Ended() implements Frame {}

    /** From the sender on the first connection: other connections are still busy. */
    record StillHere() implements Frame {}

    /** From the sender on the first connection, when all others have ended: read the disk again and compare. */
    record Verify(long chunks, ChunkHash digest) implements Frame {

        /** @param chunks how many the transfer had, zero ones included */
        public Verify {
            if (chunks < 1) {
                throw new IllegalArgumentException("a transfer of " + chunks + " chunks: it must have one");
            }
        }
    }

    /** From the receiver, from time to time while it reads. */
    record Verifying(long chunksDone) implements Frame {
        public Verifying {
            if (chunksDone < 0) {
                throw new IllegalArgumentException("chunksDone is " + chunksDone + ": at least 0 are possible");
            }
        }
    }

    /** From the receiver: what is on its disk, safely, is what the sender has. */
    record Verified() implements Frame {}

    /** From the receiver, instead of anything else: it has given up. */
    record Refused(Refusal reason, String words) implements Frame {

        /** @param words for the operator, at most 1024 bytes; what is longer is cut */
        public Refused {
            byte[] bytes = words.getBytes(StandardCharsets.UTF_8);
            if (bytes.length > REFUSAL_BYTES_MAX) {
                // A character that is cut in two would become one of three bytes.
                words = new String(bytes, 0, REFUSAL_BYTES_MAX - 3, StandardCharsets.UTF_8);
            }
        }
    }

    /** How the bytes of a chunk travel. Its place is its number on the wire. */
    enum Codec {
        PLAIN, ZSTD
    }
}
