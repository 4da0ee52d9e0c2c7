package org.godwit.lab.experiment.mirroring;

import static org.godwit.lab.experiment.mirroring.MirroringExperiment.SIZES;
import static org.godwit.lab.experiment.mirroring.MirroringExperiment.SIZES_LINK_SPEED;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.godwit.lab.bench.Sample;
import org.godwit.lab.experiment.LineChart;
import org.godwit.lab.experiment.LineChart.Point;
import org.godwit.lab.experiment.LineChart.Series;
import org.godwit.lab.experiment.Report;
import org.godwit.lab.experiment.Report.Block;
import org.godwit.lab.experiment.Report.Comparison;

/** What came out, beside what is printed. */
final class MirroringReport {

    /** "Data: 10" for mirroring, which is said to send a VM's memory once: ten VMs of a node ("randomly taken from 0 to 10"). */
    private static final int VMS = 10;
    private static final double HOUR_SECONDS = 3600;
    private static final double CLAIMED_DATA_REDUCTION = 0.36;
    private static final double CLAIMED_TIME_REDUCTION = 0.26;
    private static final double CLAIMED_PROFIT_OVER_PRE_COPY = 0.48;
    private static final double CLAIMED_PROFIT_OVER_LRU = 0.38;

    private final List<MirroringRun> runs;

    MirroringReport(List<MirroringRun> runs) {
        this.runs = List.copyOf(runs);
    }

    Report report() {
        return new Report("Mirroring: Table 1 and Figures 4 to 6, repeated", List.of(
                new Block.Heading("By the paper's equations"),
                new Block.Text(
                        "Equation 4 with alpha = 1024, beta = 0 and eta 1 from the head of each column gives Table 1, once"
                                + " the overheads are 49 s (pre-copy), 47 s (LRU) and 15 s (mirroring). The paper does not tell them; they"
                                + " follow from any two lines of a column. They, and not the copying, are most of the difference above"
                                + " 1000."),
                equations(),
                new Block.Heading("Where the paper is silent or contradicts itself"),
                contradictions(),
                reductions(),
                new Block.Heading("By simulation, page by page"),
                new Block.Text(
                        "One guest, of which the paper tells nothing: it was chosen such that pre-copy sends 1.4 times the"
                                + " memory of 1024 MB over 100 Mbit/s, as Table 1 has it. Everything else follows. Medians of "
                                + runs.stream().mapToInt(MirroringRun::run).max().orElse(0)
                                + " seeds. Table 1 has the same factor at every"
                                + " speed; but a faster link leaves a guest less time to write, so what mirroring spares shrinks with it."),
                timesSent(), copying(), spread(),
                new Block.Figure("total-time", totalTime()),
                new Block.Heading("Data transferred (Figure 5)"),
                new Block.Text("The paper's lines are eta 1 times the size: its figure has no numbers in the text."),
                new Block.Figure("data", data()),
                new Block.Heading("Provider's profit (Figure 6)"),
                new Block.Text(
                        "The paper gives no formula: profits \"by 48% and 38%\". Ours: a provider charges for memory by the"
                                + " hour, and while a VM migrates its memory is taken twice and paid once; profit is size x (1 h - total"
                                + " time), in GB hours at the price of one. An hour with one migration differs little by that. What comes"
                                + " nearest to the paper's percentages is the time saved, summed over the sizes."),
                new Block.Figure("profit", profit()), profits()));
    }

    private static Block equations() {
        List<Comparison> cells = new ArrayList<>();
        for (Subject subject : Subject.values()) {
            for (double speed : Subject.LINK_SPEEDS) {
                cells.add(new Comparison(subject + ", " + whole(speed), subject.printedSeconds(speed),
                        subject.equations(Subject.TABLE_SIZE, speed).totalTimeAtThreeControls()));
            }
        }
        return Report.compared("Table 1, total migration time by link speed", "s", "%.3f", cells);
    }

    private static Block contradictions() {
        return new Block.Table("What is said, and what its own numbers say", List.of("what", "said", "but"), List.of(
                List.of("link speed", "Table 1: GHz; simulation: 10 Mbps to 10 Gbps",
                        "the numbers are MB divided by the speed: MB/s, or a factor of 8 is missing"),
                List.of("VM size", "Table 1: 1024 GB; simulation: 64 to 1024 MB",
                        "1024 GB in 16 s would be 512 Gbit/s: MB is meant"),
                List.of("data", "mirroring sends the memory once",
                        "eta 1 is 10, so Table 1 must be of ten VMs, or not of one"),
                List.of("control signals",
                        "equation 4: three for each data signal; in the text: up to one for each page",
                        "Table 1 leaves no room for any: beta is 0 in it"),
                List.of("speed and dirty pages", "pre-copy sends 1.4 times the memory at every speed",
                        "a hundred times faster, a hundredth of the time to write"),
                List.of("Table 1, pre-copy, 1000", "63.356 s", "its own equation gives 63.336 s"),
                List.of("\"Time\" in the heads", "1434, 1232, 1052",
                        "1434 is 14 x 1024 / 10 rounded; the same for the others gives 1229 and 1024"),
                List.of("workload, files, delay, dirty rate", "not told, or not used", "chosen by us, see below"),
                List.of("profit", "48 % and 38 %", "no formula")));
    }

    private static Block reductions() {
        List<Comparison> claims = new ArrayList<>();
        claims.add(new Comparison("data, by \"Data\" in the heads of Table 1", CLAIMED_DATA_REDUCTION,
                1 - 1 / Subject.PRE_COPY.printedTimesSent()));
        claims.add(new Comparison("total time, by \"Time\" in the heads", CLAIMED_TIME_REDUCTION,
                1 - Subject.MIRRORING.headTime() / Subject.PRE_COPY.headTime()));
        for (double speed : Subject.LINK_SPEEDS) {
            claims.add(new Comparison("total time, by the line of Table 1 for " + whole(speed), CLAIMED_TIME_REDUCTION,
                    1 - Subject.MIRRORING.printedSeconds(speed) / Subject.PRE_COPY.printedSeconds(speed)));
        }
        return Report
                .compared("What mirroring spares against pre-copy: the abstract (\"paper\") and the paper's own table"
                        + " (\"ours\")", "share", "%.3f", claims);
    }

    private Block timesSent() {
        List<Comparison> cells = new ArrayList<>();
        for (Subject subject : Subject.values()) {
            for (LinkUnit unit : LinkUnit.values()) {
                for (double speed : Subject.LINK_SPEEDS) {
                    cells.add(new Comparison(subject + ", " + whole(speed) + " " + unit, subject.printedTimesSent(),
                            median(MirroringRun::timesSent, subject, unit, speed, Subject.TABLE_SIZE)));
                }
            }
        }
        return Report.compared("Data sent, as a multiple of the VM's memory (paper: eta 1 / 10)", "times", "%.3f",
                cells);
    }

    private Block copying() {
        List<List<String>> lines = new ArrayList<>();
        for (Subject subject : Subject.values()) {
            for (double speed : Subject.LINK_SPEEDS) {
                double printed = subject.printedSeconds(speed) - subject.equations(1, 1).overheads();
                double ifBytes = VMS * median(MirroringRun::totalSeconds, subject, LinkUnit.MEGABYTES, speed,
                        Subject.TABLE_SIZE);
                double ifBits = VMS * median(MirroringRun::totalSeconds, subject, LinkUnit.MEGABITS, speed,
                        Subject.TABLE_SIZE);
                lines.add(List.of(subject + ", " + whole(speed), seconds(printed), seconds(ifBytes),
                        percent(ifBytes / printed - 1), seconds(ifBits), percent(ifBits / printed - 1)));
            }
        }
        return new Block.Table(
                "Time of copying ten VMs of 1024 MB in turn, s: Table 1 without its overheads, and simulated",
                List.of("", "paper", "ours if MB/s", "deviation", "ours if Mbit/s", "deviation"), lines);
    }

    private Block spread() {
        List<List<String>> lines = new ArrayList<>();
        for (Subject subject : Subject.values()) {
            for (int size : SIZES) {
                Sample sample = sample(MirroringRun::totalSeconds, subject, LinkUnit.MEGABITS, SIZES_LINK_SPEED, size);
                lines.add(List.of(subject + ", " + size + " MB", Integer.toString(sample.n()), seconds(sample.median()),
                        seconds(sample.lowest()), seconds(sample.highest())));
            }
        }
        return new Block.Table("Spread of the total time of one VM over 100 Mbit/s, s",
                List.of("", "n", "median", "lowest", "highest"), lines);
    }

    private LineChart totalTime() {
        List<Series> series = new ArrayList<>();
        for (Subject subject : Subject.values()) {
            series.add(new Series(subject + ", simulated", false, Subject.LINK_SPEEDS
                    .stream().map(speed -> new Point(speed,
                            VMS * median(MirroringRun::totalSeconds, subject, LinkUnit.MEGABYTES, speed,
                                    Subject.TABLE_SIZE)))
                    .toList()));
        }
        for (Subject subject : Subject.values()) {
            series.add(new Series(subject + ", paper", true, Subject.LINK_SPEEDS.stream()
                    .map(speed -> new Point(speed, subject.printedSeconds(speed))).toList()));
        }
        return new LineChart("Total time of ten VMs of 1024 MB (Table 1, Figure 4)",
                "link speed, taken for MB/s", "s; the paper's with its overheads", true, series);
    }

    private LineChart data() {
        List<Series> series = new ArrayList<>();
        for (Subject subject : Subject.values()) {
            series.add(new Series(subject + ", simulated", false, SIZES.stream().map(size -> new Point(size,
                    median(MirroringRun::bytesSent, subject, LinkUnit.MEGABITS, SIZES_LINK_SPEED, size) / (1 << 20)))
                    .toList()));
            series.add(new Series(subject + ", eta 1 / 10", true, SIZES.stream()
                    .map(size -> new Point(size, size * subject.printedTimesSent())).toList()));
        }
        return new LineChart("Data transferred for one VM over 100 Mbit/s (Figure 5)", "VM size, MB", "sent, MB", false,
                series);
    }

    private LineChart profit() {
        List<Series> series = new ArrayList<>();
        for (Subject subject : Subject.values()) {
            series.add(new Series(subject + ", simulated", false, SIZES.stream().map(size -> new Point(size,
                    size / 1024.0 * (1 - median(MirroringRun::totalSeconds, subject, LinkUnit.MEGABITS,
                            SIZES_LINK_SPEED, size) / HOUR_SECONDS)))
                    .toList()));
            series.add(new Series(subject + ", equation 4", true, SIZES.stream().map(size -> new Point(size,
                    size / 1024.0 * (1 - subject.equations(size, SIZES_LINK_SPEED).totalTimeAtThreeControls()
                            / HOUR_SECONDS)))
                    .toList()));
        }
        return new LineChart("Profit of an hour with one migration over 100 (Figure 6, our definition)", "VM size, MB",
                "GB hours paid and not taken twice", false, series);
    }

    private Block profits() {
        ToDoubleFunction<Subject> equations = subject -> SIZES.stream()
                .mapToDouble(size -> subject.equations(size, SIZES_LINK_SPEED).totalTimeAtThreeControls()).sum();
        ToDoubleFunction<Subject> simulated = subject -> SIZES.stream().mapToDouble(size -> median(
                MirroringRun::totalSeconds, subject, LinkUnit.MEGABITS, SIZES_LINK_SPEED, size)).sum();
        return Report.compared("Profit of mirroring; ours is the share of the time that it saves over all sizes",
                "share",
                "%.3f", List.of(
                        new Comparison("over pre-copy, by equation 4", CLAIMED_PROFIT_OVER_PRE_COPY,
                                saved(equations, Subject.PRE_COPY)),
                        new Comparison("over LRU, by equation 4", CLAIMED_PROFIT_OVER_LRU,
                                saved(equations, Subject.LRU)),
                        new Comparison("over pre-copy, simulated", CLAIMED_PROFIT_OVER_PRE_COPY,
                                saved(simulated, Subject.PRE_COPY)),
                        new Comparison("over LRU, simulated", CLAIMED_PROFIT_OVER_LRU,
                                saved(simulated, Subject.LRU))));
    }

    private static double saved(ToDoubleFunction<Subject> time, Subject against) {
        return 1 - time.applyAsDouble(Subject.MIRRORING) / time.applyAsDouble(against);
    }

    private double median(ToDoubleFunction<MirroringRun> figure, Subject subject, LinkUnit unit, double speed,
            int size) {
        return sample(figure, subject, unit, speed, size).median();
    }

    private Sample sample(ToDoubleFunction<MirroringRun> figure, Subject subject, LinkUnit unit, double speed,
            int size) {
        Stream<MirroringRun> some = runs.stream().filter(run -> run.subject() == subject && run.linkUnit() == unit
                && run.linkSpeed() == speed && run.vmMb() == size);
        return Sample.of(some.map(figure::applyAsDouble).toList());
    }

    private static String whole(double number) {
        return String.format(Locale.ROOT, "%.0f", number);
    }

    private static String seconds(double number) {
        return String.format(Locale.ROOT, "%.3f", number);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%+.1f %%", share * 100);
    }
}
