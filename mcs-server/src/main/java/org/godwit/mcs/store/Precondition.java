package org.godwit.mcs.store;

import java.util.Optional;
import java.util.Set;

/**
 * On which versions of a resource a change may be made.
 *
 * @param versions empty: on any
 */
public record Precondition(Optional<Set<Long>> versions) {

    public static final Precondition NONE = new Precondition(Optional.empty());

    public Precondition {
        versions = versions.map(Set::copyOf);
    }

    /** @throws ChangedException when the resource has another version by now */
    void check(String what, long version) {
        if (versions.isPresent() && !versions.get().contains(version)) {
            throw new ChangedException(what + " has been changed since you looked: look again, then decide");
        }
    }

    /** What was to be changed has been changed by somebody else. */
    public static final class ChangedException extends RuntimeException {

        private static final long serialVersionUID = 1;

        ChangedException(String message) {
            super(message);
        }
    }
}
