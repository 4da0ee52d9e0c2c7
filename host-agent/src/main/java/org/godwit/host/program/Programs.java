package org.godwit.host.program;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs other programs: arguments as a list and never through a shell, always under a time limit, with bounded output.
 */
public final class Programs {

    private static final int OUTPUT_BYTES_MAX = 4 << 20;
    private static final int LOG_BYTES_TOLD = 500;
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(5);
    private static final Duration OUTPUT_GRACE = Duration.ofSeconds(1);

    private final List<String> prefix;
    private final Duration timeLimit;

    /**
     * @param prefix put before every command, for example {@code ip netns exec NAME}; usually empty
     * @param timeLimit a program that runs longer is killed
     */
    public Programs(List<String> prefix, Duration timeLimit) {
        this.prefix = List.copyOf(prefix);
        this.timeLimit = requireNonNull(timeLimit, "timeLimit is null");
    }

    /**
     * How a program ended.
     *
     * @param output what it printed to both streams, without the line end, cut at 4 MiB
     */
    public record Ended(int exitCode, String output) {}

    /**
     * Runs to the end and tells how it was.
     *
     * @throws ProgramException when it cannot be started or does not end in time
     */
    public Ended run(String input, String... command) {
        Process process = start(new ProcessBuilder(full(command)).redirectErrorStream(true));
        CompletableFuture<String> output = new CompletableFuture<>();
        Thread.startVirtualThread(() -> drain(process.getInputStream(), output));
        feed(process, input);
        int exitCode = await(process, command);
        return new Ended(exitCode, text(output, command));
    }

    /**
     * Runs to the end and returns what was printed.
     *
     * @throws ProgramException also when the exit code is not 0; the message repeats what the program said
     */
    public String require(String input, String... command) {
        Ended ended = run(input, command);
        if (ended.exitCode() != 0) {
            throw new ProgramException(
                    name(command) + " failed with exit code " + ended.exitCode() + ": " + ended.output());
        }
        return ended.output();
    }

    /**
     * Runs a program that puts itself into the background and waits until it has done so.
     *
     * @param log where the daemon's own output goes; a pipe would keep us waiting for as long as it lives
     * @throws ProgramException when the start fails
     */
    public void launch(Path log, String... command) {
        Process process = start(new ProcessBuilder(full(command)).redirectErrorStream(true)
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile())).redirectOutput(Redirect.to(log.toFile())));
        int exitCode = await(process, command);
        if (exitCode != 0) {
            throw new ProgramException(name(command) + " did not start, exit code " + exitCode + ": see " + log);
        }
    }

    /**
     * Starts a program that serves until it ends by itself, and waits until it is ready.
     *
     * @param ready a file that it makes then
     * @param log where its output goes
     * @throws ProgramException when it ends before that, or takes too long: then it is killed
     */
    public Process serve(Path ready, Path log, String... command) {
        Process process = start(new ProcessBuilder(full(command)).redirectErrorStream(true)
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile())).redirectOutput(Redirect.to(log.toFile())));
        try {
            for (Duration waited = Duration.ZERO; !Files.exists(ready); waited = waited.plus(LOOK_INTERVAL)) {
                if (process.waitFor(LOOK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new ProgramException(name(command) + " did not start, exit code " + process.exitValue() + ": "
                            + beginning(log));
                }
                if (waited.compareTo(timeLimit) > 0) {
                    process.destroyForcibly();
                    throw new ProgramException(
                            name(command) + " was not ready within " + timeLimit.toMillis() + " ms: " + beginning(log));
                }
            }
            return process;
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new ProgramException(name(command) + " was interrupted", e);
        }
    }

    private static String beginning(Path log) {
        try (InputStream in = Files.newInputStream(log)) {
            return new String(in.readNBytes(LOG_BYTES_TOLD), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "its log " + log + " cannot be read: " + e.getMessage();
        }
    }

    private List<String> full(String... command) {
        List<String> full = new ArrayList<>(prefix);
        full.addAll(List.of(command));
        return full;
    }

    private static Process start(ProcessBuilder builder) {
        try {
            return builder.start();
        } catch (IOException e) {
            throw new ProgramException(
                    "cannot start " + builder.command().getFirst() + ": is its package installed? " + e.getMessage(),
                    e);
        }
    }

    private static void feed(Process process, String input) {
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // The program ended without reading all of it: its exit code tells more than this broken pipe.
            return;
        }
    }

    private int await(Process process, String... command) {
        try {
            if (!process.waitFor(timeLimit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new ProgramException(name(command) + " did not end within " + timeLimit.toMillis() + " ms");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new ProgramException(name(command) + " was interrupted", e);
        }
    }

    private static void drain(InputStream from, CompletableFuture<String> output) {
        try (from) {
            byte[] kept = from.readNBytes(OUTPUT_BYTES_MAX);
            from.transferTo(OutputStream.nullOutputStream());
            output.complete(new String(kept, StandardCharsets.UTF_8).strip());
        } catch (IOException e) {
            output.completeExceptionally(e);
        }
    }

    private static String text(CompletableFuture<String> output, String... command) {
        try {
            return output.get(OUTPUT_GRACE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProgramException(name(command) + " was interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new ProgramException("the output of " + name(command) + " cannot be read", e);
        }
    }

    private static String name(String... command) {
        return command[0];
    }
}
