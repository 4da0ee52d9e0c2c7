package org.godwit.guest;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.godwit.shim.Counter;
import org.godwit.shim.KernelProbe;

/** What sub-commands print, each text ended by a line feed. */
final class Reports {

    /** For people, for programs, and for Prometheus (its text format, version 0.0.4). */
    enum Format {

        TABLE, JSON, PROMETHEUS;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private Reports() {}

    static String counters(Map<Counter, Long> counters, Format format) {
        return switch (format) {
            case TABLE -> table(counters);
            case JSON -> counters.entrySet().stream()
                    .map(entry -> quoted(entry.getKey().label()) + ":" + entry.getValue())
                    .collect(Collectors.joining(",", "{", "}\n"));
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
            case JSON -> "{\"able\":" + probe.able() + ",\"kernel\":" + quoted(probe.release()) + ",\"answer\":"
                    + quoted(probe.answer()) + ",\"features\":"
                    + probe.findings().stream().map(Reports::json).collect(Collectors.joining(",", "[", "]}\n"));
        };
    }

    private static String json(KernelProbe.Finding finding) {
        return "{\"feature\":" + quoted(finding.feature()) + ",\"required\":" + finding.required() + ",\"found\":"
                + finding.lack().isEmpty() + finding.lack().map(lack -> ",\"lack\":" + quoted(lack)).orElse("") + "}";
    }

    /** A JSON string (RFC 8259, section 7). A library for it would need more than java.base. */
    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
            } else if (c < ' ') {
                quoted.append("\\u%04x".formatted(c));
            } else {
                quoted.append((char) c);
            }
        });
        return quoted.append('"').toString();
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
