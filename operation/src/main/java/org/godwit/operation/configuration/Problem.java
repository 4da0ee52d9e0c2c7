package org.godwit.operation.configuration;

import static java.util.Objects.requireNonNull;

/**
 * Something that an operator has to mend.
 *
 * @param place where: a file with its line, or the command line
 * @param key the setting; empty when the line names none
 * @param sentence what is wrong and what to do
 */
public record Problem(String place, String key, String sentence) {

    public Problem {
        requireNonNull(place, "place is null");
        requireNonNull(key, "key is null");
        requireNonNull(sentence, "sentence is null");
    }

    @Override
    public String toString() {
        return place + ": " + (key.isEmpty() ? "" : key + ": ") + sentence;
    }
}
