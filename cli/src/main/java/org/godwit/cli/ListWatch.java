package org.godwit.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.godwit.protocol.rest.RestJson;

/** A list, and from then on what of it changes, until Ctrl-C. The server's events say when to look, the list what is true. */
final class ListWatch<T> {

    /** A connection can be dead without anybody's saying so. */
    private static final Duration LOOK_ANYWAY = Duration.ofSeconds(5);

    private enum Bell {
        RUNG, INTERRUPTED
    }

    private final Desk desk;
    private final Surroundings surroundings;
    private final Kind<T> kind;
    private final String path;
    private final Patience patience;
    private final BlockingQueue<Bell> bells = new LinkedBlockingQueue<>();
    private Map<String, JsonNode> shown = new LinkedHashMap<>();
    private List<Integer> widths = List.of();

    /** @param path of the list with its filters */
    ListWatch(Desk desk, Surroundings surroundings, Kind<T> kind, String path) {
        this.desk = desk;
        this.surroundings = surroundings;
        this.kind = kind;
        this.path = path;
        this.patience = new Patience(MigrationWatch.PATIENCE, surroundings.nanoTicker());
    }

    ExitStatus untilInterrupted() {
        surroundings.interrupts().onInterrupt(() -> bells.add(Bell.INTERRUPTED));
        EventStream.Listener bell = new EventStream.Listener() {
            @Override
            public void event(String event, String data) {
                bells.add(Bell.RUNG);
            }

            @Override
            public void interrupted(CommandFailure failure) {
                // Whether the server is there shows when it is asked.
            }
        };
        try (EventStream _ = new EventStream(desk.server(), Kind.EVENT.path(), surroundings.pollInterval(), bell)) {
            do {
                look();
            } while (goesOn());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return ExitStatus.DETACHED;
    }

    private boolean goesOn() throws InterruptedException {
        List<Bell> rung = new ArrayList<>();
        Bell first = bells.poll(LOOK_ANYWAY.toMillis(), TimeUnit.MILLISECONDS);
        if (first != null) {
            rung.add(first);
        }
        // All that has come is answered by one look.
        bells.drainTo(rung);
        return !rung.contains(Bell.INTERRUPTED);
    }

    private void look() {
        JsonNode body;
        try {
            body = desk.server().list(path);
            patience.renew();
        } catch (CommandFailure failure) {
            if (failure.status() == ExitStatus.UNREACHABLE && patience.lasts()) {
                return;
            }
            throw failure;
        }
        if (!body.path("items").isArray()) {
            throw McsClient.notUnderstood();
        }
        Map<String, JsonNode> now = new LinkedHashMap<>();
        body.path("items").forEach(item -> now.put(kind.name().cell(value(item)), item));
        boolean first = widths.isEmpty();
        if (first) {
            widths = widths(now);
            if (table()) {
                desk.say(TextTable.line(kind.columns(desk.output()), null, widths));
            }
        }
        now.forEach((name, item) -> {
            if (!item.equals(shown.get(name))) {
                write(item);
            }
        });
        shown.keySet().stream().filter(name -> !now.containsKey(name)).forEach(this::removed);
        shown = now;
    }

    private List<Integer> widths(Map<String, JsonNode> items) {
        return kind.columns(desk.output()).stream()
                .map(column -> Stream.concat(Stream.of(column.title()),
                        items.values().stream().map(item -> column.cell(value(item)))).mapToInt(String::length).max()
                        .orElse(0))
                .toList();
    }

    private void write(JsonNode item) {
        switch (desk.output()) {
            case JSON -> desk.say(item.toString());
            case YAML -> {
                desk.say("---");
                desk.write(item);
            }
            case NAME -> desk.say(kind.name().cell(value(item)));
            case TABLE, WIDE -> desk.say(TextTable.line(kind.columns(desk.output()), value(item), widths));
        }
    }

    private void removed(String name) {
        JsonNode said = RestJson.lenient().createObjectNode().put("removed", name);
        switch (desk.output()) {
            case JSON -> desk.say(said.toString());
            case YAML -> {
                desk.say("---");
                desk.write(said);
            }
            case NAME -> {
                // It is no name any more.
            }
            case TABLE, WIDE -> desk.say(name + "  (removed)");
        }
    }

    private boolean table() {
        return desk.output() == Output.TABLE || desk.output() == Output.WIDE;
    }

    private T value(JsonNode item) {
        return McsClient.read(item, kind.type());
    }
}
