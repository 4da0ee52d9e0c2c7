package org.godwit.protocol.lisp;

/** Bytes that are not a message of this profile. The message says which field, for a counter's label or a debug log. */
public final class MalformedFrameException extends Exception {

    private static final long serialVersionUID = 1;

    MalformedFrameException(String message) {
        super(message);
    }

    MalformedFrameException(String message, Throwable cause) {
        super(message, cause);
    }
}
