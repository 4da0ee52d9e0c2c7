package org.godwit.lab.simulation;

import java.util.List;

/** Something that must never be, with the history that led to it. */
public final class Violation extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final long seed;
    private final String what;

    Violation(long seed, String what, List<String> history) {
        super("seed " + seed + ": " + what + "\n  " + String.join("\n  ", history));
        this.seed = seed;
        this.what = what;
    }

    long seed() {
        return seed;
    }

    /** Without the history. */
    String what() {
        return what;
    }
}
