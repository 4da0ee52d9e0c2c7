package org.godwit.mcs.store;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.jdbi.v3.core.Jdbi;
import org.sqlite.SQLiteConfig;

/** A database at one moment, in a file of its own, while others write into the original. */
public final class DatabaseCopy {

    /**
     * How far epochs are ahead in a database that has been restored: beyond whatever was given out after the backup, so that
     * agents, which remember the highest, take commands of its server.
     */
    static final long EPOCHS_LEAP = 1 << 20;

    /** Who waits for the original: a transaction of its server is never that long. */
    private static final int BUSY_MILLIS = 10_000;

    private final Path file;

    private DatabaseCopy(Path file) {
        this.file = file;
    }

    /**
     * Copies the database of a data folder, whether a server uses it or not.
     *
     * @param file does not exist yet
     * @throws IllegalArgumentException when there is no database
     */
    public static DatabaseCopy of(Path dataFolder, Path file) {
        Path original = dataFolder.resolve(Database.FILE);
        if (!Files.isReadable(original)) {
            throw new IllegalArgumentException("there is no database in " + dataFolder
                    + " that can be read: name the server's data folder with --data, and run this as the server's user");
        }
        NativeSqlite.load(file.toAbsolutePath().getParent());
        SQLiteConfig patient = new SQLiteConfig();
        patient.setBusyTimeout(BUSY_MILLIS);
        try (Connection connection = patient.createConnection("jdbc:sqlite:" + original);
                PreparedStatement copying = connection.prepareStatement("VACUUM INTO ?")) {
            copying.setString(1, file.toString());
            copying.execute();
        } catch (SQLException e) {
            throw new IllegalArgumentException("the database in " + dataFolder + " cannot be copied: " + e.getMessage(),
                    e);
        }
        return in(file);
    }

    /**
     * One that was made before.
     *
     * @throws IllegalArgumentException when it is damaged
     */
    public static DatabaseCopy in(Path file) {
        NativeSqlite.load(file.toAbsolutePath().getParent());
        DatabaseCopy copy = new DatabaseCopy(file);
        String found = copy.jdbi().withHandle(h -> h.select("PRAGMA integrity_check(1)").mapTo(String.class).one());
        if (!found.equals("ok")) {
            throw new IllegalArgumentException("the database in it is damaged: " + found);
        }
        return copy;
    }

    /** The newest schema that this server knows. */
    public static int schemaKnown() {
        MigrationInfo[] all = Flyway.configure().locations(Database.SCHEMA).dataSource("jdbc:sqlite::memory:", "", "")
                .load().info().all();
        return Integer.parseInt(all[all.length - 1].getVersion().getVersion());
    }

    public int schema() {
        return jdbi().withHandle(
                h -> h.select("SELECT max(CAST(version AS INTEGER)) FROM flyway_schema_history WHERE success")
                        .mapTo(Integer.class).one());
    }

    public long vms() {
        return number("SELECT count(*) FROM vms");
    }

    public long hosts() {
        return number("SELECT count(*) FROM hosts");
    }

    /** Migrations that were under way. */
    public long unfinished() {
        return number("SELECT count(*) FROM migrations WHERE ended_at_us IS NULL");
    }

    /** To be done once, before a server uses it. */
    public void leapEpochs() {
        jdbi().useHandle(h -> h.execute("UPDATE epochs SET epoch = epoch + ?", EPOCHS_LEAP));
    }

    private long number(String sql) {
        return jdbi().withHandle(h -> h.select(sql).mapTo(Long.class).one());
    }

    private Jdbi jdbi() {
        return Jdbi.create("jdbc:sqlite:" + file);
    }
}
