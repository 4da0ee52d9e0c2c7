package org.godwit.mcs.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteDataSource;

/** The database file of one server, opened and brought to the newest schema. */
public final class Database implements AutoCloseable {

    /** Its name in the data folder. */
    public static final String FILE = "mcs.db";
    static final String SCHEMA = "classpath:db/migration";

    private final Jdbi jdbi;
    private final Jdbi reader;
    private final List<OpenConnections> connections;
    /** The last connection that closes makes SQLite fold its log into the file; one that stays open saves that. */
    private final Connection keeper;
    private final EventLog events;

    private final Optional<Path> file;

    private Database(Jdbi jdbi, Jdbi reader, List<OpenConnections> connections, Connection keeper,
            Optional<Path> file) {
        this.jdbi = jdbi;
        this.reader = reader;
        this.connections = connections;
        this.keeper = keeper;
        this.events = new EventLog(jdbi);
        this.file = file;
    }

    /** @param folder made when missing, for the owner only: the database holds keys */
    public static Database open(Path folder) {
        try {
            if (Files.notExists(folder)) {
                Files.createDirectories(folder,
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            Path file = folder.resolve(FILE);
            if (Files.notExists(file)) {
                Files.createFile(file,
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            NativeSqlite.load(folder);
            String url = "jdbc:sqlite:" + file;
            SQLiteDataSource source = source(url, SQLiteConfig.TransactionMode.IMMEDIATE);
            Connection keeper = source.getConnection();
            migrate(source);
            OpenConnections writing = new OpenConnections(source);
            OpenConnections reading = new OpenConnections(source(url, SQLiteConfig.TransactionMode.DEFERRED));
            Jdbi jdbi = Jdbi.create(writing);
            jdbi.setTransactionHandler(new WritersInTurn(jdbi.getTransactionHandler()));
            return new Database(jdbi, Jdbi.create(reading), List.of(writing, reading), keeper, Optional.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException("data folder " + folder + " cannot be used", e);
        } catch (SQLException e) {
            throw new IllegalStateException("the database in " + folder + " cannot be opened", e);
        }
    }

    /** A database without a file, gone when it is closed. For one thread. */
    public static Database inMemory() {
        return inMemory(UnaryOperator.identity());
    }

    /** @param disk what the database believes to be its connection, given the real one; a simulation may spoil it */
    public static Database inMemory(UnaryOperator<Connection> disk) {
        NativeSqlite.load(Path.of(System.getProperty("java.io.tmpdir")));
        SQLiteDataSource source = source("jdbc:sqlite::memory:", SQLiteConfig.TransactionMode.IMMEDIATE);
        try {
            Connection only = source.getConnection();
            only.unwrap(SQLiteConnection.class).deserialize("main", Empty.BYTES);
            Connection quick = disk.apply(OpenConnections.rememberingStatements(only));
            Jdbi jdbi = Jdbi.create(quick);
            return new Database(jdbi, jdbi, List.of(), only, Optional.empty());
        } catch (SQLException e) {
            throw new IllegalStateException("SQLite does not open a database in memory", e);
        }
    }

    /** An empty database of the newest schema, made once: simulations open databases by the thousand. */
    private static final class Empty {

        static final byte[] BYTES = make();

        private static byte[] make() {
            // Connections to one name see one database, which lasts as long as one of them is open.
            SQLiteDataSource source = source("jdbc:sqlite:file:" + UUID.randomUUID() + "?mode=memory&cache=shared",
                    SQLiteConfig.TransactionMode.IMMEDIATE);
            try (Connection template = source.getConnection()) {
                migrate(source);
                return template.unwrap(SQLiteConnection.class).serialize("main");
            } catch (SQLException e) {
                throw new IllegalStateException("SQLite does not open a database in memory", e);
            }
        }
    }

    /** Whatever writes does so in a transaction: these take turns. */
    Jdbi jdbi() {
        return jdbi;
    }

    /** For queries that belong together: a transaction sees one state of the database, and keeps nobody from writing. */
    Jdbi reader() {
        return reader;
    }

    public EventLog events() {
        return events;
    }

    /** Tells from now on how long each statement and each commit took; the listeners must not block. */
    public void timed(LongSupplier nanoTicker, Consumer<Duration> statements, Consumer<Duration> commits) {
        SqlLogger logger = new SqlLogger() {
            @Override
            public void logAfterExecution(StatementContext context) {
                statements.accept(Duration.ofNanos(context.getElapsedTime(ChronoUnit.NANOS)));
            }
        };
        jdbi.setSqlLogger(logger);
        reader.setSqlLogger(logger);
        jdbi.setTransactionHandler(new TimedTransactions(jdbi.getTransactionHandler(), nanoTicker, commits));
    }

    /**
     * Reads from the file.
     *
     * @throws JdbiException when that is not possible
     */
    public void touch() {
        jdbi.useHandle(h -> h.select("SELECT count(*) FROM sqlite_schema").mapTo(Long.class).one());
    }

    /** The size of the database with its log. */
    public long bytes() {
        return file.map(path -> size(path) + size(path.resolveSibling(path.getFileName() + "-wal"))).orElse(0L);
    }

    private static long size(Path path) {
        try {
            return Files.size(path);
        } catch (IOException _) {
            // There is no log before the first write.
            return 0;
        }
    }

    @Override
    public void close() {
        try {
            for (OpenConnections open : connections) {
                open.close();
            }
            keeper.close();
        } catch (SQLException e) {
            throw new IllegalStateException("the database cannot be closed", e);
        }
    }

    private static void migrate(SQLiteDataSource source) {
        // Parts that are built side by side bring their steps in any order: one with a lower number than the last is made up for.
        Flyway.configure().dataSource(source).locations(SCHEMA).outOfOrder(true).load().migrate();
    }

    /**
     * @param mode DEFERRED only for transactions that never write: one that reads first and writes later would fail, not wait,
     *        when another one wrote in between
     */
    private static SQLiteDataSource source(String url, SQLiteConfig.TransactionMode mode) {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.enforceForeignKeys(true);
        config.setBusyTimeout(10_000);
        config.setTransactionMode(mode);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl(url);
        return source;
    }
}
