package org.godwit.shim;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs the tools that tests look through. */
final class Command {

    private static final long SECONDS_MAX = 20;
    private static final int OUTPUT_BYTES_MAX = 1 << 16;

    private Command() {}

    static String output(String... command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(List.of(command) + " is not done after " + SECONDS_MAX + " s");
            }
            String output = new String(process.getInputStream().readNBytes(OUTPUT_BYTES_MAX), StandardCharsets.UTF_8);
            if (process.exitValue() != 0) {
                throw new AssertionError(List.of(command) + ": " + output);
            }
            return output;
        } catch (IOException e) {
            throw new AssertionError(List.of(command) + " cannot be run", e);
        } catch (InterruptedException e) {
            throw new AssertionError(List.of(command) + " was interrupted", e);
        }
    }
}
