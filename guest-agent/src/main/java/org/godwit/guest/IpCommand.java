package org.godwit.guest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs iproute2's {@code ip}: all steps of one change in one process, since a fork takes 50 to 100 ms under emulation. */
final class IpCommand {

    private static final int OUTPUT_BYTES_MAX = 4096;

    private final String program;
    private final Duration atMost;

    IpCommand(String program, Duration atMost) {
        this.program = program;
        this.atMost = atMost;
    }

    /**
     * @param steps IPv6 commands without {@code ip -6}
     * @throws InterfacesException naming the step that failed; those after it were not tried
     */
    void run(List<String> steps) {
        String batch = String.join("\n", steps) + "\n";
        Process process;
        try {
            process = new ProcessBuilder(program, "-6", "-batch", "-").redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new InterfacesException("cannot start ip (install iproute2): " + e.getMessage(), e);
        }
        // Both fit into a pipe's buffer, so neither side can block the other.
        try (InputStream out = process.getInputStream()) {
            try (OutputStream in = process.getOutputStream()) {
                in.write(batch.getBytes(UTF_8));
            }
            if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new InterfacesException("ip did not end within " + atMost.toMillis() + " ms: " + steps);
            }
            String said = new String(out.readNBytes(OUTPUT_BYTES_MAX), UTF_8).strip();
            if (process.exitValue() != 0) {
                throw new InterfacesException("ip refused (" + said.replace('\n', ' ') + "): " + steps);
            }
        } catch (IOException e) {
            throw new InterfacesException("ip broke off: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterfacesException("interrupted while ip ran", e);
        } finally {
            process.destroyForcibly();
        }
    }

    /**
     * Says when addresses come and go, for as long as this process lives or {@code ip} does.
     *
     * @param changed is run for each change, on a thread of its own; so is {@code ended}, once, when no more will be told
     * @throws InterfacesException when it cannot be started
     */
    void watchAddresses(Runnable changed, Runnable ended) {
        Process process;
        try {
            process = new ProcessBuilder(program, "-6", "-o", "monitor", "address")
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        } catch (IOException e) {
            throw new InterfacesException("cannot start ip (install iproute2): " + e.getMessage(), e);
        }
        Thread killer = new Thread(process::destroyForcibly, "ip-monitor-end");
        Runtime.getRuntime().addShutdownHook(killer);
        Thread reader = new Thread(() -> read(process, changed, ended, killer), "ip-monitor");
        reader.setDaemon(true);
        reader.start();
    }

    private static void read(Process process, Runnable changed, Runnable ended, Thread killer) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            while (lines.readLine() != null) {
                changed.run();
            }
        } catch (IOException e) {
            // It has ended: told below.
        } finally {
            process.destroyForcibly();
            try {
                Runtime.getRuntime().removeShutdownHook(killer);
            } catch (IllegalStateException e) {
                // The agent ends.
            }
            ended.run();
        }
    }
}
