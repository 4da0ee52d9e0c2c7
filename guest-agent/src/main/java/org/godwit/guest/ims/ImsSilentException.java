package org.godwit.guest.ims;

import java.io.IOException;

/** The mapping server did not answer in time: whether there is a mapping is not known. */
public final class ImsSilentException extends IOException {

    private static final long serialVersionUID = 1;

    ImsSilentException(String question) {
        super("the mapping server did not answer: " + question);
    }
}
