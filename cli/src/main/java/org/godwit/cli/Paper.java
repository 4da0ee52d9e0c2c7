package org.godwit.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.PrintWriter;
import java.util.List;
import org.godwit.protocol.rest.RestJson;

/** What answers are written on, in the form that was asked for. */
record Paper(Output output, PrintWriter out) {

    private static final YAMLMapper YAML = YAMLMapper.builder().disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .build();

    void say(String line) {
        out.println(line);
        out.flush();
    }

    /** The body as it is, indented; nothing when there is none. */
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

    /** The body for programs, the sentence for people. */
    void done(JsonNode body, String sentence) {
        if (output.structured()) {
            write(body);
        } else {
            say(sentence);
        }
    }

    /** @param name what the form for scripts shows of each. @param columns what tables show */
    <T> void rows(Column<T> name, List<Column<T>> columns, List<T> values) {
        out.print(output == Output.NAME ? TextTable.plain(name, values) : TextTable.rows(columns, values));
        out.flush();
    }

    <T> void details(Column<T> name, List<Column<T>> columns, T value) {
        out.print(output == Output.NAME ? TextTable.plain(name, List.of(value)) : TextTable.details(columns, value));
        out.flush();
    }

    private static String indented(JsonNode body) throws JsonProcessingException {
        var indenter = new DefaultIndenter("  ", "\n");
        var printer = new DefaultPrettyPrinter(
                Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER))
                .withObjectIndenter(indenter).withArrayIndenter(indenter);
        return RestJson.lenient().writer(printer).writeValueAsString(body);
    }
}
