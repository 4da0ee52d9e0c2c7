package org.godwit.cli;

/** What can happen to a watch from the operator's side. */
sealed interface WatchEvent {

    /** Ctrl-C. */
    record Interrupted() implements WatchEvent {}

    /** The operator has answered the question. */
    record Answered(String line) implements WatchEvent {}
}
