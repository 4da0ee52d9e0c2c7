package org.godwit.shim;

import java.util.ArrayDeque;
import java.util.Deque;

/** What a test has made, removed in the opposite order. */
final class Undo implements AutoCloseable {

    private final Deque<AutoCloseable> made = new ArrayDeque<>();

    <T extends AutoCloseable> T later(T it) {
        made.push(it);
        return it;
    }

    @Override
    public void close() {
        while (!made.isEmpty()) {
            try {
                made.pop().close();
            } catch (Exception e) {
                throw new AssertionError("cannot be removed", e);
            }
        }
    }
}
