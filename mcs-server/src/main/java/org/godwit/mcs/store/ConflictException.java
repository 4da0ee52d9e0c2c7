package org.godwit.mcs.store;

import java.util.Optional;

/** What was asked contradicts what is stored: a name that is taken, a thing that is still used, a VM that is being migrated. */
public final class ConflictException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String field;

    /** @param field the part of the request that is in conflict; null when it is none of it */
    public ConflictException(String message, String field) {
        super(message);
        this.field = field;
    }

    public Optional<String> field() {
        return Optional.ofNullable(field);
    }
}
