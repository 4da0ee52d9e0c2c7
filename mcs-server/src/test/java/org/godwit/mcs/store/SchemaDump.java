package org.godwit.mcs.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** A database as text: its schema as it is written in the file, what Flyway knows of it, and all rows. */
public final class SchemaDump {

    /** On a line of its own; no value has one. */
    private static final String END = "\n;\n";

    private SchemaDump() {}

    static String of(Path database) {
        return jdbi(database).withHandle(h -> {
            StringBuilder text = new StringBuilder();
            add(text, h,
                    "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid");
            for (String table : tables(h)) {
                String values = h.select("SELECT name FROM pragma_table_info(?)", table).mapTo(String.class).stream()
                        .map(column -> "quote(\"" + column + "\")").collect(Collectors.joining(" || ', ' || "));
                add(text, h, "SELECT 'INSERT INTO \"" + table + "\" VALUES (' || " + values + " || ')' FROM \"" + table
                        + "\"");
            }
            add(text, h, "SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY rowid");
            return text.toString();
        });
    }

    /** Those that programs know, and how far numbers have been given. */
    static List<String> tables(Handle h) {
        return h.createQuery("SELECT name FROM sqlite_schema WHERE type = 'table'"
                + " AND (name NOT LIKE 'sqlite_%' OR name = 'sqlite_sequence') ORDER BY name").mapTo(String.class)
                .list();
    }

    private static void add(StringBuilder text, Handle h, String statements) {
        h.createQuery(statements).mapTo(String.class).forEach(one -> text.append(one).append(END));
    }

    /** Makes the database anew. */
    public static void load(Path dump, Path database) throws IOException, SQLException {
        String text = Files.readString(dump);
        jdbi(database).useTransaction(h -> {
            for (String statement : text.split(END)) {
                try (Statement sql = h.getConnection().createStatement()) {
                    sql.executeUpdate(statement);
                }
            }
        });
    }

    private static Jdbi jdbi(Path database) {
        return Jdbi.create("jdbc:sqlite:" + database);
    }
}
