package org.godwit.cli.remote;

import static java.util.Objects.requireNonNull;

/**
 * What came of a command.
 *
 * @param status with which it ended; -1 when a signal ended it
 * @param out the beginning of what it wrote
 * @param err the beginning of what it complained
 */
public record RemoteResult(int status, String out, String err) {

    private static final int COMPLAINT_LINES_MAX = 5;

    public RemoteResult {
        requireNonNull(out, "out is null");
        requireNonNull(err, "err is null");
    }

    /** The last lines that it complained, as one. */
    public String complaint() {
        var lines = err.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
        return lines.isEmpty()
                ? "it says nothing"
                : String.join(" / ", lines.subList(Math.max(0, lines.size() - COMPLAINT_LINES_MAX), lines.size()));
    }
}
