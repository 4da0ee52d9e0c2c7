package org.godwit.mcs.ims;

/** The mapping server in another process gave no answer; whether it has done what it was asked for is not known. */
public final class ImsUnreachableException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** @param message a sentence without its full stop */
    public ImsUnreachableException(String message, Throwable cause) {
        super(message, cause);
    }
}
