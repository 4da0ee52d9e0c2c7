package org.godwit.cli;

/** Ctrl-C, and whatever else asks the command to stop waiting. */
@FunctionalInterface
public interface Interrupts {

    /** From now on an interrupt runs the action, on another thread, instead of ending the process. */
    void onInterrupt(Runnable action);
}
