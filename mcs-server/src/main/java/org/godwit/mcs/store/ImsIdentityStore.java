package org.godwit.mcs.store;

import java.math.BigInteger;
import java.time.Instant;
import org.jdbi.v3.core.Jdbi;

/** Which certificates the mapping server in another process has. */
public final class ImsIdentityStore {

    private static final int SERIAL_RADIX = 16;

    private final Jdbi jdbi;

    public ImsIdentityStore(Database database) {
        this.jdbi = database.jdbi();
    }

    /** It is the only one from now on. */
    public void replaceAll(BigInteger serial, Instant notAfter) {
        jdbi.useTransaction(h -> {
            h.execute("DELETE FROM ims_certificates");
            h.execute("INSERT INTO ims_certificates (serial, not_after_us) VALUES (?, ?)",
                    serial.toString(SERIAL_RADIX),
                    MigrationStore.microseconds(notAfter));
        });
    }

    /** Forgets those that are over, too: nobody can show them any more. */
    public void add(BigInteger serial, Instant notAfter, Instant now) {
        jdbi.useTransaction(h -> {
            h.execute("DELETE FROM ims_certificates WHERE not_after_us < ?", MigrationStore.microseconds(now));
            h.execute("INSERT INTO ims_certificates (serial, not_after_us) VALUES (?, ?)",
                    serial.toString(SERIAL_RADIX),
                    MigrationStore.microseconds(notAfter));
        });
    }

    public boolean isKnown(BigInteger serial) {
        return jdbi.withHandle(
                h -> h.select("SELECT 1 FROM ims_certificates WHERE serial = ?", serial.toString(SERIAL_RADIX))
                        .mapTo(Integer.class).findOne().isPresent());
    }
}
