package org.godwit.mcs.identity;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What somebody may do; each may do what those before it may, too. */
public enum Role {
    /** Whoever asks, without a token. */
    ANYBODY,
    /** Looks. */
    VIEWER,
    /** Moves VMs, and says which there are. */
    OPERATOR,
    /** Decides who and what belongs to the house: sites, hosts, tokens; reads the audit. */
    ADMIN;

    public boolean mayAll(Role needed) {
        return compareTo(needed) >= 0;
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException when it is no role that a token can have */
    public static Role of(String word) {
        return Arrays.stream(values()).filter(role -> role != ANYBODY && role.word().equals(word)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("must be one of " + Arrays.stream(values()).skip(1)
                        .map(Role::word).collect(Collectors.joining(", "))));
    }
}
