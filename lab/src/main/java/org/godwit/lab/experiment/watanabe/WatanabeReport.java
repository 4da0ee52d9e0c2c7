package org.godwit.lab.experiment.watanabe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.godwit.lab.bench.Sample;
import org.godwit.lab.experiment.LineChart;
import org.godwit.lab.experiment.LineChart.Point;
import org.godwit.lab.experiment.LineChart.Series;
import org.godwit.lab.experiment.Report;
import org.godwit.lab.experiment.Report.Block;
import org.godwit.lab.experiment.watanabe.PaperTable.Cell;

/** Table 2 beside ours, what the paper's probe does not see, and where the seconds of the unprepared go. */
final class WatanabeReport {

    private static final double MS_PER_S = 1000;
    private static final String NONE = "-";

    private record Figure(String what, Function<WatanabeRun, Double> of) {}

    private static final List<Figure> FINE = List.of(new Figure("outage, VM to peer", WatanabeRun::outageVmToPeerMs),
            new Figure("outage, peer to VM", WatanabeRun::outagePeerToVmMs),
            new Figure("VM downtime (QEMU: STOP to RESUME)", WatanabeRun::pauseMs),
            new Figure("TCP longest stall", WatanabeRun::tcpStallMs),
            new Figure("UDP probes lost, VM to peer", WatanabeRun::lostVmToPeer),
            new Figure("UDP probes lost, peer to VM", WatanabeRun::lostPeerToVm),
            new Figure("longest gap in a quiet second", WatanabeRun::quietVmToPeerMs));

    private static final List<Figure> PARTS = List.of(
            new Figure("VM stands still (STOP to RESUME)", WatanabeRun::pauseMs),
            new Figure("until it has noticed, set its interface down (and up, and waited at random up to 1 s)",
                    WatanabeRun::noticedMs),
            new Figure("is its link-local address somebody else's? (1 s)", WatanabeRun::linkLocalMs),
            new Figure("router solicitation until advertisement", WatanabeRun::routerMs),
            new Figure("until the new address is asked about, at random up to 1 s later", WatanabeRun::formedMs),
            new Figure("is the new address somebody else's? (1 s), and until it registers", WatanabeRun::addressMs),
            new Figure("mapping server updated, peer told, its probe answered", WatanabeRun::mappingMs));

    private final List<WatanabeRun> runs;
    private final List<Integer> sizes;
    private final List<Integer> bandwidths;
    private final List<Subject> subjects;

    /** @throws IllegalArgumentException when there is nothing to tell */
    WatanabeReport(List<WatanabeRun> runs) {
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("no migration has been measured");
        }
        this.runs = List.copyOf(runs);
        this.sizes = runs.stream().map(WatanabeRun::memoryMib).distinct().sorted().toList();
        this.bandwidths = runs.stream().map(WatanabeRun::bandwidthMbit).distinct().sorted().toList();
        this.subjects = Arrays.stream(Subject.values())
                .filter(subject -> runs.stream().anyMatch(run -> run.subject() == subject)).toList();
    }

    Report report() {
        List<Block> blocks = new ArrayList<>();
        blocks.add(new Block.Text(headline()));
        blocks.add(ratios());
        blocks.add(besidePaper("T_DW by the paper's probe, a ping of the VM every 0.2 s", Cell::dwSeconds,
                WatanabeRun::dwMs));
        blocks.add(besidePaper("T_ALL: from the order until probes have passed in both directions", Cell::allSeconds,
                WatanabeRun::allMs));
        bandwidths.forEach(bandwidth -> blocks.add(fine(bandwidth)));
        if (subjects.contains(Subject.UNPREPARED)) {
            blocks.add(new Block.Heading("What the seconds without the method consist of"));
            blocks.add(
                    new Block.Text("The same guest and MAT; the kernel's defaults. The hypervisor announces the VM when"
                            + " it resumes; a program in the VM hears that and sets the interface down and up. The rest is Linux: it asks"
                            + " for duplicates of its link-local address, solicits a router, forms an address, asks for duplicates of"
                            + " that, each time after a random wait of up to 1 s and for 1 s (RFC 4862, section 5.4). Then MAT registers"
                            + " at the mapping server, which tells the peer. As soon as there is a router the VM's packets leave from its old"
                            + " address, which nobody filters here and many sites would: then it is heard, though not reached, before it"
                            + " has moved, and T_DW, which looks one way, ends too early. Twice 0 to 1 s and 1 s have a mean of 3 s; the mean of"
                            + " the paper's ten T_DW without the method is "
                            + String.format(Locale.ROOT, "%.2f s.", PaperTable.meanDwSeconds(Subject.UNPREPARED))));
            blocks.add(parts("Landing on one's own, all sizes and links, ms", Subject.UNPREPARED));
        }
        if (subjects.contains(Subject.PRINTED)) {
            blocks.add(new Block.Heading("The method as printed"));
            blocks.add(new Block.Text(
                    "The same VM as without the method. Its next address is formed before, on a bridge of"
                            + " the source that impersonates the gateway; the target has its interfaces exchanged. When the program in the"
                            + " VM hears that it has landed it sets the interface in use down, MAT goes on with the other one, and registers."
                            + " The paper does not say how a peer learns where the VM is: here from the mapping server. Nothing is sent"
                            + " twice or relayed."));
            blocks.add(parts("Switching in user space, all sizes and links, ms", Subject.PRINTED));
        }
        bandwidths.forEach(bandwidth -> {
            blocks.add(new Block.Figure("t-dw-" + bandwidth, chart("T_DW, " + bandwidth + " Mbit/s", bandwidth,
                    Cell::dwSeconds, WatanabeRun::dwMs)));
            blocks.add(new Block.Figure("t-all-" + bandwidth, chart("T_ALL, " + bandwidth + " Mbit/s", bandwidth,
                    Cell::allSeconds, WatanabeRun::allMs)));
        });
        return new Report("Watanabe's Table 2", blocks);
    }

    private String headline() {
        long broken = runs.stream().filter(run -> !run.tcpSurvived()).count();
        Sample load = Sample.of(runs.stream().map(WatanabeRun::load).toList());
        return String.format(Locale.ROOT,
                "%d migrations, TCP connection broken in %d. Load of the machine when they began: median %.1f, %.1f to %.1f."
                        + " Two VMs of each size ran all the time. The pause of every kind is limited alike, as the host agent does it: by 30 ms,"
                        + " and by 30 ms more, 300 at most, for each iteration after the fifth. The paper's mean T_DW with the method is %.2f times that of an"
                        + " ordinary migration.",
                runs.size(), broken, load.median(), load.lowest(), load.highest(),
                PaperTable.meanDwSeconds(Subject.GLOBAL) / PaperTable.meanDwSeconds(Subject.ORDINARY));
    }

    private Block.Table ratios() {
        return new Block.Table(
                "To an ordinary migration of the same size, link and turn: median (lowest to highest) of the turns' ratios",
                List.of("", "turns", "T_DW, 0.2 s probe", "outage, VM to peer", "outage, peer to VM", "TCP stall"),
                subjects.stream().filter(subject -> subject != Subject.ORDINARY)
                        .map(subject -> List.of(subject.toString(), Integer.toString(turns(subject)),
                                ratio(subject, WatanabeRun::dwMs), ratio(subject, WatanabeRun::outageVmToPeerMs),
                                ratio(subject, WatanabeRun::outagePeerToVmMs),
                                ratio(subject, WatanabeRun::tcpStallMs)))
                        .toList());
    }

    private int turns(Subject subject) {
        return (int) of(run -> run.subject() == subject).map(run -> run.run() + run.trial()).distinct().count();
    }

    /** Turn by turn, so that a machine which is slow for a while is slow in both. */
    private String ratio(Subject subject, Function<WatanabeRun, Double> figure) {
        List<Double> ratios = new ArrayList<>();
        for (int size : sizes) {
            for (int bandwidth : bandwidths) {
                runs.stream().map(WatanabeRun::run).distinct().forEach(turn -> {
                    Predicate<WatanabeRun> same = run -> run.run() == turn && run.memoryMib() == size
                            && run.bandwidthMbit() == bandwidth;
                    Optional<Sample> one = sample(same.and(run -> run.subject() == subject), figure);
                    Optional<Sample> ordinary = sample(same.and(run -> run.subject() == Subject.ORDINARY), figure);
                    if (one.isPresent() && ordinary.isPresent() && ordinary.get().median() > 0) {
                        ratios.add(one.get().median() / ordinary.get().median());
                    }
                });
            }
        }
        return ratios.isEmpty() ? NONE : spread(Sample.of(ratios), 1, "%.2f");
    }

    private Block.Table besidePaper(String caption, Function<Cell, Double> paper,
            Function<WatanabeRun, Double> figure) {
        List<String> header = new ArrayList<>(List.of("Mbit/s", "memory, MiB"));
        subjects.forEach(subject -> header.addAll(List.of(subject + ": paper, s", "ours, s (lowest to highest; n)")));
        List<List<String>> lines = new ArrayList<>();
        for (int bandwidth : bandwidths) {
            for (int size : sizesWithPaper(bandwidth)) {
                List<String> line = new ArrayList<>(List.of(Integer.toString(bandwidth), Integer.toString(size)));
                for (Subject subject : subjects) {
                    line.add(PaperTable.find(subject, bandwidth, size)
                            .map(cell -> String.format(Locale.ROOT, "%.2f", paper.apply(cell))).orElse(NONE));
                    line.add(sample(cell(subject, bandwidth, size), figure)
                            .map(one -> spread(one, MS_PER_S, "%.2f").replace(")", "; " + one.n() + ")"))
                            .orElse(NONE));
                }
                lines.add(line);
            }
        }
        return new Block.Table(caption, header, lines);
    }

    private List<Integer> sizesWithPaper(int bandwidth) {
        return Stream.concat(sizes.stream(), PaperTable.CELLS.stream()
                .filter(cell -> cell.bandwidthMbit() == bandwidth).map(Cell::memoryMb)).distinct().sorted().toList();
    }

    private Block.Table fine(int bandwidth) {
        List<String> header = new ArrayList<>(List.of("ms, or probes", "memory, MiB"));
        subjects.forEach(subject -> header.add(subject.toString()));
        List<List<String>> lines = new ArrayList<>();
        for (Figure figure : FINE) {
            for (int size : sizes) {
                List<String> line = new ArrayList<>(List.of(figure.what(), Integer.toString(size)));
                subjects.forEach(subject -> line.add(sample(cell(subject, bandwidth, size), figure.of())
                        .map(one -> spread(one, 1, "%.1f")).orElse(NONE)));
                lines.add(line);
            }
        }
        return new Block.Table("With probes 1 ms apart in both directions, " + bandwidth
                + " Mbit/s: median (lowest to highest)", header, lines);
    }

    /** What this subject does not do is left out. */
    private Block.Table parts(String caption, Subject subject) {
        return new Block.Table(caption, List.of("", "n", "median", "lowest", "highest"), PARTS.stream()
                .flatMap(part -> sample(run -> run.subject() == subject, part.of())
                        .map(one -> List.of(part.what(), Integer.toString(one.n()), number(one.median()),
                                number(one.lowest()), number(one.highest())))
                        .stream())
                .toList());
    }

    private LineChart chart(String title, int bandwidth, Function<Cell, Double> paper,
            Function<WatanabeRun, Double> figure) {
        List<Series> series = new ArrayList<>();
        for (Subject subject : subjects) {
            List<Point> ours = sizes.stream().flatMap(size -> sample(cell(subject, bandwidth, size), figure)
                    .map(one -> new Point(size, one.median() / MS_PER_S)).stream()).toList();
            if (!ours.isEmpty()) {
                series.add(new Series(subject.toString(), false, ours));
            }
            List<Point> theirs = PaperTable.CELLS.stream()
                    .filter(cell -> cell.subject() == subject && cell.bandwidthMbit() == bandwidth)
                    .map(cell -> new Point(cell.memoryMb(), paper.apply(cell))).toList();
            if (!theirs.isEmpty()) {
                series.add(new Series("paper, " + subject.paper(), true, theirs));
            }
        }
        return new LineChart(title, "memory, MiB", "s", false, series);
    }

    private static Predicate<WatanabeRun> cell(Subject subject, int bandwidth, int size) {
        return run -> run.subject() == subject && run.bandwidthMbit() == bandwidth && run.memoryMib() == size;
    }

    private Stream<WatanabeRun> of(Predicate<WatanabeRun> which) {
        return runs.stream().filter(which);
    }

    private Optional<Sample> sample(Predicate<WatanabeRun> which, Function<WatanabeRun, Double> figure) {
        List<Double> values = of(which).map(figure).filter(Objects::nonNull).toList();
        return values.isEmpty() ? Optional.empty() : Optional.of(Sample.of(values));
    }

    private static String spread(Sample sample, double unit, String format) {
        return String.format(Locale.ROOT, format + " (" + format + " to " + format + ")", sample.median() / unit,
                sample.lowest() / unit, sample.highest() / unit);
    }

    private static String number(double ms) {
        return String.format(Locale.ROOT, "%.1f", ms);
    }
}
