package org.godwit.cli.remote;

import java.util.Optional;

/** Where an operator is asked, if there is one. */
public interface Questions {

    /** @return false, too, where nobody can be asked */
    boolean agreed(String question);

    /** Something that is not shown while it is typed. @return empty where nobody can be asked, or nothing was typed */
    Optional<char[]> secret(String question);
}
