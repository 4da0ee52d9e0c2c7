package org.godwit.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import org.godwit.cli.remote.SshHost;

/** Starts the {@code godwit} command on the real terminal, signals and clock. */
public final class Main {

    private static final Duration POLL_INTERVAL = Duration.ofMillis(200);

    private Main() {}

    public static void main(String[] arguments) {
        boolean terminal = System.console() != null && System.console().isTerminal();
        var surroundings = new Surroundings(new PrintWriter(System.out, true), new PrintWriter(System.err, true),
                System.getenv(), terminal ? Optional.of(new StandardInput()) : Optional.empty(),
                new SignalInterrupts(), SshHost::enter, System::nanoTime, POLL_INTERVAL);
        System.exit(Godwit.run(surroundings, arguments));
    }
}
