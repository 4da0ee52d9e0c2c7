package org.godwit.operation.log;

import static java.util.Objects.requireNonNull;

/** A value in a log line that became another: {@code from→to} for people, two members for programs. */
public record Change(Object from, Object to) {

    public Change {
        requireNonNull(from, "from is null");
        requireNonNull(to, "to is null");
    }

    @Override
    public String toString() {
        return from + "→" + to;
    }
}
