package org.godwit.lab.network;

import static java.util.Objects.requireNonNull;

import java.util.regex.Pattern;
import org.godwit.model.Name;

/**
 * What tells one lab on a machine from another: four hexadecimal digits. They begin every name that the lab gives to
 * something outside its own namespaces.
 */
public record LabId(String hex) {

    private static final Pattern FORM = Pattern.compile("[0-9a-f]{4}");

    /** @throws IllegalArgumentException when the text is not four lower-case hexadecimal digits */
    public LabId {
        requireNonNull(hex, "hex is null");
        if (!FORM.matcher(hex).matches()) {
            throw new IllegalArgumentException("a lab id is four hexadecimal digits, got \"" + hex + "\"");
        }
    }

    /** The network namespace of a node, for {@code ip netns exec}. */
    public String namespaceOf(Name node) {
        return "gw" + hex + "-" + node;
    }

    @Override
    public String toString() {
        return hex;
    }
}
