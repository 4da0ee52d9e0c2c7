package org.godwit.lab.experiment.wan;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.godwit.lab.bench.Sample;
import org.godwit.lab.experiment.LineChart;
import org.godwit.lab.experiment.LineChart.Point;
import org.godwit.lab.experiment.LineChart.Series;
import org.godwit.lab.experiment.Report;
import org.godwit.lab.experiment.Report.Block;
import org.godwit.lab.experiment.TrialTable;
import org.godwit.lab.experiment.TrialTable.Figure;

/** The outage by distance, and each part of it in round trips. */
final class WanReport {

    private static final List<Figure<WanRun>> FIGURES = List.of(
            new Figure<>("ping between the hosts, there and back", WanRun::pingMs),
            new Figure<>("outage, VM to peer", WanRun::outageVmToPeerMs),
            new Figure<>("outage, peer to VM", WanRun::outagePeerToVmMs),
            new Figure<>("pause (STOP to RESUME)", WanRun::pauseMs),
            new Figure<>("  STOP, until QEMU asks to go on", WanRun::askMs),
            new Figure<>("  until libvirt says so", WanRun::continueMs),
            new Figure<>("  until all is at the target", WanRun::sendMs),
            new Figure<>("  libvirt's finish phase, until RESUME", WanRun::finishMs),
            new Figure<>("above the pause, VM to peer", WanRun::aboveVmToPeerMs),
            new Figure<>("above the pause, peer to VM", WanRun::abovePeerToVmMs),
            new Figure<>("RESUME, until the VM's first probe is at the peer", WanRun::guestMs),
            new Figure<>("TCP longest stall", WanRun::tcpStallMs),
            new Figure<>("UDP probes lost, VM to peer", WanRun::lostVmToPeer),
            new Figure<>("UDP probes lost, peer to VM", WanRun::lostPeerToVm), new Figure<>("T_ALL", WanRun::allMs));

    private static final List<Figure<WanRun>> PARTS = FIGURES.subList(1, 11);

    private final List<WanRun> runs;
    private final List<String> trials;

    /** @throws IllegalArgumentException when there is nothing to tell */
    WanReport(List<WanRun> runs) {
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("no migration has been measured");
        }
        this.runs = List.copyOf(runs);
        // In the order of the first run, which is that of the declaration.
        this.trials = runs.stream().map(WanRun::trial).distinct()
                .sorted((one, other) -> Double.compare(order(one), order(other))).toList();
    }

    private double order(String trial) {
        WanRun first = runs.stream().filter(run -> run.trial().equals(trial)).findFirst().orElseThrow();
        return first.lossPercent() * 1e6 + first.delayMs();
    }

    Report report() {
        long broken = runs.stream().filter(run -> !run.tcpSurvived()).count();
        Sample load = Sample.of(runs.stream().map(WanRun::load).toList());
        List<Block> blocks = new ArrayList<>();
        blocks.add(new Block.Text(String.format(Locale.ROOT,
                "%d global migrations of one VM, there and back; site b is so far from site a, the peer and the control server."
                        + " Delay and loss by %s. TCP connection broken in %d. Load of the machine when they began: median"
                        + " %.1f, %.1f to %.1f.",
                runs.size(), runs.getFirst().means(), broken, load.median(), load.lowest(), load.highest())));
        blocks.add(TrialTable.of("By the way between the sites, ms or probes", trials, runs, FIGURES));
        roundTrips().ifPresent(blocks::add);
        List<Double> delays = runs.stream().filter(run -> run.lossPercent() == 0).map(WanRun::delayMs).distinct()
                .sorted().toList();
        if (!delays.isEmpty()) {
            blocks.add(new Block.Figure("outage", new LineChart("Outage by distance, nothing lost", "delay one way, ms",
                    "ms", false, Stream.of(FIGURES.get(1), FIGURES.get(2), FIGURES.get(3), FIGURES.get(7))
                            .map(figure -> new Series(figure.what().strip(), false, points(delays, figure)))
                            .toList())));
        }
        return new Report("Sites far from each other", blocks);
    }

    /** Between the nearest and the farthest: what each part has grown by, in pings. */
    private Optional<Block.Table> roundTrips() {
        List<Double> delays = runs.stream().filter(run -> run.lossPercent() == 0).map(WanRun::delayMs).distinct()
                .sorted().toList();
        if (delays.size() < 2) {
            return Optional.empty();
        }
        double near = delays.getFirst();
        double far = delays.getLast();
        double roundTripMs = 2 * (far - near);
        List<List<String>> lines = new ArrayList<>();
        for (Figure<WanRun> figure : PARTS) {
            Optional<Sample> before = TrialTable.sample(at(near), figure);
            Optional<Sample> after = TrialTable.sample(at(far), figure);
            if (before.isPresent() && after.isPresent()) {
                double grown = after.get().median() - before.get().median();
                lines.add(List.of(figure.what(), String.format(Locale.ROOT, "%.1f", grown),
                        String.format(Locale.ROOT, "%.2f", grown / roundTripMs)));
            }
        }
        return Optional.of(new Block.Table(
                String.format(Locale.ROOT, "From %.0f to %.0f ms one way, medians have grown by", near, far),
                List.of("", "ms", "round trips"), lines));
    }

    private List<Point> points(List<Double> delays, Figure<WanRun> figure) {
        return delays.stream().flatMap(
                delay -> TrialTable.sample(at(delay), figure).map(one -> new Point(delay, one.median())).stream())
                .toList();
    }

    private List<WanRun> at(double delayMs) {
        return runs.stream().filter(run -> run.lossPercent() == 0 && run.delayMs() == delayMs).toList();
    }
}
