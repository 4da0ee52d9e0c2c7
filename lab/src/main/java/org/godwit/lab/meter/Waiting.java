package org.godwit.lab.meter;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits until something is true; whoever steers the meter has the time limit and ends it. */
final class Waiting {

    private static final long PAUSE_NS = 20_000_000;

    private Waiting() {}

    static void until(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(PAUSE_NS);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }
}
