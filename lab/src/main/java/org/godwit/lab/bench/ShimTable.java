package org.godwit.lab.bench;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** What the ways cost, beside each other. ASCII. */
final class ShimTable {

    private ShimTable() {}

    /** @return lines that end in a line feed; ways that never had a turn are left out */
    static String render(List<ShimRun> runs, List<ProgramCost> costs) {
        StringBuilder text = new StringBuilder();
        block(text, "TCP, one stream, Gbit/s", "%.1f", runs, ShimRun::tcpGbitPerS);
        block(text, "UDP, 64 bytes, thousands a second delivered", "%.0f", runs, ShimRun::udpDeliveredKpps);
        block(text, "UDP, 64 bytes, thousands a second sent", "%.0f", runs, ShimRun::udpSentKpps);
        if (!costs.isEmpty()) {
            text.append(String.format(Locale.ROOT, "%-44s %10s %12s%n", "BPF program, UDP of 64 bytes", "ns a run",
                    "runs"));
            costs.forEach(cost -> text.append(String.format(Locale.ROOT, "  %-42s %10.0f %12d%n", cost.program(),
                    cost.nsPerRun(), cost.runs())));
        }
        return text.toString();
    }

    private static void block(StringBuilder text, String title, String format, List<ShimRun> runs,
            ToDoubleFunction<ShimRun> figure) {
        text.append(String.format(Locale.ROOT, "%-44s %4s %10s %10s %10s %10s%n", title, "n", "median", "lowest",
                "highest", "ratio"));
        Sample plain = sample(runs, Way.PLAIN, figure);
        for (Way way : Way.values()) {
            if (runs.stream().anyMatch(run -> run.way() == way)) {
                Sample sample = sample(runs, way, figure);
                text.append(String.format(Locale.ROOT, "  %-42s %4d %10s %10s %10s %10.3f%n", way, sample.n(),
                        number(format, sample.median()), number(format, sample.lowest()),
                        number(format, sample.highest()), sample.median() / plain.median()));
            }
        }
        text.append('\n');
    }

    private static Sample sample(List<ShimRun> runs, Way way, ToDoubleFunction<ShimRun> figure) {
        return Sample.of(runs.stream().filter(run -> run.way() == way).map(figure::applyAsDouble).toList());
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
