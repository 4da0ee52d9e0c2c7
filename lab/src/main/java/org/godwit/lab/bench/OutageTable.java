package org.godwit.lab.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/** Global and ordinary migrations beside each other. ASCII. */
final class OutageTable {

    private record Line(String label, Function<OutageRun, Double> figure) {}

    private static final List<Line> FIGURES = List.of(new Line("outage, VM to peer", OutageRun::outageVmToPeerMs),
            new Line("outage, peer to VM", OutageRun::outagePeerToVmMs),
            new Line("pause (QEMU: STOP to RESUME)", OutageRun::pauseMs),
            new Line("VM downtime by libvirt", OutageRun::libvirtDowntimeMs),
            new Line("above the pause, VM to peer", OutageRun::aboveVmToPeerMs),
            new Line("above the pause, peer to VM", OutageRun::abovePeerToVmMs),
            new Line("TCP longest stall", OutageRun::tcpStallMs),
            new Line("TCP stall above outage, VM to peer", run -> run.tcpStallMs() - run.outageVmToPeerMs()),
            new Line("probes lost, VM to peer", OutageRun::lostVmToPeer),
            new Line("probes lost, peer to VM", OutageRun::lostPeerToVm),
            new Line("probes twice, VM to peer", OutageRun::twiceVmToPeer),
            new Line("probes twice, peer to VM", OutageRun::twicePeerToVm),
            new Line("pre-copy iterations", OutageRun::iterations), new Line("copy, in all", OutageRun::copyMs));

    private static final List<Line> PARTS = List.of(
            new Line("last packet seen, until STOP", OutageRun::beforeStopMs),
            new Line("STOP, until QEMU asks to go on", OutageRun::stopMs),
            new Line("until libvirt says so", OutageRun::continueMs),
            new Line("until all is at the target", OutageRun::sendMs),
            new Line("until libvirt has resumed it", OutageRun::resumeMs),
            new Line("until the VM's first packet seen", OutageRun::guestMs),
            new Line("RESUME, until first answered probe", OutageRun::deafMs),
            new Line("quiet before, gap VM to peer", OutageRun::quietVmToPeerMs),
            new Line("quiet before, gap peer to VM", OutageRun::quietPeerToVmMs));

    private OutageTable() {}

    /** @return lines that end in a line feed */
    static String render(List<OutageRun> runs) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(Locale.ROOT, "%-35s", ""));
        for (Subject subject : Subject.values()) {
            text.append(String.format(Locale.ROOT, "  %-34s", subject + ", n = " + measured(runs, subject).size()));
        }
        text.append("ratio\n");
        header(text, "ms, or packets");
        FIGURES.forEach(line -> line(text, runs, line));
        text.append('\n');
        header(text, "where the time went, ms");
        PARTS.forEach(line -> line(text, runs, line));
        text.append('\n');
        for (Subject subject : Subject.values()) {
            long failed = runs.stream().filter(run -> run.subject() == subject && !run.isMeasured()).count();
            long broken = measured(runs, subject).stream().filter(run -> !run.tcpSurvived()).count();
            text.append(String.format(Locale.ROOT, "%s: %d failed, TCP connection broken in %d%n", subject, failed,
                    broken));
        }
        return text.toString();
    }

    private static void header(StringBuilder text, String label) {
        text.append(String.format(Locale.ROOT, "%-35s", label));
        Arrays.stream(Subject.values()).forEach(
                _ -> text.append(String.format(Locale.ROOT, " %8s %8s %8s %8s", "median", "lowest", "p99",
                        "highest")));
        text.append('\n');
    }

    private static void line(StringBuilder text, List<OutageRun> runs, Line line) {
        text.append(String.format(Locale.ROOT, "%-35s", line.label()));
        for (Subject subject : Subject.values()) {
            text.append(sample(runs, subject, line)
                    .map(s -> String.format(Locale.ROOT, " %8.1f %8.1f %8.1f %8.1f", s.median(), s.lowest(), s.p99(),
                            s.highest()))
                    .orElse(String.format(Locale.ROOT, " %8s %8s %8s %8s", "-", "-", "-", "-")));
        }
        text.append(ratio(sample(runs, Subject.GLOBAL, line), sample(runs, Subject.ORDINARY, line))).append('\n');
    }

    private static String ratio(Optional<Sample> global, Optional<Sample> ordinary) {
        return global.isEmpty() || ordinary.isEmpty() || ordinary.get().median() <= 0
                ? ""
                : String.format(Locale.ROOT, " %7.2f", global.get().median() / ordinary.get().median());
    }

    private static Optional<Sample> sample(List<OutageRun> runs, Subject subject, Line line) {
        List<Double> values = measured(runs, subject).stream().map(line.figure()).filter(Objects::nonNull).toList();
        return values.isEmpty() ? Optional.empty() : Optional.of(Sample.of(values));
    }

    private static List<OutageRun> measured(List<OutageRun> runs, Subject subject) {
        return runs.stream().filter(run -> run.subject() == subject && run.isMeasured()).toList();
    }
}
