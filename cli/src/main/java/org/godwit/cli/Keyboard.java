package org.godwit.cli;

import java.util.Optional;
import java.util.function.Consumer;

/** Where answers to a question come from. */
public interface Keyboard {

    /**
     * Returns at once; the line comes later, on another thread, and is empty at the end of input. One line is asked for at
     * a time.
     */
    void readLine(Consumer<String> answer);

    /** Waits for a line that is not shown while it is typed. @return empty at the end of input, or when it is empty */
    Optional<char[]> readSecret(String prompt);
}
