package org.godwit.disk.wire;

import static java.util.Objects.requireNonNull;

import java.util.UUID;

/** Names the transfer of one disk. Who begins again after an interruption uses the same. */
public record TransferId(UUID value) {

    public TransferId {
        requireNonNull(value, "value is null");
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
