package org.godwit.cli;

import java.util.Locale;
import org.godwit.protocol.rest.Resources.Forecast;
import org.godwit.protocol.rest.Resources.MigrationPlan;
import org.godwit.protocol.rest.Resources.Range;
import org.godwit.protocol.rest.Resources.Step;

/** What a migration would do, for people. */
final class PlanReport {

    private PlanReport() {}

    /** @return lines that end in a line feed */
    static String render(MigrationPlan plan) {
        StringBuilder text = new StringBuilder();
        text.append("VM ").append(Text.shown(plan.vm())).append(" from ").append(Text.shown(plan.source()))
                .append(" to ").append(Text.shown(plan.target())).append(", ").append(Text.shown(plan.strategy()))
                .append(": ")
                .append(plan.wouldGo() ? "would go" : "would be refused").append("; nothing was changed\n\n");
        text.append(plan.findings().isEmpty()
                ? "  nothing speaks against it\n"
                : FindingLines.render(plan.findings())).append('\n');
        int where = plan.steps().stream().mapToInt(step -> Text.shown(step.where()).length()).max().orElse(0);
        for (Step step : plan.steps()) {
            text.append(String.format(Locale.ROOT, "  %-15s  %-" + where + "s  %s%n", Text.shown(step.phase()),
                    Text.shown(step.where()), Text.shown(step.what())));
        }
        return text.append(plan.steps().isEmpty() ? "" : "\n").append(forecast(plan.forecast())).toString();
    }

    private static String forecast(Forecast forecast) {
        StringBuilder text = new StringBuilder();
        text.append("  copy         ").append(milliseconds(forecast.copyMs())).append('\n');
        text.append("  VM downtime  ").append(milliseconds(forecast.vmDowntimeMs())).append('\n');
        text.append("  sent         ").append(mebibytes(forecast.bytes())).append('\n');
        forecast.restsOn().forEach(sentence -> text.append("    ").append(Text.shown(sentence)).append('\n'));
        return text.toString();
    }

    private static String milliseconds(Range range) {
        return range == null
                ? "not predicted"
                : String.format(Locale.ROOT, "%.0f ms (%.0f to %s)", range.likely(), range.low(),
                        range.high() == null ? "no end" : String.format(Locale.ROOT, "%.0f", range.high()));
    }

    private static String mebibytes(Range range) {
        return range == null ? "not predicted" : Text.mebibytes(Math.round(range.likely()));
    }
}
