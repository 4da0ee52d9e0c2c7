package org.godwit.cli;

/** How answers are written. */
enum Output {

    /** For people. */
    TABLE,

    /** For programs: the bodies of the REST API as they came. */
    JSON
}
