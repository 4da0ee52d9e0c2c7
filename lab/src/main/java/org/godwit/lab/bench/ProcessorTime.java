package org.godwit.lab.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a program has used of the processors so far: says what it costs, also on a machine that does other things too. */
final class ProcessorTime {

    /** The kernel tells times in hundredths of a second (USER_HZ) to every program on Linux. */
    private static final double TICKS_PER_SECOND = 100;
    /** Counted behind the name in parentheses, which may have blanks: user time, system time. */
    private static final int USER = 11;
    private static final int SYSTEM = 12;

    private ProcessorTime() {}

    /** In seconds, of all its threads. */
    static double of(long pid) {
        Path stat = Path.of("/proc", Long.toString(pid), "stat");
        try {
            String text = Files.readString(stat);
            String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(fields[USER]) + Long.parseLong(fields[SYSTEM])) / TICKS_PER_SECOND;
        } catch (IOException e) {
            throw new UncheckedIOException(stat + " cannot be read: has the program ended?", e);
        }
    }

    /** In ns, of this thread: what else the machine does, and the compiler's threads, do not count. */
    static long ofThisThreadNs() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
