package org.godwit.disk.wire;

import java.io.IOException;

/** What came is no frame, or breaks a limit. */
public final class MalformedFrameException extends IOException {

    private static final long serialVersionUID = 1L;

    public MalformedFrameException(String message) {
        super(message);
    }
}
