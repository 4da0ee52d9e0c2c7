package org.godwit.lab.experiment.amvm;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.godwit.lab.bench.Sample;
import org.godwit.lab.experiment.Report.Block;

/** What was foretold beside what was measured, and how far off it was. */
final class Validation {

    private static final String NOTHING = "-";

    private enum Figure {
        TIME("total time of the copy, ms", AmvmCopyRun::copyMs, Foretold::copyMs), DOWNTIME("downtime, ms",
                AmvmCopyRun::downtimeMs,
                Foretold::downtimeMs), SENT("data transferred, MB", AmvmCopyRun::sentMb, Foretold::sentMb);

        private final String what;
        private final ToDoubleFunction<AmvmCopyRun> measured;
        private final ToDoubleFunction<Foretold> foretold;

        Figure(String what, ToDoubleFunction<AmvmCopyRun> measured, ToDoubleFunction<Foretold> foretold) {
            this.what = what;
            this.measured = measured;
            this.foretold = foretold;
        }
    }

    /** A migration, and what each of those who had enough to go by has foretold of it. */
    private record Compared(AmvmCopyRun run, Map<Foretold.By, Foretold> foretold) {

        static Compared of(AmvmCopyRun run) {
            Map<Foretold.By, Foretold> foretold = new EnumMap<>(Foretold.By.class);
            for (Foretold.By by : Foretold.By.values()) {
                by.of(run).ifPresent(it -> foretold.put(by, it));
            }
            return new Compared(run, foretold);
        }
    }

    private Validation() {}

    static List<Block> blocks(List<AmvmCopyRun> runs) {
        List<Block> blocks = new ArrayList<>();
        blocks.add(new Block.Heading("Validation"));
        blocks.add(new Block.Text(
                "Plan: what godwit migrate --plan said just before, corrected by the past, all of the memory"
                        + " taken for what the VM writes to. Model and simulator: told the same measurements (memory that was not empty"
                        + " at the last copy, dirty rate sampled for a second, bandwidth of the last copies) and how much a memory-bound"
                        + " VM writes to; nothing is corrected. Error: what was foretold less what was measured, as a share of this,"
                        + " without its sign."));
        List<Compared> all = runs.stream().map(Compared::of).toList();
        blocks.add(errors("All strategies", all));
        runs.stream().map(AmvmCopyRun::strategy).distinct().sorted().forEach(strategy -> blocks.add(
                errors(strategy, all.stream().filter(one -> one.run().strategy().equals(strategy)).toList())));
        blocks.add(new Block.Table("Each migration: measured / plan / model / simulator",
                Stream.concat(Stream.of("run", "trial", "to"), Stream.of(Figure.values()).map(figure -> figure.what))
                        .toList(),
                all.stream().map(Validation::line).toList()));
        return blocks;
    }

    private static Block.Table errors(String caption, List<Compared> all) {
        List<List<String>> lines = new ArrayList<>();
        for (Figure figure : Figure.values()) {
            for (Foretold.By by : Foretold.By.values()) {
                lines.add(errors(figure, by, all));
            }
        }
        return new Block.Table(caption,
                List.of("", "n", "error, median", "error, p90", "measured / foretold, median"), lines);
    }

    private static List<String> errors(Figure figure, Foretold.By by, List<Compared> all) {
        List<Double> errors = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        all.stream().filter(one -> one.foretold().containsKey(by)).forEach(one -> {
            double measured = figure.measured.applyAsDouble(one.run());
            double foretold = figure.foretold.applyAsDouble(one.foretold().get(by));
            errors.add(Math.abs(foretold - measured) / measured);
            ratios.add(measured / foretold);
        });
        String what = figure.what + ", " + by;
        return errors.isEmpty()
                ? List.of(what, "0", NOTHING, NOTHING, NOTHING)
                : List.of(what, Integer.toString(errors.size()), percent(Sample.of(errors).median()),
                        percent(Sample.of(errors).p90()), number(Sample.of(ratios).median(), 2));
    }

    private static List<String> line(Compared one) {
        AmvmCopyRun run = one.run();
        return Stream.concat(Stream.of(Integer.toString(run.run()), run.trial(), run.target()),
                Stream.of(Figure.values()).map(figure -> number(figure.measured.applyAsDouble(run), 0)
                        + Stream.of(Foretold.By.values()).map(by -> " / " + (one.foretold().containsKey(by)
                                ? number(figure.foretold.applyAsDouble(one.foretold().get(by)), 0)
                                : NOTHING)).collect(Collectors.joining())))
                .toList();
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", share * 100);
    }

    private static String number(double value, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }
}
