package org.godwit.disk.nbd;

import java.io.IOException;

/** The server refused a request, or does not speak the protocol. */
public final class NbdException extends IOException {

    private static final long serialVersionUID = 1L;

    NbdException(String message) {
        super(message);
    }
}
