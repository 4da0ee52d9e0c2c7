package org.godwit.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.godwit.protocol.rest.RestJson;

/** What the commands share: the server to ask, and the paper to write on in the form that was asked for. */
final class Desk implements AutoCloseable {

    private static final YAMLMapper YAML = YAMLMapper.builder().disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .build();

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

    Output output() {
        return output;
    }

    /** Whether programs read what is written. */
    boolean structured() {
        return output.structured();
    }

    <T> void list(Kind<T> kind) {
        list(kind, Map.of());
    }

    /** @param filters query parameters; those without a value do not count */
    <T> void list(Kind<T> kind, Map<String, String> filters) {
        write(kind, server.list(kind.path() + McsClient.query(filters)));
    }

    /** A list in the form that was asked for. */
    <T> void write(Kind<T> kind, JsonNode body) {
        if (!body.path("items").isArray()) {
            throw McsClient.notUnderstood();
        }
        if (structured()) {
            write(body);
            return;
        }
        List<T> values = new ArrayList<>();
        body.path("items").forEach(item -> values.add(McsClient.read(item, kind.type())));
        out.print(output == Output.NAME
                ? TextTable.plain(kind.name(), values)
                : TextTable.rows(kind.columns(output), values));
        out.flush();
    }

    <T> void show(Kind<T> kind, String name) {
        JsonNode body = server.get(one(kind, name));
        if (structured()) {
            write(body);
            return;
        }
        T value = McsClient.read(body, kind.type());
        out.print(output == Output.NAME
                ? TextTable.plain(kind.name(), List.of(value))
                : TextTable.details(kind.columns(), value));
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
        if (structured()) {
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
        try {
            say(output == Output.YAML ? YAML.writeValueAsString(body).stripTrailing() : indented(body));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree could not be written", e);
        }
    }

    private static String indented(JsonNode body) throws JsonProcessingException {
        var indenter = new DefaultIndenter("  ", "\n");
        var printer = new DefaultPrettyPrinter(
                Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER))
                .withObjectIndenter(indenter).withArrayIndenter(indenter);
        return RestJson.lenient().writer(printer).writeValueAsString(body);
    }

    @Override
    public void close() {
        server.close();
    }
}
