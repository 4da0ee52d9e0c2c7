package org.godwit.operation.metrics;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.regex.Pattern;

/**
 * What a metric is.
 *
 * @param name in snake case, the unit last and in base units (seconds, bytes), without {@code _total}
 * @param help one sentence for whoever looks at a graph
 * @param labels what it is told apart by; each has few values
 * @param bounds upper bounds of a histogram's buckets; empty for others
 */
public record Description(Kind kind, String name, String help, List<String> labels, List<Double> bounds) {

    private static final Pattern NAME = Pattern.compile("godwit(_[a-z][a-z0-9]*)+");
    private static final Pattern LABEL = Pattern.compile("[a-z]+(_[a-z]+)*");

    /** What becomes of its value. */
    public enum Kind {
        /** Only grows, until the process starts anew. */
        COUNTER,
        /** Goes up and down. */
        GAUGE,
        /** How often something took how long. */
        HISTOGRAM
    }

    /** From a tenth of a millisecond to ten seconds: calls to a disk or to a program. */
    private static final List<Double> CALLS = List.of(0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0,
            10.0);

    /** From a millisecond to a minute: how long a VM may stand still. */
    private static final List<Double> PAUSES = List.of(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0,
            5.0,
            15.0, 60.0);

    /** From a tenth of a second to two hours: phases, and whole migrations. */
    private static final List<Double> PHASES = List.of(0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 60.0, 180.0, 600.0, 1800.0,
            7200.0);

    public Description {
        requireNonNull(kind, "kind is null");
        labels = List.copyOf(labels);
        bounds = List.copyOf(bounds);
        if (!NAME.matcher(name).matches() || name.endsWith("_total")) {
            throw new IllegalArgumentException(
                    "a metric is named like godwit_mcs_migrations, the unit last, without _total; got \"" + name
                            + "\"");
        }
        if (!help.endsWith(".") || help.length() < 10) {
            throw new IllegalArgumentException("the help of " + name + " must be a sentence, got \"" + help + "\"");
        }
        if (!labels.stream().allMatch(label -> LABEL.matcher(label).matches())) {
            throw new IllegalArgumentException("the labels of " + name + " must be in snake case, got " + labels);
        }
        if (kind == Kind.HISTOGRAM ^ !bounds.isEmpty()) {
            throw new IllegalArgumentException("histograms have bounds, others have none: " + name);
        }
    }

    public static Description counter(String name, String help, String... labels) {
        return new Description(Kind.COUNTER, name, help, List.of(labels), List.of());
    }

    public static Description gauge(String name, String help, String... labels) {
        return new Description(Kind.GAUGE, name, help, List.of(labels), List.of());
    }

    public static Description calls(String name, String help, String... labels) {
        return new Description(Kind.HISTOGRAM, name, help, List.of(labels), CALLS);
    }

    public static Description pauses(String name, String help, String... labels) {
        return new Description(Kind.HISTOGRAM, name, help, List.of(labels), PAUSES);
    }

    public static Description phases(String name, String help, String... labels) {
        return new Description(Kind.HISTOGRAM, name, help, List.of(labels), PHASES);
    }

    /** As Prometheus stores it. */
    public String exposedName() {
        return kind == Kind.COUNTER ? name + "_total" : name;
    }
}
