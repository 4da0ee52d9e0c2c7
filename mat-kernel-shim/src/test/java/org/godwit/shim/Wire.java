package org.godwit.shim;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** All that passes a namespace, by tcpdump. */
final class Wire implements AutoCloseable {

    private final Path file;
    private final Process tcpdump;

    Wire(Namespace namespace, Path file) {
        this.file = file;
        tcpdump = namespace.call(() -> new ProcessBuilder("tcpdump", "-i", "any", "-s", "0", "-U", "-B", "8192", "-w",
                file.toString(), "ip6").redirectErrorStream(true).start());
        try {
            BufferedReader words = tcpdump.inputReader(StandardCharsets.UTF_8);
            String line = words.readLine();
            while (line != null && !line.contains("listening on")) {
                line = words.readLine();
            }
            if (line == null) {
                throw new AssertionError("tcpdump does not listen");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the capture. Returns how often these bytes occur anywhere in it. */
    int occurrences(byte[] bytes) {
        close();
        try {
            // Latin 1 maps bytes to characters one to one.
            String all = Files.readString(file, StandardCharsets.ISO_8859_1);
            String sought = new String(bytes, StandardCharsets.ISO_8859_1);
            int count = 0;
            for (int at = all.indexOf(sought); at >= 0; at = all.indexOf(sought, at + 1)) {
                count++;
            }
            return count;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        tcpdump.destroy();
        try {
            if (!tcpdump.waitFor(10, TimeUnit.SECONDS)) {
                tcpdump.destroyForcibly();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
