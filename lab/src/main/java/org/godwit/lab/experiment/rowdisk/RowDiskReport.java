package org.godwit.lab.experiment.rowdisk;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.godwit.lab.bench.Sample;
import org.godwit.lab.experiment.Report;
import org.godwit.lab.experiment.Report.Block;
import org.godwit.lab.experiment.TrialTable;
import org.godwit.lab.experiment.TrialTable.Figure;

/** The three ways side by side, and what the paper says of two of them. */
final class RowDiskReport {

    private static final List<Figure<RowDiskRun>> FIGURES = List.of(
            new Figure<>("first pass, MB", RowDiskRun::firstMb),
            new Figure<>("update data, MB", RowDiskRun::updateMb),
            new Figure<>("update data as sent, MB", RowDiskRun::updateWireMb),
            new Figure<>("update data before the memory, MB", RowDiskRun::earlyMb),
            new Figure<>("update data beside the memory, MB", RowDiskRun::lateMb),
            new Figure<>("last writes sent at once, % of turns", RowDiskRun::atOncePercent),
            new Figure<>("rounds while the VM ran", RowDiskRun::rounds),
            new Figure<>("memory, MB", RowDiskRun::memoryMb),
            new Figure<>("total time, s", run -> run.totalMs() / 1e3),
            new Figure<>("of that disk and memory until the pause, s", RowDiskRun::sendingSeconds),
            new Figure<>("VM downtime, ms", RowDiskRun::pauseMs),
            new Figure<>("outage, VM to peer, ms", RowDiskRun::outageVmToPeerMs),
            new Figure<>("outage, peer to VM, ms", RowDiskRun::outagePeerToVmMs),
            new Figure<>("writes a second, before", RowDiskRun::before),
            new Figure<>("writes a second, during", RowDiskRun::during),
            new Figure<>("during, % of before", RowDiskRun::keptPercent));

    private static final String NONE = "-";

    private final List<RowDiskRun> runs;

    /** A setting that all three ways had. */
    private record Setting(int mbit, Writing writing) {

        static Setting of(RowDiskRun run) {
            return new Setting(run.bandwidthMbit(), run.writing());
        }

        @Override
        public String toString() {
            return mbit + " Mbit/s, " + writing;
        }
    }

    /** @throws IllegalArgumentException when there is nothing to tell */
    RowDiskReport(List<RowDiskRun> runs) {
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("no disk has been moved");
        }
        this.runs = List.copyOf(runs);
    }

    Report report() {
        Sample load = Sample.of(runs.stream().map(RowDiskRun::load).toList());
        List<Setting> settings = runs.stream().map(Setting::of).distinct()
                .sorted(Comparator.comparingInt(Setting::mbit).thenComparing(Setting::writing)).toList();
        List<Block> blocks = new ArrayList<>();
        blocks.add(new Block.Text(String.format(Locale.ROOT,
                "%d ways of a disk of %d MiB, half of it data, to another host while its VM writes to it. Blocks that were wrong"
                        + " afterwards, in all: %.0f. Load of the machine when they began: median %.1f, %.1f to %.1f.",
                runs.size(), runs.getFirst().diskMib(), runs.stream().mapToDouble(RowDiskRun::wrong).sum(),
                load.median(), load.lowest(), load.highest())));
        blocks.add(new Block.Text(
                "With block bitmaps the memory is copied as with the others, and thrown away: their time ends, and their"
                        + " downtime lasts, with the disk's last round. The mirror goes to a neighbour, layers go to another"
                        + " site, and their time has all in it that is done for addresses."));
        for (Setting setting : settings) {
            List<RowDiskRun> some = runs.stream().filter(run -> Setting.of(run).equals(setting)).toList();
            blocks.add(TrialTable.of(setting.toString(), Stream.of(Way.values()).map(way -> some.stream()
                    .filter(run -> run.way() == way).map(RowDiskRun::trial).findFirst()).flatMap(Optional::stream)
                    .toList(), some, FIGURES));
        }
        blocks.add(new Block.Table("Layers, as a share of block bitmaps and of the mirror (medians)",
                List.of("", "update data / bitmaps", "as sent / bitmaps", "time / bitmaps", "until the pause / bitmaps",
                        "downtime - bitmaps, ms",
                        "update data / mirror", "time / mirror", "downtime - mirror, ms", "writes kept"),
                Stream.concat(
                        Stream.of(List.of("paper", "0.35", NONE, "0.83", NONE, "+216", NONE, NONE, NONE, NONE),
                                List.of("wanted", "0.25", NONE, "0.75", NONE, NONE, NONE, NONE, "+0", "0.80")),
                        settings.stream().map(this::compared)).toList()));
        return new Report("Disks that travel", blocks);
    }

    private List<String> compared(Setting setting) {
        return List.of(setting.toString(), ratio(setting, Way.BITMAPS, RowDiskRun::updateMb),
                ratio(setting, Way.BITMAPS, RowDiskRun::updateWireMb),
                ratio(setting, Way.BITMAPS, RowDiskRun::totalMs),
                ratio(setting, Way.BITMAPS, RowDiskRun::sendingSeconds), difference(setting, Way.BITMAPS),
                ratio(setting, Way.MIRROR, RowDiskRun::updateMb), ratio(setting, Way.MIRROR, RowDiskRun::totalMs),
                difference(setting, Way.MIRROR),
                median(setting, Way.LAYERS, RowDiskRun::keptPercent)
                        .map(kept -> String.format(Locale.ROOT, "%.2f", kept / 100)).orElse(NONE));
    }

    private String ratio(Setting setting, Way other, Function<RowDiskRun, Double> of) {
        return both(setting, other, of, "%.2f", (ours, theirs) -> ours / theirs);
    }

    private String difference(Setting setting, Way other) {
        return both(setting, other, RowDiskRun::pauseMs, "%+.0f", (ours, theirs) -> ours - theirs);
    }

    /** How the layers' figure stands to another way's. */
    private interface Relation {
        double of(double ours, double other);
    }

    private String both(Setting setting, Way other, Function<RowDiskRun, Double> figure, String format,
            Relation relation) {
        Optional<Double> ours = median(setting, Way.LAYERS, figure);
        Optional<Double> theirs = median(setting, other, figure);
        return ours.isPresent() && theirs.isPresent() && theirs.get() != 0
                ? String.format(Locale.ROOT, format, relation.of(ours.get(), theirs.get()))
                : NONE;
    }

    private Optional<Double> median(Setting setting, Way way, Function<RowDiskRun, Double> figure) {
        return TrialTable.sample(
                runs.stream().filter(run -> run.way() == way && Setting.of(run).equals(setting)).toList(),
                new Figure<>("", figure)).map(Sample::median);
    }
}
