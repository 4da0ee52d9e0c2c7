package org.godwit.host.guest;

/** The guest agent did not answer in time, or its channel cannot be reached. */
public final class GuestSilentException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public GuestSilentException(String message, Throwable cause) {
        super(message, cause);
    }
}
