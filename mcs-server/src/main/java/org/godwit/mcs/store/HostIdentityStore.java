package org.godwit.mcs.store;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.godwit.model.Name;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlStatement;

/** Which certificates and enrolment tokens hosts have. Goes with a host when it is removed. */
public final class HostIdentityStore {

    private static final int SERIAL_RADIX = 16;
    private static final String GOOD_TOKEN = " WHERE token_hash = :token AND expires_at_us > :now"
            + " AND (used_by IS NULL OR used_by = :key)";

    /** @param notAfter its certificate's own end; {@code revoked} whether it was ended before */
    public record Certified(Name host, CertificatePurpose purpose, Instant notAfter, boolean revoked) {}

    /** A certificate that is not to be believed any more, though it has not ended. */
    public record Revoked(BigInteger serial, Instant at) {}

    /** @param used whether a key has been certified with it */
    public record Enrolment(Name host, Instant expires, boolean used) {}

    private final Jdbi jdbi;

    public HostIdentityStore(Database database) {
        this.jdbi = database.jdbi();
    }

    /** In the place of the token that the host had before, if any. */
    public void setToken(Name host, byte[] tokenHash, Instant expires) {
        jdbi.useTransaction(h -> h.execute(
                "INSERT INTO host_enrolments (host, token_hash, expires_at_us) VALUES (?, ?, ?)"
                        + " ON CONFLICT (host) DO UPDATE SET token_hash = excluded.token_hash,"
                        + " expires_at_us = excluded.expires_at_us, used_by = NULL",
                host.text(), tokenHash, MigrationStore.microseconds(expires)));
    }

    /** A token that is shown, and the key to be certified for it. Both are hashes. */
    public record Shown(byte[] token, byte[] key) {}

    /** Whose token it is. Empty when it is not good for this key now: each is good once, or again for the same. */
    public Optional<Name> invited(Shown shown, Instant now) {
        return jdbi.withHandle(h -> goodToken(h.createQuery("SELECT host FROM host_enrolments" + GOOD_TOKEN), shown,
                now).map((rs, _) -> Name.of(rs.getString(1))).findOne());
    }

    /** Uses the token, and knows the certificate from now on. @return false when it was not good any more: then nothing changes */
    public boolean enrol(Shown shown, BigInteger serial, Name host, Instant notAfter, Instant now) {
        return jdbi.inTransaction(h -> {
            int used = goodToken(h.createUpdate("UPDATE host_enrolments SET used_by = :key" + GOOD_TOKEN
                    + " AND host = :host"), shown, now).bind("host", host.text()).execute();
            if (used > 0) {
                addCertificate(h, serial, host, CertificatePurpose.FOR_SESSIONS, notAfter, now);
            }
            return used > 0;
        });
    }

    private static <T extends SqlStatement<T>> T goodToken(T statement, Shown shown, Instant now) {
        return statement.bind("key", shown.key()).bind("token", shown.token()).bind("now",
                MigrationStore.microseconds(now));
    }

    public Optional<Enrolment> enrolment(byte[] tokenHash) {
        return jdbi.withHandle(h -> h.select("SELECT * FROM host_enrolments WHERE token_hash = ?", (Object) tokenHash)
                .map((rs, _) -> new Enrolment(Name.of(rs.getString("host")),
                        MigrationStore.instant(rs.getLong("expires_at_us")),
                        rs.getBytes("used_by") != null))
                .findOne());
    }

    /**
     * Knows another certificate of a host that has one for its sessions: revoked meanwhile, it gets no other.
     *
     * @return false when it has none that is good: then nothing changes
     */
    public boolean addCertificate(BigInteger serial, Name host, CertificatePurpose purpose, Instant notAfter,
            Instant now) {
        return jdbi.inTransaction(h -> {
            boolean good = h.select("SELECT count(*) FROM host_certificates WHERE host = ? AND purpose = ?"
                    + " AND revoked_at_us IS NULL AND not_after_us > ?", host.text(),
                    CertificatePurpose.FOR_SESSIONS.name(), MigrationStore.microseconds(now)).mapTo(Long.class)
                    .one() > 0;
            if (good) {
                addCertificate(h, serial, host, purpose, notAfter, now);
            }
            return good;
        });
    }

    /** Forgets those that are over, too: nobody can show them any more. */
    private static void addCertificate(Handle h, BigInteger serial, Name host, CertificatePurpose purpose,
            Instant notAfter, Instant now) {
        h.execute("DELETE FROM host_certificates WHERE not_after_us < ?", MigrationStore.microseconds(now));
        h.execute("INSERT INTO host_certificates (serial, host, purpose, not_after_us) VALUES (?, ?, ?, ?)",
                serial.toString(SERIAL_RADIX), host.text(), purpose.name(), MigrationStore.microseconds(notAfter));
    }

    public Optional<Certified> certificate(BigInteger serial) {
        return jdbi.withHandle(h -> h
                .select("SELECT * FROM host_certificates WHERE serial = ?", serial.toString(SERIAL_RADIX))
                .map((rs, _) -> new Certified(Name.of(rs.getString("host")),
                        CertificatePurpose.valueOf(rs.getString("purpose")),
                        MigrationStore.instant(rs.getLong("not_after_us")),
                        rs.getObject("revoked_at_us") != null))
                .findOne());
    }

    /**
     * From now on this is where the host is reached, and no longer where it was before.
     *
     * @param name or address, in the one way that it is always written
     * @return whose it is when it is another host's: then nothing changes
     */
    public Optional<Name> claimName(String name, Name host) {
        return jdbi.inTransaction(h -> {
            Optional<Name> other = h
                    .select("SELECT host FROM host_names WHERE name = ? AND host <> ?", name, host.text())
                    .map((rs, _) -> Name.of(rs.getString(1))).findOne();
            if (other.isEmpty()) {
                h.execute("DELETE FROM host_names WHERE host = ?", host.text());
                h.execute("INSERT INTO host_names (name, host) VALUES (?, ?)", name, host.text());
            }
            return other;
        });
    }

    /** All certificates of the host, and its token. @return how many certificates were good until now */
    public int revoke(Name host, Instant now) {
        return jdbi.inTransaction(h -> {
            h.execute("DELETE FROM host_enrolments WHERE host = ?", host.text());
            noteRevoked(h, host, now);
            return h.execute("UPDATE host_certificates SET revoked_at_us = ? WHERE host = ? AND revoked_at_us IS NULL",
                    MigrationStore.microseconds(now), host.text());
        });
    }

    /** To be called before the certificates of a host go, too. Forgets those that have ended by themselves. */
    static void noteRevoked(Handle h, Name host, Instant now) {
        h.execute("DELETE FROM revoked_certificates WHERE not_after_us < ?", MigrationStore.microseconds(now));
        h.execute("INSERT OR IGNORE INTO revoked_certificates (serial, revoked_at_us, not_after_us)"
                + " SELECT serial, ?, not_after_us FROM host_certificates WHERE host = ?",
                MigrationStore.microseconds(now), host.text());
    }

    /** Of all hosts, also of those that were removed; without those that have ended by themselves. */
    public List<Revoked> revoked(Instant now) {
        return jdbi.withHandle(h -> h
                .select("SELECT serial, revoked_at_us FROM revoked_certificates WHERE not_after_us >= ?"
                        + " ORDER BY revoked_at_us, serial", MigrationStore.microseconds(now))
                .map((rs, _) -> new Revoked(new BigInteger(rs.getString(1), SERIAL_RADIX),
                        MigrationStore.instant(rs.getLong(2))))
                .list());
    }
}
