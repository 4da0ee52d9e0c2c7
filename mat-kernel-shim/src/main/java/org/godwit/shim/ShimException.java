package org.godwit.shim;

import java.io.Serial;

/** The kernel, libbpf or {@code ip} refused something; the message says what and, where known, what to do. */
public final class ShimException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    public ShimException(String message) {
        super(message);
    }

    ShimException(String message, Throwable cause) {
        super(message, cause);
    }
}
