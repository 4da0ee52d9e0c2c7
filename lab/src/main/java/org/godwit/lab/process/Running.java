package org.godwit.lab.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.godwit.lab.LabException;

/** A program that the lab started and will end. */
public final class Running implements AutoCloseable {

    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final int LOG_LINES_SHOWN = 15;

    private final Process process;
    private final List<String> command;
    private final Path log;
    private final long logBytesBefore;

    /** @param logBytesBefore how much of the log is of programs that ran before */
    Running(Process process, List<String> command, Path log, long logBytesBefore) {
        this.process = process;
        this.command = List.copyOf(command);
        this.log = log;
        this.logBytesBefore = logBytesBefore;
    }

    public long pid() {
        return process.pid();
    }

    public Path log() {
        return log;
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Writes one line to its standard input. @throws LabException when it no longer reads */
    public void say(String line) {
        try {
            OutputStream stdin = process.getOutputStream();
            stdin.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            stdin.flush();
        } catch (IOException e) {
            throw new LabException(complaint("no longer reads its input"), e);
        }
    }

    /** Closes its standard input, which tells many a program to end. */
    public void endInput() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // It has closed its end before.
        }
    }

    /** Whether it has said these words. */
    public boolean hasSaid(String words) {
        return said().contains(words);
    }

    /** The first place where it has said something of this kind. */
    public Optional<MatchResult> find(Pattern words) {
        Matcher matcher = words.matcher(said());
        return matcher.find() ? Optional.of(matcher.toMatchResult()) : Optional.empty();
    }

    /** What it has said so far; programs that ran before it and wrote to the same log are left out. */
    public String said() {
        try (InputStream said = Files.newInputStream(log)) {
            said.skipNBytes(logBytesBefore);
            return new String(said.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    /** How many lines of its log so far begin with these words. */
    public long timesSaid(String words) {
        try {
            return new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines()
                    .filter(line -> line.startsWith(words)).count();
        } catch (IOException e) {
            return 0;
        }
    }

    /**
     * Waits for its end by itself.
     *
     * @return the exit code
     * @throws LabException when it has not ended within the limit; it is still running then
     */
    public int await(Duration limit) {
        if (!endsWithin(limit)) {
            throw new LabException(complaint("did not end within " + limit.toMillis() + " ms"));
        }
        return process.exitValue();
    }

    /** Waits for its end by itself, and answers whether it came. */
    public boolean endsWithin(Duration limit) {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException(complaint("was waited for, interrupted"), e);
        }
    }

    /**
     * Waits until the program is ready for use.
     *
     * @param lack what is wrong when it is not, as in "does not answer"
     * @throws LabException when the limit passes or the program ends
     */
    public void awaitReady(Patience patience, Duration limit, BooleanSupplier isReady, String lack) {
        patience.until(limit, () -> !isAlive() || isReady.getAsBoolean(), () -> complaint(lack));
        if (!isAlive()) {
            throw new LabException(complaint("has ended"));
        }
    }

    /** What went wrong with this program, with the end of its log. */
    public String complaint(String whatHappened) {
        return Processes.describe(command) + " " + whatHappened + "; the end of " + log + ":\n" + logEnd();
    }

    /** Ends it without a word of warning (SIGKILL), as a crash would. Returns when it has ended. */
    public void crash() {
        Processes.kill(process);
    }

    /** Asks it to end (SIGTERM) and, when it does not within five seconds, kills it. Returns when it has ended. */
    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Processes.kill(process);
    }

    private String logEnd() {
        try {
            List<String> lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()));
        } catch (IOException e) {
            return "(the log cannot be read: " + e.getMessage() + ")";
        }
    }
}
