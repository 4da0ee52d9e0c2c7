package org.godwit.lab.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Which process, for sure: process ids are used again, but never together with the same start time.
 *
 * @param pid the process id
 * @param startTicks field 22 of {@code /proc/PID/stat}: clock ticks after boot, see proc(5)
 */
public record ProcessIdentity(long pid, long startTicks) {

    private static final int STATE_FIELD = 3;
    private static final int START_FIELD = 22;

    /** Empty when there is no such process. */
    public static Optional<ProcessIdentity> of(long pid) {
        try {
            // The name in field 2 may itself hold blanks and brackets (so ISO 8859-1: any byte is a character).
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
            String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).trim().split(" ");
            return Optional.of(new ProcessIdentity(pid, Long.parseLong(afterName[START_FIELD - STATE_FIELD])));
        } catch (IOException e) {
            // The process ended between open and read (ESRCH).
            return Optional.empty();
        }
    }

    /** The form of the lab's pid files, which {@code lab/clean} reads. */
    public String line() {
        return pid + " " + startTicks + "\n";
    }
}
