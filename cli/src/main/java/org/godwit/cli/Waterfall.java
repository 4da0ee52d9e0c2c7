package org.godwit.cli;

import java.util.List;
import java.util.Locale;
import org.godwit.protocol.rest.Resources.Phase;

/** Phases under each other, each bar where its time was. ASCII, 80 columns at most. */
public final class Waterfall {

    private static final int BAR_WIDTH = 34;

    private Waterfall() {}

    /**
     * One line for each phase: name, start and duration in milliseconds, bar. A phase that lasted at all has at least one
     * mark. Phases without a duration (the last one) are shown as a point.
     *
     * @return lines that end in a line feed; empty when there are no phases
     */
    public static String render(List<Phase> phases) {
        double endMs = phases.stream().mapToDouble(Waterfall::endMs).max().orElse(0);
        StringBuilder text = new StringBuilder();
        if (!phases.isEmpty()) {
            text.append(String.format(Locale.ROOT, "  %-16s %10s %12s%n", "PHASE", "START ms", "DURATION ms"));
        }
        for (Phase phase : phases) {
            int from = column(phase.startMs(), endMs);
            String bar = phase.durationMs() == null
                    ? "|"
                    : "#".repeat(Math.max(1, column(endMs(phase), endMs) - from));
            String duration = phase.durationMs() == null
                    ? "-"
                    : String.format(Locale.ROOT, "%.1f", phase.durationMs());
            text.append(String.format(Locale.ROOT, "  %-16s %10.1f %12s  %s%s%n", Text.shown(phase.phase()),
                    phase.startMs(), duration, " ".repeat(Math.min(from, BAR_WIDTH - 1)), bar));
        }
        return text.toString();
    }

    private static double endMs(Phase phase) {
        return phase.startMs() + (phase.durationMs() == null ? 0 : phase.durationMs());
    }

    private static int column(double ms, double endMs) {
        return endMs <= 0 ? 0 : Math.clamp(Math.round(ms / endMs * BAR_WIDTH), 0, BAR_WIDTH);
    }
}
