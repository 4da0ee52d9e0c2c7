package org.godwit.cli;

import org.godwit.protocol.rest.Resources.Migration;

/** Shows a migration while it runs. */
sealed interface ProgressDisplay permits TerminalProgress, PlainProgress {

    /** Called with everything that the server says, again and again. */
    void show(Migration migration);

    /** Leaves the cursor at the start of an empty line, for something else to be written. */
    void interrupt();
}
