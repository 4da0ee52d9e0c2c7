package org.godwit.model;

/**
 * A fencing number that only grows. Every command to an agent and every mapping write carries the epoch of the migration
 * that issued it; older ones are refused, so that a workflow that was given up cannot act any more.
 */
public record Epoch(long number) implements Comparable<Epoch> {

    /** Nothing has ever been done to the VM. */
    public static final Epoch NONE = new Epoch(0);

    /** @throws IllegalArgumentException when negative */
    public Epoch {
        if (number < 0) {
            throw new IllegalArgumentException("an epoch is never negative, got " + number);
        }
    }

    public Epoch next() {
        return new Epoch(Math.addExact(number, 1));
    }

    public boolean isOlderThan(Epoch other) {
        return number < other.number;
    }

    @Override
    public int compareTo(Epoch other) {
        return Long.compare(number, other.number);
    }

    @Override
    public String toString() {
        return Long.toString(number);
    }
}
