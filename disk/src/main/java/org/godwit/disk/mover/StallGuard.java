package org.godwit.disk.mover;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/** Looks from time to time whether a write hangs, for which TCP alone would wait a quarter of an hour. */
final class StallGuard implements AutoCloseable {

    private static final int LOOKS = 4;

    private final ScheduledExecutorService clockwork = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("disk-stall-guard").factory());

    /** @param look is told how many nanoseconds are too many */
    StallGuard(Duration patience, LongConsumer look) {
        long period = Math.max(1, patience.toNanos() / LOOKS);
        clockwork.scheduleWithFixedDelay(() -> look.accept(patience.toNanos()), period, period, TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        clockwork.shutdownNow();
    }
}
