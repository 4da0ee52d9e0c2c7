package org.godwit.guest;

import org.godwit.protocol.guest.GuestReply.Refused;
import org.godwit.protocol.guest.RefusalCode;

/** The agent will not, or could not, do what it was asked. */
final class Refusal extends Exception {

    private static final long serialVersionUID = 1L;

    private final RefusalCode code;

    Refusal(RefusalCode code, String message) {
        super(message);
        this.code = code;
    }

    RefusalCode code() {
        return code;
    }

    Refused reply() {
        return Refused.because(code, getMessage());
    }
}
