package org.godwit.mcs.identity;

/** Somebody did not prove who he is. The message is for the log: it says what was shown, and holds no secret. */
public final class NotProvenException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public NotProvenException(String shown) {
        super(shown);
    }
}
