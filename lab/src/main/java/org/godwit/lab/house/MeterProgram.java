package org.godwit.lab.house;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.godwit.lab.LabException;
import org.godwit.lab.Node;
import org.godwit.lab.process.Patience;
import org.godwit.lab.process.Running;
import org.godwit.protocol.rest.RestJson;

/** The outage meter as a running program, steered by lines. */
final class MeterProgram implements AutoCloseable {

    private static final Duration FLOW_LIMIT = Duration.ofSeconds(60);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
    private static final Duration WRITE_LIMIT = Duration.ofSeconds(60);

    private final Running program;
    private final Path out;
    private final Patience patience = new Patience(InstantSource.system());

    private MeterProgram(Running program, Path out) {
        this.program = requireNonNull(program, "program is null");
        this.out = requireNonNull(out, "out is null");
    }

    /** Starts it and waits until traffic of every kind flows. */
    static MeterProgram start(Node node, List<String> arguments, Path out) {
        MeterProgram meter = new MeterProgram(node.start("outage-meter",
                Programs.command("org.godwit.lab.meter.MeterMain",
                        Node.prefixed(arguments, List.of("--out", out.toString()))),
                Programs.environment()), out);
        try {
            meter.awaitFlow("start");
            return meter;
        } catch (LabException e) {
            meter.close();
            throw e;
        }
    }

    void awaitFlow(String name) {
        program.say("await " + name);
        awaitLine("flowing " + name, FLOW_LIMIT);
    }

    void order(String line) {
        program.say(line);
    }

    <M> M measured(String window, Class<M> kind) {
        awaitLine("measured " + window, WRITE_LIMIT);
        try {
            return RestJson.strict().readValue(out.resolve(window + ".json").toFile(), kind);
        } catch (IOException e) {
            throw new UncheckedIOException("the measurement of " + window + " cannot be read", e);
        }
    }

    private void awaitLine(String line, Duration limit) {
        patience.until(limit, () -> !program.isAlive() || program.hasSaid(line + "\n"),
                () -> program.complaint("has not said \"" + line + "\""));
        if (!program.hasSaid(line + "\n")) {
            throw new LabException(program.complaint("has ended"));
        }
    }

    @Override
    public void close() {
        if (program.isAlive()) {
            program.say("stop");
            // Its last word is to the VM, which would go on sending a thousand probes a second.
            program.endsWithin(STOP_LIMIT);
        }
        program.close();
    }
}
