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

    private WhyReport() {}

    /** @return lines that end in a line feed */
    static String render(Report report) {
        StringBuilder text = new StringBuilder();
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
        text.append(copy(report.copy()));
        text.append('\n').append(String.format(Locale.ROOT, "  %10s %10s  %s%n", "START ms", "FOR ms", "WHAT"));
        if (report.queuedMs() != null && report.queuedMs() >= NOTEWORTHY_MS) {
            line(text, 0, report.queuedMs(), "waited for its turn");
        }
        for (ReportPhase phase : report.phases()) {
            line(text, phase.startMs(), phase.durationMs(), Text.shown(phase.phase()) + ": "
                    + Text.shown(phase.reason()));
            for (ReportStep step : phase.steps()) {
                line(text, step.startMs(), step.durationMs(), "    " + words(step.effect())
                        + (step.message() == null ? "" : " FAILED: " + Text.shown(step.message())));
            }
            double rest = unaccounted(report, phase);
            if (rest > NOTEWORTHY_MS) {
                line(text, phase.startMs(), rest, "    of which between steps, in the control server");
            }
        }
        for (ReportDeed deed : report.alone()) {
            line(text, deed.startMs(), null, "alone: " + Text.shown(deed.message()));
        }
        text.append('\n');
        figure(text, "preparation", report.preparationMs());
        Option forecast = report.forecast();
        figure(text, "copy", report.copyMs(), forecast == null ? null : forecast.copyMs());
        figure(text, "VM downtime", report.vmDowntimeMs(), teller(report.vmDowntimeBy()),
                forecast == null ? null : forecast.vmDowntimeMs());
        outage(text, report);
        figure(text, "resume", report.resumeMs());
        figure(text, "T_ALL", report.tAllMs(), forecast == null ? null : forecast.tAllMs());
        if (report.bytesTransferred() != null) {
            text.append(String.format(Locale.ROOT, "  %-16s %s%s in %d pages%s%s, %d rounds%s%n", "transferred",
                    Text.mebibytes(report.bytesTransferred()),
                    report.bytesPerSecond() == null ? "" : " at " + Text.mebibytes(report.bytesPerSecond()) + "/s",
                    report.pagesTransferred(),
                    report.pagesConstant() == null ? "" : ", " + report.pagesConstant() + " of them empty",
                    report.pagesDirty() == null ? "" : ", " + report.pagesDirty() + " again",
                    report.iterations(),
                    forecast == null || forecast.bytes() == null
                            ? ""
                            : "; forecast " + Text.mebibytes(Math.round(forecast.bytes().likely()))));
        }
        if (report.disks() != null) {
            text.append(disks(report.disks()));
        }
        if (report.throttlePercent() != null && report.throttlePercent() > 0) {
            text.append(String.format(Locale.ROOT, "  %-16s by %d %%%n", "slowed down", report.throttlePercent()));
        }
        boolean faultsWereForecast = forecast != null && forecast.pageFaults() != null
                && forecast.pageFaults().likely() >= 1;
        if (report.postCopyRequests() != null && (report.postCopyRequests() > 0 || faultsWereForecast)) {
            text.append(String.format(Locale.ROOT, "  %-16s %d pages at %s%s%n", "waited for",
                    report.postCopyRequests(), Text.shown(report.target()),
                    faultsWereForecast
                            ? String.format(Locale.ROOT, "; forecast %.0f", forecast.pageFaults().likely())
                            : ""));
        }
        return text.toString();
    }

    /** Before the memory, or while the VM was off. */
    private static String disks(ReportDisks disks) {
        DiskForecast forecast = disks.forecast();
        StringBuilder text = new StringBuilder();
        figure(text, "disks", disks.totalMs(), forecast == null ? null : forecast.totalMs());
        if (disks.bytes() != null) {
            text.append(String.format(Locale.ROOT, "  %-16s %s, %d layers after the images%s%n", "sent of them",
                    Text.mebibytes(disks.bytes()), disks.layers(),
                    forecast == null
                            ? ""
                            : "; forecast " + Text.mebibytes(Math.round(forecast.bytes().likely()))));
        }
        if (disks.lastWrites() != null) {
            text.append(String.format(Locale.ROOT, "  %-16s sent %s: %s%n", "last writes",
                    disks.lastWrites().equals("at-once") ? "at once" : Text.shown(disks.lastWrites()),
                    Text.shown(disks.reason())));
        }
        return text.toString();
    }

    /** What is measured of it the VM has told. */
    private static void outage(StringBuilder text, Report report) {
        Range forecast = report.forecast() == null ? null : report.forecast().outageMs();
        if (report.outageMs() == null) {
            if (forecast != null) {
                figure(text, "network outage", null, forecast);
            }
            return;
        }
        text.append(String.format(Locale.ROOT, "  %-16s to its peers %s, from them %s, says the VM%s%n",
                "network outage",
                report.outageMs().vmToPeer() == null
                        ? "not known (it sent nothing before or after)"
                        : "about " + Text.milliseconds(report.outageMs().vmToPeer(), ""),
                Text.milliseconds(report.outageMs().peerToVm(), "not known (nothing came before or after)"),
                forecast == null ? "" : "; forecast " + Text.milliseconds(forecast)));
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
    private static double unaccounted(Report report, ReportPhase phase) {
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

    private static void line(StringBuilder text, double startMs, Double durationMs, String what) {
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

    /** Beside what was forecast. */
    private static void figure(StringBuilder text, String what, Double ms, Range forecast) {
        figure(text, what, ms, "", forecast);
    }

    private static void figure(StringBuilder text, String what, Double ms, String note, Range forecast) {
        text.append(String.format(Locale.ROOT, "  %-16s %s%s%s%n", what, Text.milliseconds(ms, "not known"),
                ms == null ? "" : note, forecast == null ? "" : "; forecast " + Text.milliseconds(forecast)));
    }

    private static void figure(StringBuilder text, String what, Double ms) {
        text.append(String.format(Locale.ROOT, "  %-16s %s%n", what, Text.milliseconds(ms, "not known")));
    }

    private static String words(String effect) {
        return Text.shown(effect).replace('_', ' ');
    }
}
