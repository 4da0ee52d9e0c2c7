package org.godwit.host.operation;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.godwit.host.command.Outbox;
import org.godwit.operation.metrics.Metrics;
import org.godwit.protocol.agent.Command;
import org.godwit.protocol.agent.Deed;
import org.godwit.protocol.agent.Notice;
import org.godwit.protocol.agent.Outcome;

/** Stands between the session and whoever performs commands, and times each from its arrival to its outcome. */
public final class CommandMeter implements Outbox {

    private record Arrival(String effect, long at) {}

    private final Outbox proper;
    private final Metrics metrics;
    private final LongSupplier nanoTicker;
    private final Map<String, Arrival> running = new ConcurrentHashMap<>();

    public CommandMeter(Outbox proper, Metrics metrics, LongSupplier nanoTicker) {
        this.proper = proper;
        this.nanoTicker = nanoTicker;
        this.metrics = metrics.with(HostMetric.COMMANDS, HostMetric.COMMAND_SECONDS).ask(HostMetric.COMMANDS_RUNNING,
                values -> values.are(running.size()));
    }

    /** What takes commands, with a clock in front. */
    public Consumer<Command> before(Consumer<Command> desk) {
        return command -> {
            String effect = command.getEffectCase().name().toLowerCase(Locale.ROOT);
            // One that is sent again is still the first one.
            running.putIfAbsent(command.getId(), new Arrival(effect, nanoTicker.getAsLong()));
            desk.accept(command);
        };
    }

    @Override
    public void deliver(Outcome outcome) {
        Arrival arrival = running.remove(outcome.getCommandId());
        if (arrival != null) {
            metrics.add(HostMetric.COMMANDS, 1, arrival.effect(), outcome.hasFailure()
                    ? outcome.getFailure().getCode().name().toLowerCase(Locale.ROOT)
                    : "ok");
            metrics.observe(HostMetric.COMMAND_SECONDS, Duration.ofNanos(nanoTicker.getAsLong() - arrival.at()),
                    arrival.effect());
        }
        proper.deliver(outcome);
    }

    @Override
    public void tell(Notice notice) {
        proper.tell(notice);
    }

    @Override
    public void report(Deed deed) {
        proper.report(deed);
    }
}
