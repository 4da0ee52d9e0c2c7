package org.godwit.disk.mover;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** Holds all connections that share it to one rate. What was not used is lost after 20 ms, so a pause causes no burst. */
public final class Pacer {

    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long CREDIT_NANOS = 20_000_000L;

    private final LongSupplier nanoTime;
    private final LongConsumer park;
    private long bytesPerSecond;
    private long due;

    /** @param bytesPerSecond 0 for no limit */
    public Pacer(LongSupplier nanoTime, long bytesPerSecond) {
        this(nanoTime, LockSupport::parkNanos, bytesPerSecond);
    }

    /** @param park waits for about so many nanoseconds, or shorter */
    Pacer(LongSupplier nanoTime, LongConsumer park, long bytesPerSecond) {
        this.nanoTime = nanoTime;
        this.park = park;
        this.due = nanoTime.getAsLong();
        limit(bytesPerSecond);
    }

    /** Changes the rate, also while transfers run. 0 for no limit. */
    public synchronized void limit(long bytesPerSecond) {
        if (bytesPerSecond < 0) {
            throw new IllegalArgumentException("bytesPerSecond is " + bytesPerSecond + ": 0 means no limit");
        }
        this.bytesPerSecond = bytesPerSecond;
    }

    /** Returns when so many bytes may be sent. */
    void pass(int bytes) {
        long start = reserve(bytes);
        for (long rest = start - nanoTime.getAsLong(); rest > 0
                && !Thread.currentThread().isInterrupted(); rest = start - nanoTime.getAsLong()) {
            park.accept(rest);
        }
    }

    private synchronized long reserve(int bytes) {
        long now = nanoTime.getAsLong();
        if (bytesPerSecond == 0) {
            due = now;
            return now;
        }
        long start = now - due > CREDIT_NANOS ? now - CREDIT_NANOS : due;
        due = start + Math.max(1, bytes * NANOS_PER_SECOND / bytesPerSecond);
        return start;
    }
}
