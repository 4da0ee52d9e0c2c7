package org.godwit.mcs.store;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionFactory;

/**
 * Connections that stay open when nobody needs them, with their statements: to open one takes SQLite as long as several
 * transactions, and to prepare a statement as long as to execute it.
 */
final class OpenConnections implements ConnectionFactory, AutoCloseable {

    private static final int IDLE_MAX = 8;
    private static final int STATEMENTS_MAX = 100;

    private final DataSource source;
    private final Deque<Connection> idle = new ConcurrentLinkedDeque<>();
    private volatile boolean closed;

    OpenConnections(DataSource source) {
        this.source = source;
    }

    @Override
    public Connection openConnection() throws SQLException {
        Connection open = idle.poll();
        return open == null ? rememberingStatements(source.getConnection()) : open;
    }

    @Override
    public void closeConnection(Connection connection) throws SQLException {
        if (closed || idle.size() >= IDLE_MAX || !connection.getAutoCommit()) {
            connection.close();
        } else {
            idle.push(connection);
        }
    }

    /** What is in use is closed when it is given back. */
    @Override
    public void close() throws SQLException {
        closed = true;
        for (Connection open = idle.poll(); open != null; open = idle.poll()) {
            open.close();
        }
    }

    /** One whose statements are prepared once, and again only when one is needed twice at a time. For one thread at a time. */
    static Connection rememberingStatements(Connection real) {
        Map<String, PreparedStatement> known = new LinkedHashMap<>();
        return proxy(Connection.class, (method, arguments) -> {
            if (!method.getName().equals("prepareStatement") || !isPlain(arguments)) {
                return invoke(real, method, arguments);
            }
            String sql = (String) arguments[0];
            PreparedStatement before = known.remove(sql);
            PreparedStatement statement = before == null ? real.prepareStatement(sql) : before;
            return proxy(PreparedStatement.class, (what, with) -> {
                if (what.getName().equals("close")) {
                    remember(known, sql, statement);
                    return null;
                }
                return invoke(statement, what, with);
            });
        });
    }

    /** Jdbi says what JDBC would take for granted. */
    private static boolean isPlain(Object... arguments) {
        return arguments.length == 1 || arguments.length == 3 && arguments[1].equals(ResultSet.TYPE_FORWARD_ONLY)
                && arguments[2].equals(ResultSet.CONCUR_READ_ONLY);
    }

    private static void remember(Map<String, PreparedStatement> known, String sql, PreparedStatement statement)
            throws SQLException {
        statement.clearParameters();
        PreparedStatement other = known.put(sql, statement);
        if (other == null && known.size() > STATEMENTS_MAX) {
            other = known.remove(known.keySet().iterator().next());
        }
        if (other != null && other != statement) {
            other.close();
        }
    }

    /** Answers a call of a method. */
    private interface Answer {
        Object to(Method method, Object[] arguments) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, Answer answer) {
        return type.cast(Proxy.newProxyInstance(OpenConnections.class.getClassLoader(), new Class<?>[]{type },
                (_, method, arguments) -> answer.to(method, arguments)));
    }

    private static Object invoke(Object real, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
