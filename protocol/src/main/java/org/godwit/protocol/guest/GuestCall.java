package org.godwit.protocol.guest;

import static java.util.Objects.requireNonNull;

/** A request and the id that its answer will carry: one line from host to guest. */
public record GuestCall(long id, GuestRequest request) {

    /** The largest id; every JSON reader holds it exactly. */
    public static final long ID_MAX = (1L << 53) - 1;

    public GuestCall {
        checkId(id);
        requireNonNull(request, "request is null");
    }

    static void checkId(long id) {
        if (id < 1 || id > ID_MAX) {
            throw new IllegalArgumentException("id must be 1 to 2^53-1, got " + id);
        }
    }
}
