package org.godwit.host.command;

import static java.util.Objects.requireNonNull;

import org.godwit.protocol.agent.Failure;
import org.godwit.protocol.agent.FailureCode;

/** A command could not be carried out; the message is a sentence for an operator. */
final class CommandFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final FailureCode code;

    CommandFailedException(FailureCode code, String message) {
        this(code, message, null);
    }

    CommandFailedException(FailureCode code, String message, Throwable cause) {
        super(message, cause);
        this.code = requireNonNull(code, "code is null");
    }

    Failure failure() {
        return Failure.newBuilder().setCode(code).setMessage(getMessage()).build();
    }
}
