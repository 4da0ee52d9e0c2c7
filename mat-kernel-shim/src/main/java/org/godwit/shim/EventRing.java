package org.godwit.shim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The reading end of a BPF ring buffer: a page with the consumer's position, which we write, one with the producer's, and
 * the data mapped twice in a row, so that no record is ever torn. One thread at a time may read.
 */
final class EventRing {

    private static final VarHandle POSITION = ValueLayout.JAVA_LONG.varHandle();
    private static final VarHandle LENGTH = ValueLayout.JAVA_INT.varHandle();
    private static final int HEADER_BYTES = 8;
    private static final int BUSY = 1 << 31;
    private static final int DISCARDED = 1 << 30;

    private final MemorySegment consumer;
    private final MemorySegment producer;
    private final MemorySegment data;
    private final int bytes;

    EventRing(int fd, int bytes, Arena arena) {
        long page = Libc.pageSize();
        consumer = Libc.map(fd, 0, page, true, arena);
        producer = Libc.map(fd, page, page + 2L * bytes, false, arena);
        data = producer.asSlice(page);
        this.bytes = bytes;
    }

    /** The oldest record not yet taken. */
    Optional<ByteBuffer> take() {
        long position = (long) POSITION.get(consumer, 0L);
        while (position < (long) POSITION.getAcquire(producer, 0L)) {
            long at = position & (bytes - 1);
            int header = (int) LENGTH.getAcquire(data, at);
            if ((header & BUSY) != 0) {
                break;
            }
            int length = header & ~DISCARDED;
            ByteBuffer record = BpfMap.buffer(length);
            MemorySegment.copy(data, ValueLayout.JAVA_BYTE, at + HEADER_BYTES, record.array(), 0, length);
            position += (length + HEADER_BYTES + 7) & ~7;
            POSITION.setRelease(consumer, 0L, position);
            if ((header & DISCARDED) == 0) {
                return Optional.of(record);
            }
        }
        return Optional.empty();
    }
}
