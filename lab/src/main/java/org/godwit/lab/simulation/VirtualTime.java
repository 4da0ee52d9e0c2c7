package org.godwit.lab.simulation;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A clock that stands still while something happens, and then jumps to whatever comes next. Of one thread. */
final class VirtualTime implements InstantSource {

    private static final Instant BEGIN = Instant.parse("2030-01-01T00:00:00Z");

    private record Due(Duration at, long order, Runnable task) {}

    private final PriorityQueue<Due> due = new PriorityQueue<>(Comparator.comparing(Due::at).thenComparing(Due::order));
    private Duration now = Duration.ZERO;
    private long orders;

    /** What is due at the same time happens in the order in which it was asked for. */
    void after(Duration delay, Runnable task) {
        due.add(new Due(now.plus(delay), orders++, task));
    }

    /** Lets the next thing happen. @return false when there is nothing left, or nothing up to then */
    boolean step(Duration until) {
        Due next = due.peek();
        if (next == null || next.at().compareTo(until) > 0) {
            return false;
        }
        due.remove();
        now = next.at();
        next.task().run();
        return true;
    }

    /** Since the beginning. */
    Duration now() {
        return now;
    }

    @Override
    public Instant instant() {
        return BEGIN.plus(now);
    }
}
