package org.godwit.mcs.runner;

import java.util.Optional;

/** What was asked is not done, and nothing was changed. */
public final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** Whose turn it is to do something about it. */
    public enum Reason {
        /** Something that the request names does not exist. */
        UNKNOWN,
        /** The request can never be done. */
        INVALID,
        /** It cannot be done now. */
        CONFLICT,
        /** Too much is going on now. */
        BUSY,
        /** An agent or a guest said no. */
        AGENT_REFUSED,
        /** An agent did not answer in time. */
        AGENT_SILENT
    }

    private final Reason reason;
    private final String field;

    /** @param field the part of the request that is wrong; null when it is none of it */
    public RefusedException(Reason reason, String message, String field) {
        super(message);
        this.reason = reason;
        this.field = field;
    }

    public Reason reason() {
        return reason;
    }

    public Optional<String> field() {
        return Optional.ofNullable(field);
    }
}
