package org.godwit.guest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import org.godwit.shim.Counter;
import org.godwit.shim.KernelProbe;

/** What sub-commands print, each text ended by a line feed. */
final class Reports {

    private static final JsonFactory JSON = new JsonFactory();

    /** For people, for programs, and for Prometheus (its text format, version 0.0.4). */
    enum Format {

        TABLE, JSON, PROMETHEUS;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private Reports() {}

    private interface Content {
        void write(JsonGenerator json) throws IOException;
    }

    private static String json(Content content) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            content.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a string takes everything", e);
        }
        return text.append('\n').toString();
    }

    static String counters(Map<Counter, Long> counters, Format format) {
        return switch (format) {
            case TABLE -> table(counters);
            case JSON -> json(json -> {
                for (Map.Entry<Counter, Long> entry : counters.entrySet()) {
                    json.writeNumberField(entry.getKey().label(), entry.getValue());
                }
            });
            case PROMETHEUS -> prometheus(counters);
        };
    }

    private static String table(Map<Counter, Long> counters) {
        StringBuilder text = new StringBuilder();
        counters.forEach((counter, value) -> text
                .append("%-20s %15d  %s%n".formatted(counter.label(), value, counter.meaning())));
        return text.toString();
    }

    private static String prometheus(Map<Counter, Long> counters) {
        StringBuilder text = new StringBuilder();
        counters.forEach((counter, value) -> {
            String name = "godwit_shim_" + counter.label() + "_total";
            text.append("# HELP ").append(name).append(' ').append(counter.meaning()).append('\n');
            text.append("# TYPE ").append(name).append(" counter\n");
            text.append(name).append(' ').append(value).append('\n');
        });
        return text.toString();
    }

    static String probe(KernelProbe probe, Format format) {
        return switch (format) {
            case TABLE, PROMETHEUS -> table(probe);
            case JSON -> json(json -> {
                json.writeBooleanField("able", probe.able());
                json.writeStringField("kernel", probe.release());
                json.writeStringField("answer", probe.answer());
                json.writeArrayFieldStart("features");
                for (KernelProbe.Finding finding : probe.findings()) {
                    json.writeStartObject();
                    json.writeStringField("feature", finding.feature());
                    json.writeBooleanField("required", finding.required());
                    json.writeBooleanField("found", finding.lack().isEmpty());
                    if (finding.lack().isPresent()) {
                        json.writeStringField("lack", finding.lack().get());
                    }
                    json.writeEndObject();
                }
                json.writeEndArray();
            });
        };
    }

    private static String table(KernelProbe probe) {
        StringBuilder text = new StringBuilder(probe.answer()).append('\n');
        for (KernelProbe.Finding finding : probe.findings()) {
            String state = finding.lack().isEmpty() ? "found" : finding.required() ? "MISSING" : "absent";
            text.append("  %-8s %s%n".formatted(state, finding.feature()));
            finding.lack().ifPresent(lack -> text.append(lack.indent(11)));
        }
        return text.toString();
    }
}
