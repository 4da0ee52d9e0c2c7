package org.godwit.mcs.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.godwit.protocol.rest.Resources.AuditEntry;
import org.jdbi.v3.core.Jdbi;

/** The audit's rows: only ever added. */
public final class AuditStore {

    private final Jdbi jdbi;

    public AuditStore(Database database) {
        this.jdbi = database.jdbi();
    }

    /** Adds the entries that follow the last one, which is empty at the beginning. Nothing comes between. */
    public List<AuditEntry> append(Function<Optional<AuditEntry>, List<AuditEntry>> next) {
        return jdbi.inTransaction(h -> {
            List<AuditEntry> entries = next.apply(h.createQuery("SELECT * FROM audit ORDER BY number DESC LIMIT 1")
                    .map((rs, _) -> entry(rs)).findOne());
            for (AuditEntry entry : entries) {
                h.execute("INSERT INTO audit (number, at, actor, origin, action, outcome, hash, signature)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)", entry.number(), entry.at(), entry.actor(),
                        entry.origin(), entry.action(), entry.outcome(), entry.hash(), entry.signature());
            }
            return entries;
        });
    }

    /** In order, those with a greater number. */
    public List<AuditEntry> after(long number, int limit) {
        return jdbi.withHandle(h -> h.select("SELECT * FROM audit WHERE number > ? ORDER BY number LIMIT ?", number,
                limit).map((rs, _) -> entry(rs)).list());
    }

    public Optional<AuditEntry> entry(long number) {
        return jdbi.withHandle(h -> h.select("SELECT * FROM audit WHERE number = ?", number)
                .map((rs, _) -> entry(rs)).findOne());
    }

    private static AuditEntry entry(ResultSet rs) throws SQLException {
        return new AuditEntry(rs.getLong("number"), rs.getString("at"), rs.getString("actor"), rs.getString("origin"),
                rs.getString("action"), rs.getString("outcome"), rs.getString("hash"), rs.getString("signature"));
    }
}
