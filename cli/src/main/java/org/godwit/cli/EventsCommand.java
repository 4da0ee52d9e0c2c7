package org.godwit.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.godwit.protocol.rest.Resources.Event;
import org.godwit.protocol.rest.RestJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "events", description = {"What has happened, the newest last; with -w what happens, until Ctrl-C.",
        "A watch that breaks goes on where it stopped." }, footerHeading = "%nExamples:%n", footer = {
                "  godwit events --vm web", "  godwit events -w --kind migration.phase",
                "  godwit events -w -o json | jq -r .subject" })
final class EventsCommand implements Runnable, picocli.CommandLine.IExitCodeGenerator {

    private final GodwitCommand godwit;
    private ExitStatus status = ExitStatus.DONE;

    @Option(names = {"-w", "--watch" }, description = "go on with what happens")
    private boolean watch;

    @Option(names = "--kind", paramLabel = "KIND", description = "only events of this kind, such as migration.phase")
    private String kind;

    @Option(names = "--vm", paramLabel = "VM", description = "only those that concern this VM")
    private String vm;

    @Option(names = "--subject", paramLabel = "NAME", description = "only those about this resource, or migration by its id")
    private String subject;

    @Option(names = "--limit", paramLabel = "COUNT", defaultValue = "100", description = "how many of those that have happened, at most 1000; by default ${DEFAULT-VALUE}")
    private int limit;

    EventsCommand(GodwitCommand godwit) {
        this.godwit = godwit;
    }

    /** Something to write, or the reason to stop. */
    private sealed interface Told {
        record One(JsonNode event) implements Told {}

        record Refused(CommandFailure failure) implements Told {}

        record Interrupted() implements Told {}
    }

    @Override
    public void run() {
        try (Desk desk = godwit.desk()) {
            if (watch) {
                watch(desk);
            } else {
                JsonNode body = desk.server().get(Kind.EVENT.path() + McsClient.query(filters(true)));
                desk.write(Kind.EVENT, desk.structured() ? body : oldestFirst(body));
            }
        }
    }

    @Override
    public int getExitCode() {
        return status.code();
    }

    private void watch(Desk desk) {
        BlockingQueue<Told> told = new LinkedBlockingQueue<>();
        godwit.surroundings().interrupts().onInterrupt(() -> told.add(new Told.Interrupted()));
        Patience patience = new Patience(MigrationWatch.PATIENCE, godwit.surroundings().nanoTicker());
        EventStream.Listener listener = new EventStream.Listener() {
            @Override
            public void event(String kind, String data) {
                patience.renew();
                tree(data).filter(it -> it.has("number")).ifPresent(it -> told.add(new Told.One(it)));
            }

            @Override
            public void interrupted(CommandFailure failure) {
                if (failure != null && (failure.status() != ExitStatus.UNREACHABLE || !patience.lasts())) {
                    told.add(new Told.Refused(failure));
                }
            }
        };
        try (EventStream _ = new EventStream(desk.server(), Kind.EVENT.path() + McsClient.query(filters(false)),
                godwit.surroundings().pollInterval(), listener)) {
            if (!desk.structured()) {
                desk.say(TextTable.line(Kind.EVENT.columns(desk.output()), null, WIDTHS));
            }
            while (status == ExitStatus.DONE) {
                switch (told.take()) {
                    case Told.One(JsonNode event) -> write(desk, event);
                    case Told.Refused(CommandFailure failure) -> throw failure;
                    case Told.Interrupted() -> status = ExitStatus.DETACHED;
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static final List<Integer> WIDTHS = List.of(7, 27, 26, 36, 12, 16, 0);

    private static void write(Desk desk, JsonNode event) {
        switch (desk.output()) {
            case JSON -> desk.say(event.toString());
            case YAML -> {
                desk.say("---");
                desk.write(event);
            }
            case NAME -> desk.say(event.path("number").asText());
            case TABLE, WIDE -> desk.say(TextTable.line(Kind.EVENT.columns(desk.output()),
                    McsClient.read(event, Event.class), WIDTHS));
        }
    }

    private Map<String, String> filters(boolean limited) {
        Map<String, String> filters = new LinkedHashMap<>();
        filters.put("kind", kind);
        filters.put("vm", vm);
        filters.put("subject", subject);
        filters.put("limit", limited ? String.valueOf(limit) : null);
        return filters;
    }

    private static JsonNode oldestFirst(JsonNode body) {
        if (body.path("items") instanceof ArrayNode items) {
            ArrayNode turned = items.arrayNode();
            items.forEach(item -> turned.insert(0, item));
            return RestJson.lenient().createObjectNode().set("items", turned);
        }
        return body;
    }

    private static Optional<JsonNode> tree(String data) {
        try {
            return Optional.of(RestJson.lenient().readTree(data));
        } catch (JsonProcessingException _) {
            return Optional.empty();
        }
    }
}
