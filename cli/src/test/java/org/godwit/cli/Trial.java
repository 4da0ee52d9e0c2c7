package org.godwit.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.godwit.cli.remote.RemoteDoor;

/** Runs the command as its user would, with everything around it made by hand. */
final class Trial {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final AtomicLong nanos = new AtomicLong();
    private final Deque<String> typed = new ArrayDeque<>();
    private Duration tick = Duration.ZERO;
    private boolean terminal;
    private RemoteDoor remote = (_, _, _) -> {
        throw new IllegalStateException("no host is entered here");
    };
    private String server = "http://[::1]:1";
    private Runnable onInterrupt = () -> {
        throw new IllegalStateException("nobody handles Ctrl-C");
    };
    private int exitCode = -1;

    Trial() {}

    static Trial against(FakeMcs mcs) {
        Trial trial = new Trial();
        trial.server = mcs.address();
        return trial;
    }

    /** @param lines what the operator answers, in turn; after them nothing is typed */
    Trial onTerminal(String... lines) {
        terminal = true;
        typed.addAll(List.of(lines));
        return this;
    }

    /** What is behind SSH. */
    Trial reaching(RemoteDoor door) {
        remote = door;
        return this;
    }

    /** By how much the clock moves whenever it is read. */
    Trial tick(Duration step) {
        tick = step;
        return this;
    }

    void pressCtrlC() {
        onInterrupt.run();
    }

    Trial run(String... arguments) {
        exitCode = Godwit.run(surroundings(Map.of("GODWIT_SERVER", server)), arguments);
        return this;
    }

    /** With an environment of one's own. */
    Trial runIn(Map<String, String> environment, String... arguments) {
        exitCode = Godwit.run(surroundings(environment), arguments);
        return this;
    }

    /** The command line with this one's server named by an option. */
    Trial runWithServerOption(String... arguments) {
        String[] all = Stream.concat(Arrays.stream(arguments), Stream.of("--server", server)).toArray(String[]::new);
        exitCode = Godwit.run(surroundings(Map.of()), all);
        return this;
    }

    int exitCode() {
        return exitCode;
    }

    String out() {
        return out.toString();
    }

    String err() {
        return err.toString();
    }

    Surroundings surroundings(Map<String, String> environment) {
        Keyboard keyboard = new Keyboard() {
            @Override
            public void readLine(Consumer<String> answer) {
                if (!typed.isEmpty()) {
                    answer.accept(typed.poll());
                }
            }

            @Override
            public Optional<char[]> readSecret(String prompt) {
                return Optional.ofNullable(typed.poll()).map(String::toCharArray);
            }
        };
        return new Surroundings(new PrintWriter(out, true), new PrintWriter(err, true), environment,
                terminal ? Optional.of(keyboard) : Optional.empty(), action -> onInterrupt = action, remote,
                () -> nanos.getAndAdd(tick.toNanos()), Duration.ofMillis(1));
    }
}
