package org.godwit.cli;

import java.util.Locale;

/** How answers are written. */
enum Output {

    /** For people. */
    TABLE,

    /** For programs: the bodies of the REST API as they came. */
    JSON;

    /** As it is typed; the completion script offers it so. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
