package org.godwit.lab.chaos;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Results as people read them. */
final class StrikeTable {

    private static final String LINE = "%-32s %-8s %6s %8s %9s %10s  %s%n";

    private StrikeTable() {}

    static String render(List<StrikeResult> results) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, LINE, "killed", "end", "away", "to end",
                "recovery", "TCP stall", "faults"));
        results.forEach(result -> text.append(line(result)));
        long faulty = results.stream().filter(result -> !result.faults().isEmpty()).count();
        text.append(String.format(Locale.ROOT, "%d strikes, %d with faults", results.size(), faulty));
        results.stream().map(StrikeResult::recovery).flatMap(Optional::stream).max(Duration::compareTo)
                .ifPresent(
                        longest -> text.append("; slowest recovery of the control server ").append(seconds(longest)));
        return text.toString();
    }

    static String line(StrikeResult result) {
        return String.format(Locale.ROOT, LINE, result.strike(), result.end(), seconds(result.away()),
                seconds(result.untilEnd()), result.recovery().map(StrikeTable::seconds).orElse("-"),
                String.format(Locale.ROOT, "%.0f ms", result.tcpStallMs()),
                result.faults().isEmpty() ? "none" : result.faults().stream().collect(Collectors.joining("; ")));
    }

    private static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1e3);
    }
}
