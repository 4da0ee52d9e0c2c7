package org.godwit.lab.experiment.meter;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.godwit.lab.Node;
import org.godwit.lab.house.Programs;
import org.godwit.lab.meter.SilentVm;
import org.godwit.lab.process.Patience;
import org.godwit.lab.process.Running;

/** {@link SilentVm} as a running program. */
final class SilentSender implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final double NS_PER_MS = 1e6;

    /** What it was silent, each way, in ms. */
    record Silences(double vmToPeerMs, double peerToVmMs) {}

    private final Running program;
    private final Patience patience = new Patience(InstantSource.system());
    private long silences;

    SilentSender(Node node, Node meter) {
        program = node.start("silent-vm",
                Programs.command(SilentVm.class.getName(), List.of(meter.address().toCanonicalString())),
                Programs.environment());
    }

    void begin() {
        program.say("begin");
    }

    /** Returns when it is over. */
    void silence(double ms) {
        program.say("silence " + Math.round(ms * 1000));
        silences++;
        patience.until(LIMIT, () -> program.timesSaid("silent") >= silences,
                () -> program.complaint("is not done with its silence"));
    }

    /** @param name of this question, unlike any other's */
    Silences end(String name) {
        program.say("end " + name);
        String answer = "kept " + name + " ";
        patience.until(LIMIT, () -> program.timesSaid(answer) == 1,
                () -> program.complaint("does not tell its silences"));
        try {
            String line = Files.readAllLines(program.log()).stream().filter(one -> one.startsWith(answer)).findFirst()
                    .orElseThrow();
            String[] numbers = line.substring(answer.length()).split(" ");
            return new Silences(Long.parseLong(numbers[0]) / NS_PER_MS, Long.parseLong(numbers[1]) / NS_PER_MS);
        } catch (IOException e) {
            throw new UncheckedIOException(program.log() + " cannot be read", e);
        }
    }

    @Override
    public void close() {
        program.close();
    }
}
