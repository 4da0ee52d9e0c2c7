package org.godwit.mcs.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.godwit.model.Name;
import org.jdbi.v3.core.Jdbi;

/** Tokens of operators, by the name that the audit knows them by. Those that are over stay, so that a refusal can be explained. */
public final class OperatorTokenStore {

    /** @param role a word; {@code revoked} empty when it was not */
    public record Row(Name name, String role, Instant created, Instant expires, Optional<Instant> revoked) {

        public boolean isGood(Instant now) {
            return revoked.isEmpty() && now.isBefore(expires);
        }
    }

    private final Jdbi jdbi;

    public OperatorTokenStore(Database database) {
        this.jdbi = database.jdbi();
    }

    /** In the place of one of that name that is over. @throws ConflictException when there is one that is good */
    public void add(Row row, byte[] tokenHash) {
        jdbi.useTransaction(h -> {
            h.execute(
                    "DELETE FROM operator_tokens WHERE name = ? AND (revoked_at_us IS NOT NULL OR expires_at_us <= ?)",
                    row.name().text(), MigrationStore.microseconds(row.created()));
            if (h.select("SELECT 1 FROM operator_tokens WHERE name = ?", row.name().text()).mapTo(Integer.class)
                    .findOne().isPresent()) {
                throw new ConflictException("there is a token " + row.name() + " already: revoke it first", "name");
            }
            h.execute("INSERT INTO operator_tokens (name, role, token_hash, created_at_us, expires_at_us)"
                    + " VALUES (?, ?, ?, ?, ?)", row.name().text(), row.role(), tokenHash,
                    MigrationStore.microseconds(row.created()),
                    MigrationStore.microseconds(row.expires()));
        });
    }

    public Optional<Row> find(byte[] tokenHash) {
        return jdbi.withHandle(h -> h.select("SELECT * FROM operator_tokens WHERE token_hash = ?", (Object) tokenHash)
                .map((rs, _) -> row(rs)).findOne());
    }

    public List<Row> list() {
        return jdbi.withHandle(
                h -> h.createQuery("SELECT * FROM operator_tokens ORDER BY name").map((rs, _) -> row(rs)).list());
    }

    /** @return false when there is no such token that is not revoked */
    public boolean revoke(Name name, Instant now) {
        return jdbi.inTransaction(h -> h.execute("UPDATE operator_tokens SET revoked_at_us = ? WHERE name = ?"
                + " AND revoked_at_us IS NULL", MigrationStore.microseconds(now), name.text())) > 0;
    }

    private static Row row(ResultSet rs) throws SQLException {
        long revoked = rs.getLong("revoked_at_us");
        Optional<Instant> revokedAt = rs.wasNull() ? Optional.empty() : Optional.of(MigrationStore.instant(revoked));
        return new Row(Name.of(rs.getString("name")), rs.getString("role"),
                MigrationStore.instant(rs.getLong("created_at_us")),
                MigrationStore.instant(rs.getLong("expires_at_us")), revokedAt);
    }
}
