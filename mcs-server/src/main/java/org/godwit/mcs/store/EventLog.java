package org.godwit.mcs.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.godwit.model.MigrationPhase;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;

/**
 * What has happened, in order. An event is written in the transaction that makes it true: who reads it finds the rest as well,
 * and nothing happens without one.
 */
public final class EventLog {

    /** So many events are kept, and up to {@link #SWEEP_EVERY} more. */
    static final long KEPT = 100_000;
    private static final long SWEEP_EVERY = 1_000;

    private final Jdbi jdbi;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    EventLog(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** Which events somebody wants to see. Empty: all of them. */
    public record Filter(Optional<EventKind> kind, Optional<String> subject, Optional<String> vm) {

        public static final Filter ALL = new Filter(Optional.empty(), Optional.empty(), Optional.empty());

        public static Filter of(String subject) {
            return new Filter(Optional.empty(), Optional.of(subject), Optional.empty());
        }

        private Query bind(Query query) {
            return query.bind("kind", kind.map(Enum::name)).bind("subject", subject).bind("vm", vm);
        }
    }

    private static final String FILTERED = """
            SELECT * FROM events WHERE (:kind IS NULL OR kind = :kind) AND (:subject IS NULL OR subject = :subject)
                AND (:vm IS NULL OR vm = :vm)""";

    /** To be told whenever there is something new; on the thread that has written it, so briefly. */
    public AutoCloseable onAppend(Runnable listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** Later than that one, the oldest first. */
    public List<LoggedEvent> after(long number, Filter filter, int limit) {
        return jdbi.withHandle(h -> filter
                .bind(h.createQuery(FILTERED + " AND number > :after ORDER BY number LIMIT :limit"))
                .bind("after", number).bind("limit", limit).map((rs, _) -> read(rs)).list());
    }

    /** Earlier than that one, the newest first. */
    public List<LoggedEvent> before(long number, Filter filter, int limit) {
        return jdbi.withHandle(h -> filter
                .bind(h.createQuery(FILTERED + " AND number < :before ORDER BY number DESC LIMIT :limit"))
                .bind("before", number).bind("limit", limit).map((rs, _) -> read(rs)).list());
    }

    /** 0 when nothing has happened. */
    public long newest() {
        return number("SELECT coalesce(max(number), 0) FROM events");
    }

    /** Of those that are kept; 1 when nothing has happened. */
    public long oldest() {
        return number("SELECT coalesce(min(number), 1) FROM events");
    }

    /** Of one kind, about a resource. */
    long append(Handle h, long nowUs, EventKind kind, Object subject) {
        return append(h, nowUs, kind, subject, null, null, null);
    }

    /** @return its number */
    long append(Handle h, long nowUs, EventKind kind, Object subject, Object vm, MigrationPhase phase,
            String message) {
        long number = h.createQuery("""
                INSERT INTO events (at_us, kind, subject, vm, phase, message)
                VALUES (:at, :kind, :subject, :vm, :phase, :message) RETURNING number""")
                .bind("at", nowUs).bind("kind", kind.name()).bind("subject", subject.toString())
                .bind("vm", text(vm)).bind("phase", text(phase)).bind("message", message).mapTo(Long.class).one();
        if (number % SWEEP_EVERY == 0) {
            h.execute("DELETE FROM events WHERE number <= ?", number - KEPT);
        }
        h.afterCommit(() -> listeners.forEach(Runnable::run));
        return number;
    }

    private static String text(Object value) {
        return value == null ? null : value.toString();
    }

    private long number(String query) {
        return jdbi.withHandle(h -> h.createQuery(query).mapTo(Long.class).one());
    }

    private static LoggedEvent read(ResultSet rs) throws SQLException {
        return new LoggedEvent(rs.getLong("number"), MigrationStore.instant(rs.getLong("at_us")),
                EventKind.valueOf(rs.getString("kind")), rs.getString("subject"),
                Optional.ofNullable(rs.getString("vm")),
                Optional.ofNullable(rs.getString("phase")).map(MigrationPhase::valueOf),
                Optional.ofNullable(rs.getString("message")));
    }
}
