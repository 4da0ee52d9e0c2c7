package org.godwit.lab.meter;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A program that says one thing a line for as long as the meter runs. */
final class LineReader implements AutoCloseable {

    private final Process process;

    private LineReader(Process process) {
        this.process = process;
    }

    static LineReader start(List<String> command, Consumer<String> line) throws IOException {
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        process.getOutputStream().close();
        Thread.ofPlatform().daemon().name("meter-" + command.getFirst()).start(() -> {
            try (BufferedReader lines = new BufferedReader(
                    new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                for (String text = lines.readLine(); text != null; text = lines.readLine()) {
                    line.accept(text);
                }
                System.err.println("meter-" + command.getFirst() + " has ended with " + process.waitFor());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (IOException e) {
                System.err.println("meter-" + command.getFirst() + ": " + e);
            }
        });
        return new LineReader(process);
    }

    @Override
    public void close() {
        // ping has been seen to ignore a friendly signal while it waits for a neighbour.
        process.destroy();
        try {
            if (!process.waitFor(2, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
