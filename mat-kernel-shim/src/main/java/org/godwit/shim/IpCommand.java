package org.godwit.shim;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The one place where this module starts processes: iproute2's {@code ip} and {@code tc}, found by {@code PATH}. */
final class IpCommand {

    /** Generous: an emulated CPU takes a tenth of a second to start a process. */
    private static final long SECONDS_MAX = 20;
    private static final int OUTPUT_BYTES_MAX = 4096;

    private IpCommand() {}

    /** Runs lines as {@code ip -6 -batch} takes them, up to the first that fails. Returns what they say. */
    static String run(List<String> lines) {
        return run(List.of("ip", "-6", "-batch", "-"), String.join("\n", lines) + "\n",
                "ip " + String.join("; ip ", lines));
    }

    /** Whether any filter, whosever it is, stands in the interface's clsact qdisc. */
    static boolean hasFilters(String interfaceName) {
        return Stream.of("ingress", "egress").anyMatch(hook -> {
            List<String> command = List.of("tc", "filter", "show", "dev", interfaceName, hook);
            return !run(command, "", String.join(" ", command)).isBlank();
        });
    }

    private static String run(List<String> command, String input, String what) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            try (OutputStream stream = process.getOutputStream()) {
                stream.write(input.getBytes(StandardCharsets.US_ASCII));
            }
            if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new ShimException(what + ": not done after " + SECONDS_MAX + " s");
            }
            String output = new String(process.getInputStream().readNBytes(OUTPUT_BYTES_MAX), StandardCharsets.UTF_8);
            if (process.exitValue() != 0) {
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
