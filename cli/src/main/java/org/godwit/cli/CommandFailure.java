package org.godwit.cli;

/** Why a command ends early: one sentence for the operator and the exit status for scripts. */
final class CommandFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final ExitStatus status;

    CommandFailure(ExitStatus status, String sentence) {
        super(sentence);
        this.status = status;
    }

    CommandFailure(ExitStatus status, String sentence, Throwable cause) {
        super(sentence, cause);
        this.status = status;
    }

    ExitStatus status() {
        return status;
    }
}
