package org.godwit.mcs.runner;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The machine's own: a virtual thread for each lane. */
public final class Threads implements Schedule, AutoCloseable {

    private final ScheduledExecutorService alarms = Executors
            .newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("alarms").factory());

    @Override
    public Lane lane(String name) {
        ThreadLocal<Boolean> inside = ThreadLocal.withInitial(() -> false);
        ExecutorService thread = Executors.newSingleThreadExecutor(Thread.ofVirtual().name(name).factory());
        return new Lane() {
            @Override
            public void take(Runnable turn) {
                try {
                    thread.execute(() -> {
                        inside.set(true);
                        turn.run();
                    });
                } catch (RejectedExecutionException _) {
                    // closed
                }
            }

            @Override
            public void close() {
                thread.shutdownNow();
                if (!inside.get()) {
                    thread.close();
                }
            }
        };
    }

    @Override
    public Alarm after(Duration delay, Runnable task) {
        Future<?> alarm = alarms.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> alarm.cancel(false);
    }

    @Override
    public void close() {
        alarms.shutdownNow();
    }
}
