package org.godwit.lab.house;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.godwit.lab.Correspondent;
import org.godwit.lab.meter.Measurement;
import org.godwit.model.HomeAddress;

/** The outage meter, running on a correspondent. */
public final class Meter implements AutoCloseable {

    private final MeterProgram program;

    private Meter(MeterProgram program) {
        this.program = program;
    }

    /**
     * Starts the meter and waits until traffic of every kind flows between the correspondent and the VM.
     *
     * @param probeInterval between UDP probes, each way; the outages are as exact as that
     */
    public static Meter start(Correspondent correspondent, HomeAddress self, HomeAddress vm, Duration probeInterval,
            Path out) {
        return new Meter(MeterProgram.start(correspondent,
                List.of("--vm", vm.toString(), "--self", self.toString(), "--device", Correspondent.DEVICE,
                        "--probe-interval", Long.toString(probeInterval.toNanos() / 1000)),
                out));
    }

    /**
     * Waits until traffic of every kind has been seen anew, in both directions.
     *
     * @param name of this wait, unlike any other's
     */
    public void awaitFlow(String name) {
        program.awaitFlow(name);
    }

    /** Opens a window of measurement. */
    public void begin(String window) {
        program.order("start " + window);
    }

    /** Closes a window and answers what was seen in it. */
    public Measurement end(String window) {
        program.order("end " + window);
        return program.measured(window, Measurement.class);
    }

    /**
     * Answers what was seen since a moment that may lie within a window, or in none.
     *
     * @param fromUs in µs since 1970
     */
    public Measurement look(String window, long fromUs) {
        program.order("look " + window + " " + fromUs);
        return program.measured(window, Measurement.class);
    }

    @Override
    public void close() {
        program.close();
    }
}
