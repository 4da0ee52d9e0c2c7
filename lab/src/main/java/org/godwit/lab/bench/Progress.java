package org.godwit.lab.bench;

import static java.util.Objects.requireNonNull;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;

/** Tells the operator what a benchmark does and how long it will take. */
public final class Progress {

    private final PrintWriter terminal;
    private final InstantSource clock;
    private final Instant start;
    private Instant firstRunStart;

    public Progress(PrintWriter terminal, InstantSource clock) {
        this.terminal = requireNonNull(terminal, "terminal is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.start = clock.instant();
    }

    /** One line as it is. */
    public void say(String line) {
        terminal.println(line);
        terminal.flush();
    }

    /** One line with the time that has passed. */
    public void narrate(String what) {
        say(String.format(Locale.ROOT, "[%6.1f s] %s", sinceStart().toMillis() / 1e3, what));
    }

    /** The first run begins: what was before it says nothing about how long the rest takes. */
    public void runsBegin() {
        firstRunStart = clock.instant();
    }

    /** A run has ended; with the time that the remaining ones will take at the pace of those before. */
    public void ran(int done, int all, String what) {
        long passedMs = Duration.between(firstRunStart, clock.instant()).toMillis();
        String left = done == all ? "" : ", " + about(Duration.ofMillis(passedMs * (all - done) / done)) + " left";
        narrate("run " + done + " of " + all + left + ": " + what);
    }

    private static String about(Duration time) {
        return time.toSeconds() < 90
                ? "about " + Math.max(1, time.toSeconds()) + " s"
                : "about " + (time.toSeconds() + 30) / 60 + " min";
    }

    private Duration sinceStart() {
        return Duration.between(start, clock.instant());
    }
}
