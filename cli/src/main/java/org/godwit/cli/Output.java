package org.godwit.cli;

import java.util.Locale;

/** How answers are written. */
enum Output {

    /** For people. */
    TABLE,

    /** The same with every column. */
    WIDE,

    /** For programs: the bodies of the REST API as they came. */
    JSON,

    /** For programs and people: the same bodies. */
    YAML,

    /** For scripts: one name a line. */
    NAME;

    /** Whether programs read it. */
    boolean structured() {
        return this == JSON || this == YAML;
    }

    /** As it is typed; the completion script offers it so. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
