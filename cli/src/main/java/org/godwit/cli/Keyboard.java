package org.godwit.cli;

import java.util.function.Consumer;

/** Where answers to a question come from. */
@FunctionalInterface
public interface Keyboard {

    /**
     * Returns at once; the line comes later, on another thread, and is empty at the end of input. One line is asked for at
     * a time.
     */
    void readLine(Consumer<String> answer);
}
