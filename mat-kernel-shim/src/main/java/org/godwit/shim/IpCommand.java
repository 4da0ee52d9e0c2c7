package org.godwit.shim;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The one place where this module starts a process: iproute2's {@code ip}, found by {@code PATH}. */
final class IpCommand {

    /** Generous: an emulated CPU takes a tenth of a second to start a process. */
    private static final long SECONDS_MAX = 20;
    private static final int OUTPUT_BYTES_MAX = 4096;

    private IpCommand() {}

    /** Runs lines as {@code ip -6 -batch} takes them, up to the first that fails. Returns what they say. */
    static String run(List<String> lines) {
        String what = "ip " + String.join("; ip ", lines);
        try {
            Process ip = new ProcessBuilder("ip", "-6", "-batch", "-").redirectErrorStream(true).start();
            try (OutputStream input = ip.getOutputStream()) {
                input.write((String.join("\n", lines) + "\n").getBytes(StandardCharsets.US_ASCII));
            }
            if (!ip.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
                ip.destroyForcibly();
                throw new ShimException(what + ": not done after " + SECONDS_MAX + " s");
            }
            String output = new String(ip.getInputStream().readNBytes(OUTPUT_BYTES_MAX), StandardCharsets.UTF_8);
            if (ip.exitValue() != 0) {
                throw new ShimException(what + ": " + output.strip());
            }
            return output;
        } catch (IOException e) {
            throw new ShimException(what + ": cannot be run; is iproute2 installed?", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ShimException(what + ": interrupted", e);
        }
    }
}
