package org.godwit.cli;

import java.util.Locale;
import org.godwit.protocol.rest.Resources.Forecast;
import org.godwit.protocol.rest.Resources.MigrationPlan;
import org.godwit.protocol.rest.Resources.Option;
import org.godwit.protocol.rest.Resources.Step;

/** What a migration would do, for people. */
final class PlanReport {

    private static final String OPTION = "  %1s %-12s %-25s %-25s %-21s %-22s %-26s %s%n";

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
        return text.append(plan.steps().isEmpty() ? "" : "\n").append(plan.options().isEmpty() ? "" : options(plan))
                .append(choice(plan)).append(disks(plan)).append(forecast(plan.forecast())).toString();
    }

    /** The one that would be taken has a star. */
    private static String options(MigrationPlan plan) {
        StringBuilder text = new StringBuilder(
                String.format(Locale.ROOT, OPTION, "", "STRATEGY", "T_ALL", "COPY", "VM DOWNTIME", "NETWORK OUTAGE",
                        "SENT",
                        "PAGE FAULTS"));
        for (Option option : plan.options()) {
            text.append(String.format(Locale.ROOT, OPTION, option.strategy().equals(plan.strategy()) ? "*" : "",
                    Text.shown(option.strategy()), Text.milliseconds(option.tAllMs()),
                    Text.milliseconds(option.copyMs()), Text.milliseconds(option.vmDowntimeMs()),
                    Text.milliseconds(option.outageMs()), Text.mebibytes(option.bytes()),
                    Text.count(option.pageFaults())));
            option.against().forEach(
                    sentence -> text.append("      not this: ").append(Text.shown(sentence)).append('\n'));
        }
        return text.append('\n').toString();
    }

    private static String choice(MigrationPlan plan) {
        return plan.choice() == null ? "" : "  " + Text.shown(plan.choice()) + "\n";
    }

    private static String disks(MigrationPlan plan) {
        Forecast forecast = plan.forecast();
        return forecast.disks() == null
                ? ""
                : (plan.strategy().equals("cold") ? "  meanwhile its disks: " : "  before that its disks: ")
                        + Text.milliseconds(forecast.disks().totalMs()) + ", "
                        + Text.mebibytes(forecast.disks().bytes()) + "\n";
    }

    private static String forecast(Forecast forecast) {
        StringBuilder text = new StringBuilder();
        forecast.restsOn().forEach(sentence -> text.append("    ").append(Text.shown(sentence)).append('\n'));
        return text.toString();
    }
}
