package org.godwit.mcs.rest;

import java.util.Optional;
import java.util.UUID;
import org.godwit.mcs.runner.Migrations;
import org.godwit.mcs.store.EventKind;
import org.godwit.mcs.store.EventLog;
import org.godwit.mcs.store.LoggedEvent;
import org.godwit.mcs.store.MigrationRecord;
import org.godwit.model.MigrationPhase;
import org.godwit.protocol.rest.Resources;

/** Events as a list, and as streams that go on. */
final class EventResources {

    private final EventLog log;
    private final EventStreams streams;
    private final Migrations migrations;

    EventResources(EventLog log, EventStreams streams, Migrations migrations) {
        this.log = log;
        this.streams = streams;
        this.migrations = migrations;
    }

    /** A stream of what will happen, or a list of what has happened, the newest first. */
    Reply all(Call call) {
        EventLog.Filter filter = new EventLog.Filter(call.parameter("kind", EventResources::kind),
                call.parameter("subject"), call.parameter("vm"));
        if (call.wantsStream()) {
            return streams.open(new EventStreams.Subject(filter, seen(call).orElseGet(log::newest), _ -> false,
                    Optional::empty), EventResources::view);
        }
        return Paging.reply(call,
                page -> log.before(page.after()
                        .map(text -> BadFieldException.required(Paging.CURSOR, text, EventResources::number))
                        .orElse(Long.MAX_VALUE), filter, page.limit()),
                event -> String.valueOf(event.number()), EventResources::view);
    }

    /** A stream of one migration's events from its beginning, which ends with it. */
    Reply ofMigration(Call call) {
        MigrationRecord record = MigrationResources.existing(migrations, call.part("id"));
        UUID id = record.state().plan().id();
        EventLog.Filter filter = EventLog.Filter.of(id.toString());
        long seen = seen(call).orElseGet(() -> beforeBeginning(filter));
        if (record.endedAt().isPresent() && log.after(seen, filter, 1).isEmpty()) {
            // What an EventSource takes for "do not come back".
            return Reply.noContent();
        }
        return streams.open(new EventStreams.Subject(filter, seen,
                event -> event.phase().filter(MigrationPhase::isFinal).isPresent(),
                () -> MigrationResources.progress(migrations, id)), EventResources::view);
    }

    /** 0, hence a gap, when the beginning of the migration is not kept any more. */
    private long beforeBeginning(EventLog.Filter migration) {
        return log.after(0, migration, 1).stream().filter(event -> event.kind() == EventKind.MIGRATION_REQUESTED)
                .mapToLong(event -> event.number() - 1).findFirst().orElse(0);
    }

    /** A header can be set by an EventSource that comes back, a parameter by anybody. */
    private static Optional<Long> seen(Call call) {
        return call.header("Last-Event-ID").filter(text -> !text.isEmpty())
                .map(text -> BadFieldException.required("Last-Event-ID", text, EventResources::number))
                .or(() -> call.parameter("after", EventResources::number));
    }

    private static long number(String text) {
        if (!text.matches("\\d{1,18}")) {
            throw new IllegalArgumentException("the number of an event is expected, got \"" + text + "\"");
        }
        return Long.parseLong(text);
    }

    private static EventKind kind(String word) {
        return EventKind.of(word).orElseThrow(() -> new IllegalArgumentException(
                "there is no kind of event \"" + word + "\"; one is migration.phase, see /v1/docs"));
    }

    private static Resources.Event view(LoggedEvent event) {
        return new Resources.Event(event.number(), event.at().toString(), event.kind().word(), event.subject(),
                event.vm().orElse(null), event.phase().map(Enum::name).orElse(null), event.message().orElse(null));
    }
}
