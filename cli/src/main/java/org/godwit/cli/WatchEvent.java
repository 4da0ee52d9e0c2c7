package org.godwit.cli;

/** What can happen to a watch, but for what the server answers. */
sealed interface WatchEvent {

    /** The server has said that there is something to see, or has stopped saying. */
    record Told() implements WatchEvent {}

    /** Ctrl-C. */
    record Interrupted() implements WatchEvent {}

    /** The operator has answered the question. */
    record Answered(String line) implements WatchEvent {}
}
