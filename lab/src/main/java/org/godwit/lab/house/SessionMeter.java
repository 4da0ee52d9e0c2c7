package org.godwit.lab.house;

import java.nio.file.Path;
import java.util.List;
import org.godwit.lab.Node;
import org.godwit.lab.meter.Sessions;
import org.godwit.model.HomeAddress;

/** The outage meter on a correspondent to which the VM sends no probes: it watches one TCP connection and ping6. */
public final class SessionMeter implements AutoCloseable {

    private final MeterProgram program;

    private SessionMeter(MeterProgram program) {
        this.program = program;
    }

    /** Starts the meter and waits until both flow. */
    public static SessionMeter start(Node correspondent, HomeAddress vm, Path out) {
        return new SessionMeter(MeterProgram.start(correspondent, List.of("--sessions-only", "--vm", vm.toString(),
                "--self", correspondent.address().toCanonicalString()), out));
    }

    /** Waits until both have been seen to flow anew. @param name of this wait, unlike any other's */
    public void awaitFlow(String name) {
        program.awaitFlow(name);
    }

    /** Opens a window of measurement. */
    public void begin(String window) {
        program.order("start " + window);
    }

    /** Closes a window and answers what was seen in it. */
    public Sessions end(String window) {
        program.order("end " + window);
        return program.measured(window, Sessions.class);
    }

    @Override
    public void close() {
        program.close();
    }
}
