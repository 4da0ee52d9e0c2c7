package org.godwit.planner.simulation;

import static java.util.Objects.requireNonNull;

import org.godwit.planner.Checks;
import org.godwit.planner.Link;
import org.godwit.planner.Switchover;

/**
 * Where a migration takes place.
 *
 * @param headerBytes with which each page is sent, zero or more; a page of zeros is nothing else
 */
public record Setting(Memory memory, Link link, Switchover switchover, int headerBytes) {

    /** A page's address and flags, as QEMU sends them. */
    public static final int HEADER_BYTES = 8;

    /** @throws IllegalArgumentException when out of range */
    public Setting {
        requireNonNull(memory, "memory is null");
        requireNonNull(link, "link is null");
        requireNonNull(switchover, "switchover is null");
        Checks.within("bytes of a header", 0, 1 << 20, headerBytes);
    }

    public Setting(Memory memory, Link link, Switchover switchover) {
        this(memory, link, switchover, HEADER_BYTES);
    }
}
