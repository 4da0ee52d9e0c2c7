package org.godwit.lab.house;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.godwit.lab.Correspondent;
import org.godwit.lab.LabException;
import org.godwit.lab.meter.Measurement;
import org.godwit.lab.process.Patience;
import org.godwit.lab.process.Running;
import org.godwit.model.HomeAddress;
import org.godwit.protocol.rest.RestJson;

/** The outage meter, running on a correspondent. */
public final class Meter implements AutoCloseable {

    private static final Duration FLOW_LIMIT = Duration.ofSeconds(60);
    private static final Duration WRITE_LIMIT = Duration.ofSeconds(10);

    private final Running program;
    private final Path out;
    private final Patience patience = new Patience(InstantSource.system());

    private Meter(Running program, Path out) {
        this.program = requireNonNull(program, "program is null");
        this.out = requireNonNull(out, "out is null");
    }

    /**
     * Starts the meter and waits until traffic of every kind flows between the correspondent and the VM.
     *
     * @param probeInterval between UDP probes, each way; the outages are as exact as that
     */
    public static Meter start(Correspondent correspondent, HomeAddress self, HomeAddress vm, Duration probeInterval,
            Path out) {
        Running program = correspondent.start("outage-meter",
                Programs.command("org.godwit.lab.meter.MeterMain", List.of("--vm", vm.toString(), "--self",
                        self.toString(), "--device", Correspondent.DEVICE, "--probe-interval",
                        Long.toString(probeInterval.toNanos() / 1000), "--out", out.toString())),
                Programs.environment());
        Meter meter = new Meter(program, out);
        meter.awaitFlow("start");
        return meter;
    }

    /**
     * Waits until traffic of every kind has been seen anew, in both directions.
     *
     * @param name of this wait, unlike any other's
     */
    public void awaitFlow(String name) {
        program.say("await " + name);
        awaitLine("flowing " + name, FLOW_LIMIT);
    }

    /** Opens a window of measurement. */
    public void begin(String window) {
        program.say("start " + window);
    }

    /** Closes a window and answers what was seen in it. */
    public Measurement end(String window) {
        program.say("end " + window);
        return measured(window);
    }

    /**
     * Answers what was seen since a moment that may lie within a window, or in none.
     *
     * @param fromUs in µs since 1970
     */
    public Measurement look(String window, long fromUs) {
        program.say("look " + window + " " + fromUs);
        return measured(window);
    }

    private Measurement measured(String window) {
        awaitLine("measured " + window, WRITE_LIMIT);
        try {
            return RestJson.strict().readValue(out.resolve(window + ".json").toFile(), Measurement.class);
        } catch (IOException e) {
            throw new UncheckedIOException("the measurement of " + window + " cannot be read", e);
        }
    }

    private void awaitLine(String line, Duration limit) {
        patience.until(limit, () -> !program.isAlive() || hasSaid(line),
                () -> program.complaint("has not said \"" + line + "\""));
        if (!hasSaid(line)) {
            throw new LabException(program.complaint("has ended"));
        }
    }

    private boolean hasSaid(String line) {
        try {
            return Files.readAllLines(program.log()).contains(line);
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        if (program.isAlive()) {
            program.say("stop");
        }
        program.close();
    }
}
