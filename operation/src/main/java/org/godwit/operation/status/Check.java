package org.godwit.operation.status;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * One thing that a program needs to do its work.
 *
 * @param name a word
 * @param problem a sentence when it is not well; asked for every time, and may block
 */
public record Check(String name, Supplier<Optional<String>> problem) {

    /** When asking fails that is a problem, too. */
    Optional<String> ask() {
        try {
            return problem.get();
        } catch (RuntimeException e) {
            return Optional.of("cannot be asked: " + e);
        }
    }
}
