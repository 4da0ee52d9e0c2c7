package org.godwit.lab.process;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.godwit.lab.LabException;

/**
 * Starts the programs that the lab needs: always a list of arguments, never a shell string, always under a time limit.
 */
public final class Processes {

    /** More than this many bytes of output are dropped; no program of the lab has reason to say so much. */
    private static final int OUTPUT_BYTES_MAX = 4 << 20;

    private static final Duration KILL_LIMIT = Duration.ofSeconds(30);
    private static final Duration REST_LATE_MAX = Duration.ofSeconds(15);

    private Processes() {}

    /** What a program said when it ended with exit code 0. */
    public record Output(String text, String errors) {}

    /** What a program ended with, whatever that is. */
    public record Finished(int exitCode, String text, String errors) {}

    /** Runs a program to its end. @throws LabException when it cannot be started, fails or exceeds the limit */
    public static Output run(Duration limit, List<String> command) {
        return run(limit, command, "", Map.of());
    }

    /**
     * Runs a program to its end.
     *
     * @param input written to its standard input
     * @param environment added to this process's own
     * @throws LabException when it cannot be started, fails or exceeds the limit; it has ended then in any case
     */
    public static Output run(Duration limit, List<String> command, String input, Map<String, String> environment) {
        Finished finished = finish(limit, command, input, environment);
        if (finished.exitCode() != 0) {
            throw new LabException(describe(command) + " failed with exit code " + finished.exitCode() + ": "
                    + (finished.errors() + finished.text()).strip());
        }
        return new Output(finished.text(), finished.errors());
    }

    /**
     * Runs a program to its end, whose exit code the caller judges.
     *
     * @param input written to its standard input
     * @param environment added to this process's own
     * @throws LabException when it cannot be started or exceeds the limit; it has ended then in any case
     */
    public static Finished finish(Duration limit, List<String> command, String input,
            Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        Process process = begin(builder);
        CompletableFuture<String> text = collect(process.getInputStream());
        CompletableFuture<String> errors = collect(process.getErrorStream());
        feed(process, input);
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new LabException(describe(command) + " did not end within " + limit.toMillis() + " ms");
            }
            return new Finished(process.exitValue(), text.get(KILL_LIMIT.toMillis(), TimeUnit.MILLISECONDS),
                    errors.get(KILL_LIMIT.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while " + describe(command) + " ran", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new LabException("the output of " + describe(command) + " could not be read", e);
        } finally {
            kill(process);
        }
    }

    /** Whether a program ends with exit code 0. @throws LabException when it cannot be started or exceeds the limit */
    public static boolean succeeds(Duration limit, List<String> command) {
        Process process = begin(new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD));
        feed(process, "");
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new LabException(describe(command) + " did not end within " + limit.toMillis() + " ms");
            }
            return process.exitValue() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while " + describe(command) + " ran", e);
        } finally {
            kill(process);
        }
    }

    /**
     * Starts a program that stays.
     *
     * @param log both its outputs are appended there
     * @param environment added to this process's own
     * @throws LabException when it cannot be started
     */
    public static Running start(List<String> command, Path log, Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        long before = log.toFile().length();
        return new Running(begin(builder), command, log, before);
    }

    /** Lets so much time pass: what is measured meanwhile is not to be disturbed. Not to wait for a condition with. */
    public static void rest(Duration length) {
        run(length.plus(REST_LATE_MAX), List.of("sleep", Double.toString(length.toMillis() / 1000.0)));
    }

    /** Whether a program of this name is found where the lab's commands look for it. */
    public static boolean isInstalled(String program) {
        return List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin").stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private static Process begin(ProcessBuilder builder) {
        try {
            return builder.start();
        } catch (IOException e) {
            throw new LabException(describe(builder.command()) + " cannot be started: " + e.getMessage(), e);
        }
    }

    private static void feed(Process process, String input) {
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It ended without reading everything; its exit code and its words tell why.
        }
    }

    private static CompletableFuture<String> collect(InputStream stream) {
        CompletableFuture<String> text = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try (stream) {
                ByteArrayOutputStream kept = new ByteArrayOutputStream();
                byte[] buffer = new byte[8192];
                for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
                    kept.write(buffer, 0, Math.min(n, OUTPUT_BYTES_MAX - kept.size()));
                }
                text.complete(kept.toString(StandardCharsets.UTF_8));
            } catch (IOException e) {
                text.completeExceptionally(e);
            }
        });
        return text;
    }

    static void kill(Process process) {
        process.destroyForcibly();
        try {
            if (!process.waitFor(KILL_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new LabException("process " + process.pid() + " does not end although it was killed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static String describe(List<String> command) {
        return "\"" + String.join(" ", command) + "\"";
    }
}
