package org.godwit.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.godwit.protocol.rest.RestJson;

/** What the commands share: the server to ask, and the paper to write on in the form that was asked for. */
final class Desk implements AutoCloseable {

    private final McsClient server;
    private final Output output;
    private final PrintWriter out;

    Desk(McsClient server, Output output, PrintWriter out) {
        this.server = server;
        this.output = output;
        this.out = out;
    }

    McsClient server() {
        return server;
    }

    boolean json() {
        return output == Output.JSON;
    }

    <T> void list(Kind<T> kind) {
        JsonNode body = server.get(kind.path());
        if (json()) {
            write(body);
            return;
        }
        if (!body.path("items").isArray()) {
            throw McsClient.notUnderstood();
        }
        List<T> values = new ArrayList<>();
        body.path("items").forEach(item -> values.add(McsClient.read(item, kind.type())));
        out.print(TextTable.rows(kind.listedColumns(), values));
        out.flush();
    }

    <T> void show(Kind<T> kind, String name) {
        JsonNode body = server.get(one(kind, name));
        if (json()) {
            write(body);
            return;
        }
        out.print(TextTable.details(kind.columns(), McsClient.read(body, kind.type())));
        out.flush();
    }

    void add(Kind<?> kind, String name, Object value) {
        done(server.post(kind.path(), value), kind.word() + " " + name + " added");
    }

    void remove(Kind<?> kind, String name) {
        done(server.delete(one(kind, name)), kind.word() + " " + name + " removed");
    }

    void revokeKey(Kind<?> kind, String name) {
        done(server.delete(one(kind, name) + "/key"), "the key of " + kind.word() + " " + name + " is worthless");
    }

    /** What came of a request that answers no more than that it was carried out. */
    void done(JsonNode body, String sentence) {
        if (json()) {
            write(body);
        } else {
            say(sentence);
        }
    }

    static String one(Kind<?> kind, String name) {
        return kind.path() + "/" + McsClient.segment(name);
    }

    void say(String line) {
        out.println(line);
        out.flush();
    }

    /** The body as it came, indented; nothing when there was none. */
    void write(JsonNode body) {
        if (body.isMissingNode()) {
            return;
        }
        var indenter = new DefaultIndenter("  ", "\n");
        var printer = new DefaultPrettyPrinter(
                Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER))
                .withObjectIndenter(indenter).withArrayIndenter(indenter);
        try {
            say(RestJson.lenient().writer(printer).writeValueAsString(body));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree could not be written", e);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
