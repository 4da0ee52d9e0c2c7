package org.godwit.mcs.store;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * A part of a list.
 *
 * @param after the key of the last one that was seen; empty for the beginning
 * @param limit at most so many, above 0
 */
public record Page(Optional<String> after, int limit) {

    public Page {
        requireNonNull(after, "after is null");
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be above 0, got " + limit);
        }
    }

    /** The key that everything comes after, when there is no other. */
    String from() {
        return after.orElse("");
    }
}
