package org.godwit.lab.simulation;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;

/** The database's connection, as it would be if the store were without one of its fences. */
final class SpoiltDisk {

    /** Whatever takes a migration over leaves it in the epoch that it had. */
    private static final String KEEP_EPOCH = """
            CREATE TRIGGER keep_epoch AFTER UPDATE OF epoch ON migrations WHEN NEW.epoch <> OLD.epoch BEGIN
                UPDATE migrations SET epoch = OLD.epoch WHERE id = OLD.id;
            END""";

    /** Whatever takes a migration over rolls it back, wherever the VM is. */
    private static final String ROLL_BACK = """
            CREATE TRIGGER roll_back AFTER UPDATE OF epoch ON migrations
                WHEN OLD.phase = 'REBINDING' AND NEW.epoch <> OLD.epoch BEGIN
                UPDATE migrations SET phase = 'ROLLBACK' WHERE id = OLD.id;
                UPDATE journal SET closed_at_us = 0 WHERE migration = OLD.id AND closed_at_us IS NULL;
                INSERT INTO journal (migration, command_id, effect, intended_at_us)
                    VALUES (OLD.id, printf('00000000-0000-4000-8000-%012x', abs(random() % 281474976710656)),
                        'UNSTAGE_MAPPING', 0);
            END""";

    private final Set<Fence> off;
    private Connection real;
    private boolean inTransaction;

    SpoiltDisk(Set<Fence> off) {
        this.off = off;
    }

    Connection instead(Connection connection) {
        real = connection;
        if (off.contains(Fence.TAKEOVER_EPOCH)) {
            execute(KEEP_EPOCH);
        }
        if (off.contains(Fence.POINT_OF_NO_RETURN)) {
            execute(ROLL_BACK);
        }
        if (forgets()) {
            execute("BEGIN");
        }
        return forgets() || off.contains(Fence.STORE_EPOCHS)
                ? (Connection) Proxy.newProxyInstance(SpoiltDisk.class.getClassLoader(),
                        new Class<?>[]{Connection.class }, (_, method, arguments) -> invoke(method, arguments))
                : connection;
    }

    /** What was written up to now outlives a crash. */
    void sync() {
        if (forgets()) {
            List.of("COMMIT", "BEGIN").forEach(this::execute);
        }
    }

    /** What was written since is gone. */
    void crash() {
        if (forgets()) {
            List.of("ROLLBACK", "BEGIN").forEach(this::execute);
        }
    }

    private boolean forgets() {
        return off.contains(Fence.JOURNAL_FIRST);
    }

    private Object invoke(Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals("prepareStatement") && off.contains(Fence.STORE_EPOCHS)) {
            arguments[0] = ((String) arguments[0]).replace("AND epoch = ?", "AND ? > 0");
        }
        if (forgets()) {
            switch (method.getName()) {
                case "getAutoCommit" -> {
                    return !inTransaction;
                }
                case "setAutoCommit" -> {
                    inTransaction((Boolean) arguments[0]);
                    return null;
                }
                case "commit" -> {
                    return null;
                }
                case "rollback" -> {
                    execute("ROLLBACK TO turn");
                    return null;
                }
                case String _ -> {
                    // as it is
                }
            }
        }
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private void inTransaction(boolean isOver) {
        if (inTransaction == isOver) {
            execute(isOver ? "RELEASE turn" : "SAVEPOINT turn");
            inTransaction = !isOver;
        }
    }

    private void execute(String sql) {
        try (Statement statement = real.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }
}
