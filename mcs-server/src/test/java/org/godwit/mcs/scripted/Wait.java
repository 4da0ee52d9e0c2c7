package org.godwit.mcs.scripted;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Looks again until something is true. */
public final class Wait {

    private static final long LIMIT_NANOS = Duration.ofSeconds(60).toNanos();

    private Wait() {}

    public static void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + LIMIT_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("did not become true: " + what);
            }
            LockSupport.parkNanos(2_000_000);
        }
    }
}
