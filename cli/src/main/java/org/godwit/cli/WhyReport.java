package org.godwit.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.godwit.model.Compression;
import org.godwit.model.StallAction;
import org.godwit.protocol.rest.Resources.CopyOptions;
import org.godwit.protocol.rest.Resources.DiskForecast;
import org.godwit.protocol.rest.Resources.Option;
import org.godwit.protocol.rest.Resources.Range;
import org.godwit.protocol.rest.Resources.Report;
import org.godwit.protocol.rest.Resources.ReportDeed;
import org.godwit.protocol.rest.Resources.ReportDisks;
import org.godwit.protocol.rest.Resources.ReportPhase;
import org.godwit.protocol.rest.Resources.ReportStep;

/** The cause of every millisecond of a migration, and of its failure, for people. */
final class WhyReport {

    /** Time in a phase that no step accounts for is shown when it is more than this. */
    private static final double NOTEWORTHY_MS = 1;

    private final Report report;
    /** Null where there was none. */
    private final Option forecast;
    private final StringBuilder text = new StringBuilder();

    private WhyReport(Report report) {
        this.report = report;
        this.forecast = report.forecast();
    }

    /** @return lines that end in a line feed */
    static String render(Report report) {
        WhyReport why = new WhyReport(report);
        why.verdict();
        why.timeline();
        why.times();
        why.transferred();
        why.disks();
        why.burden();
        return why.text.toString();
    }

    private void verdict() {
        text.append("VM ").append(Text.shown(report.vm())).append(" from ").append(Text.shown(report.source()))
                .append(" to ").append(Text.shown(report.target()))
                .append(report.strategy() == null ? "" : " by " + Text.shown(report.strategy())).append(": ")
                .append(Text.shown(report.outcome()))
                .append(", phase ").append(Text.shown(report.phase())).append('\n');
        if (report.failure() != null) {
            text.append("  because  ").append(Text.shown(report.failure().message())).append(" [")
                    .append(Text.shown(report.failure().code())).append("]\n  what now ")
                    .append(Text.shown(report.failure().remedy())).append('\n');
        }
        text.append(copy(report.copy())).append('\n');
    }

    /** Each phase, and below it what was done in it and what no step accounts for. */
    private void timeline() {
        text.append(String.format(Locale.ROOT, "  %10s %10s  %s%n", "START ms", "FOR ms", "WHAT"));
        if (report.queuedMs() != null && report.queuedMs() >= NOTEWORTHY_MS) {
            line(0, report.queuedMs(), "waited for its turn");
        }
        for (ReportPhase phase : report.phases()) {
            line(phase.startMs(), phase.durationMs(), Text.shown(phase.phase()) + ": " + Text.shown(phase.reason()));
            for (ReportStep step : phase.steps()) {
                line(step.startMs(), step.durationMs(), "    " + words(step.effect())
                        + (step.message() == null ? "" : " FAILED: " + Text.shown(step.message())));
            }
            double rest = unaccounted(phase);
            if (rest > NOTEWORTHY_MS) {
                line(phase.startMs(), rest, "    of which between steps, in the control server");
            }
        }
        for (ReportDeed deed : report.alone()) {
            line(deed.startMs(), null, "alone: " + Text.shown(deed.message()));
        }
        text.append('\n');
    }

    private void times() {
        figure("preparation", report.preparationMs());
        figure("copy", report.copyMs(), "", forecast == null ? null : forecast.copyMs());
        figure("VM downtime", report.vmDowntimeMs(), teller(report.vmDowntimeBy()),
                forecast == null ? null : forecast.vmDowntimeMs());
        outage(forecast == null ? null : forecast.outageMs());
        figure("resume", report.resumeMs());
        figure("T_ALL", report.tAllMs(), "", forecast == null ? null : forecast.tAllMs());
    }

    /** What of the outage is measured the VM has told. */
    private void outage(Range expected) {
        if (report.outageMs() != null) {
            entry("network outage", "to its peers %s, from them %s, says the VM%s",
                    report.outageMs().vmToPeer() == null
                            ? "not known (it sent nothing before or after)"
                            : "about " + Text.milliseconds(report.outageMs().vmToPeer(), ""),
                    Text.milliseconds(report.outageMs().peerToVm(), "not known (nothing came before or after)"),
                    expected == null ? "" : "; forecast " + Text.milliseconds(expected));
        } else if (expected != null) {
            figure("network outage", null, "", expected);
        }
    }

    private void transferred() {
        if (report.bytesTransferred() != null) {
            entry("transferred", "%s%s in %d pages%s%s, %d rounds%s", Text.mebibytes(report.bytesTransferred()),
                    report.bytesPerSecond() == null ? "" : " at " + Text.mebibytes(report.bytesPerSecond()) + "/s",
                    report.pagesTransferred(),
                    report.pagesConstant() == null ? "" : ", " + report.pagesConstant() + " of them empty",
                    report.pagesDirty() == null ? "" : ", " + report.pagesDirty() + " again", report.iterations(),
                    forecast == null ? "" : bytes(forecast.bytes()));
        }
    }

    /** Before the memory, or while the VM was off. */
    private void disks() {
        ReportDisks disks = report.disks();
        if (disks == null) {
            return;
        }
        DiskForecast expected = disks.forecast();
        figure("disks", disks.totalMs(), "", expected == null ? null : expected.totalMs());
        if (disks.bytes() != null) {
            entry("sent of them", "%s, %d layers after the images%s", Text.mebibytes(disks.bytes()), disks.layers(),
                    expected == null ? "" : bytes(expected.bytes()));
        }
        if (disks.lastWrites() != null) {
            entry("last writes", "sent %s: %s",
                    disks.lastWrites().equals("at-once") ? "at once" : Text.shown(disks.lastWrites()),
                    Text.shown(disks.reason()));
        }
    }

    /** What the copy took from the VM while it ran. */
    private void burden() {
        if (report.throttlePercent() != null && report.throttlePercent() > 0) {
            entry("slowed down", "by %d %%", report.throttlePercent());
        }
        Range faults = forecast == null ? null : forecast.pageFaults();
        boolean wereForecast = faults != null && faults.likely() >= 1;
        if (report.postCopyRequests() != null && (report.postCopyRequests() > 0 || wereForecast)) {
            entry("waited for", "%d pages at %s%s", report.postCopyRequests(), Text.shown(report.target()),
                    wereForecast ? "; forecast " + Text.count(faults) : "");
        }
    }

    /** What was asked for beside the strategy. */
    private static String copy(CopyOptions copy) {
        if (copy == null) {
            return "";
        }
        List<String> asked = new ArrayList<>();
        if (copy.bandwidthMibPerSecond() != null) {
            asked.add("at most " + copy.bandwidthMibPerSecond() + " MiB/s");
        }
        if (copy.downtimeLimitMs() != null) {
            asked.add("a pause of at most " + copy.downtimeLimitMs() + " ms");
        }
        if (copy.autoConverge()) {
            asked.add("auto-converge");
        }
        if (copy.parallelConnections() != null) {
            asked.add(copy.parallelConnections() + " connections");
        }
        if (!copy.compression().equals(Compression.NONE.word())) {
            asked.add("compression by " + Text.shown(copy.compression()));
        }
        if (!copy.onStall().equals(StallAction.ABORT.word())) {
            asked.add(Text.shown(copy.onStall()) + " on a stall");
        }
        return asked.isEmpty() ? "" : "  asked for " + String.join(", ", asked) + "\n";
    }

    /** A step may outlast its phase, as the copy does: whatever runs in a phase accounts for its time. */
    private double unaccounted(ReportPhase phase) {
        if (phase.durationMs() == null) {
            return 0;
        }
        double end = phase.startMs() + phase.durationMs();
        List<ReportStep> steps = report.phases().stream().flatMap(it -> it.steps().stream()).toList();
        double waited = report.queuedMs() == null ? 0 : report.queuedMs();
        double covered = Math.min(end, Math.max(phase.startMs(), waited));
        double rest = 0;
        for (ReportStep step : steps) {
            double stepEnd = step.durationMs() == null ? end : Math.min(end, step.startMs() + step.durationMs());
            if (stepEnd > covered && step.startMs() < end) {
                rest += Math.max(0, step.startMs() - covered);
                covered = stepEnd;
            }
        }
        return rest + Math.max(0, end - covered);
    }

    private void line(double startMs, Double durationMs, String what) {
        text.append(String.format(Locale.ROOT, "  %10.1f %10s  %s%n", startMs,
                durationMs == null ? "-" : String.format(Locale.ROOT, "%.1f", durationMs), what));
    }

    /** Whose word a downtime is, where it is not what hypervisors measured from end to end. */
    private static String teller(String by) {
        return switch (by) {
            case "agents" -> ", by the words of both hosts' agents";
            case "source" -> " at the source alone: what the target took to let it run is not known";
            case "server" -> ", until its guest was back";
            case null -> "";
            case String _ -> "";
        };
    }

    private void figure(String what, Double ms) {
        figure(what, ms, "", null);
    }

    /** @param note on what is measured; nothing of what is not. @param expected null for no forecast */
    private void figure(String what, Double ms, String note, Range expected) {
        entry(what, "%s%s%s", Text.milliseconds(ms, "not known"), ms == null ? "" : note,
                expected == null ? "" : "; forecast " + Text.milliseconds(expected));
    }

    private void entry(String what, String form, Object... values) {
        text.append(String.format(Locale.ROOT, "  %-16s %s%n", what, String.format(Locale.ROOT, form, values)));
    }

    private static String bytes(Range expected) {
        return expected == null ? "" : "; forecast " + Text.mebibytes(expected);
    }

    private static String words(String effect) {
        return Text.shown(effect).replace('_', ' ');
    }
}
