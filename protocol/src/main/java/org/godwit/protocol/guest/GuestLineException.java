package org.godwit.protocol.guest;

import java.util.OptionalLong;

/** A line of the channel is not a message of this version. Skip it, count it, and answer it where its id is known. */
public final class GuestLineException extends Exception {

    private static final long serialVersionUID = 1L;

    private final RefusalCode code;
    private final long id;

    GuestLineException(RefusalCode code, long id, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
        this.id = id;
    }

    /** MALFORMED, UNSUPPORTED_VERSION or UNKNOWN_REQUEST. */
    public RefusalCode code() {
        return code;
    }

    /** The id, where the line still shows a valid one. */
    public OptionalLong id() {
        return id == 0 ? OptionalLong.empty() : OptionalLong.of(id);
    }
}
