package org.godwit.operation.metrics;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Metrics as a page for operators reads them. */
public final class MetricsPage {

    private MetricsPage() {}

    /** A table in Markdown, in the order of the constants. */
    public static String table(List<? extends Metric> metrics) {
        return "| Metric | Kind | Labels | Meaning |\n|---|---|---|---|\n" + metrics.stream().map(Metric::description)
                .map(each -> "| `" + each.exposedName() + "` | " + each.kind().name().toLowerCase(Locale.ROOT) + " | "
                        + each.labels().stream().map(label -> "`" + label + "`").collect(Collectors.joining(", "))
                        + " | "
                        + each.help() + " |\n")
                .collect(Collectors.joining());
    }
}
