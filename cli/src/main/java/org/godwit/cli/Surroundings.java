package org.godwit.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.godwit.cli.remote.RemoteDoor;

/**
 * Everything that a command meets outside of its arguments and the server.
 *
 * @param keyboard where an operator answers; present exactly when a terminal is attached
 * @param remote how hosts are entered that are to be enrolled
 * @param nanoTicker only differences of its values mean anything
 * @param pollInterval between two looks at a running migration; at most 250 ms, so that no phase change feels late
 */
public record Surroundings(PrintWriter out, PrintWriter err, Map<String, String> environment,
        Optional<Keyboard> keyboard, Interrupts interrupts, RemoteDoor remote, LongSupplier nanoTicker,
        Duration pollInterval) {

    private static final Duration POLL_INTERVAL_MAX = Duration.ofMillis(250);

    public Surroundings {
        environment = Map.copyOf(environment);
        if (!pollInterval.isPositive() || pollInterval.compareTo(POLL_INTERVAL_MAX) > 0) {
            throw new IllegalArgumentException("pollInterval must be positive and at most 250 ms, got " + pollInterval);
        }
    }
}
