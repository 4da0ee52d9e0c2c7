package org.godwit.mcs.rest;

import java.util.function.Function;

/** One member of a request cannot be what it says. */
final class BadFieldException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String field;

    /** @param field null when it is the body as a whole */
    BadFieldException(String field, String message, Throwable cause) {
        super(message, cause);
        this.field = field;
    }

    String field() {
        return field;
    }

    /** The value of a member that must be there. */
    static <T> T required(String field, String text, Function<String, T> reader) {
        if (text == null || text.isEmpty()) {
            throw new BadFieldException(field, "\"" + field + "\" is missing", null);
        }
        try {
            return reader.apply(text);
        } catch (IllegalArgumentException e) {
            throw new BadFieldException(field, e.getMessage(), e);
        }
    }
}
