package org.godwit.model;

import static java.util.Objects.requireNonNull;

import java.util.regex.Pattern;

/** What operators call a site, host, VM or peer: a DNS label, so that it fits into URLs, file names and log keys. */
public record Name(String text) implements Comparable<Name> {

    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    /** @throws IllegalArgumentException when the text is not 1 to 63 of a-z, 0-9 and inner hyphens */
    public Name {
        requireNonNull(text, "name is null");
        if (!fits(text)) {
            throw new IllegalArgumentException(
                    "name must be 1 to 63 of a-z, 0-9 and inner hyphens, got \"" + text + "\"");
        }
    }

    public static Name of(String text) {
        return new Name(text);
    }

    /** Whether a name can be made of it. */
    public static boolean fits(String text) {
        return LABEL.matcher(text).matches();
    }

    @Override
    public int compareTo(Name other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }
}
