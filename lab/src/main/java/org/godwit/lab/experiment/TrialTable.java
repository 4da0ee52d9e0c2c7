package org.godwit.lab.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.godwit.lab.bench.Sample;

/** A column for each trial, and in each line a figure of its turns: median, lowest and highest. */
public final class TrialTable {

    private static final String NONE = "-";

    /**
     * A number of a turn.
     *
     * @param what with its unit where the table's caption does not name it
     * @param of null where there is none
     */
    public record Figure<R>(String what, Function<R, Double> of) {}

    private TrialTable() {}

    /** @param trials in the order of the columns */
    public static <R extends Record & Run> Report.Block.Table of(String caption, List<String> trials, List<R> runs,
            List<Figure<R>> figures) {
        List<String> header = new ArrayList<>(List.of("median (lowest to highest)"));
        trials.forEach(trial -> header.add(trial + ", n = " + of(trial, runs).size()));
        List<List<String>> lines = new ArrayList<>();
        for (Figure<R> figure : figures) {
            List<String> line = new ArrayList<>(List.of(figure.what()));
            trials.forEach(trial -> line.add(sample(of(trial, runs), figure).map(TrialTable::told).orElse(NONE)));
            lines.add(line);
        }
        return new Report.Block.Table(caption, header, lines);
    }

    /** Of those turns that have it; empty when none has. */
    public static <R> Optional<Sample> sample(List<R> runs, Figure<R> figure) {
        List<Double> values = runs.stream().map(figure.of()).filter(Objects::nonNull).toList();
        return values.isEmpty() ? Optional.empty() : Optional.of(Sample.of(values));
    }

    private static <R extends Run> List<R> of(String trial, List<R> runs) {
        return runs.stream().filter(run -> run.trial().equals(trial)).toList();
    }

    private static String told(Sample sample) {
        return String.format(Locale.ROOT, "%.1f (%.1f to %.1f)", sample.median(), sample.lowest(), sample.highest());
    }
}
