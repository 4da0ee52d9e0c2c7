package org.godwit.host.program;

/** A program could not be run, did not end in time, or ended with an exit code that its caller had no use for. */
public final class ProgramException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ProgramException(String message) {
        super(message);
    }

    public ProgramException(String message, Throwable cause) {
        super(message, cause);
    }
}
