package org.godwit.disk.mover;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import org.godwit.disk.wire.Refusal;

/** The receiver gave up, and says why. */
public final class RefusedException extends IOException {

    private static final long serialVersionUID = 1L;

    private final Refusal reason;

    public RefusedException(Refusal reason, String message) {
        this(reason, message, null);
    }

    public RefusedException(Refusal reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = requireNonNull(reason, "reason is null");
    }

    public Refusal reason() {
        return reason;
    }
}
