package org.godwit.lab.experiment;

import static java.util.stream.Collectors.joining;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.godwit.lab.bench.Machine;

/**
 * Some trials of an experiment: those whose labels have these words.
 *
 * @param words such as {@code memory-bound}
 */
record Narrowed<R extends Record & Run>(Experiment<R> whole, String words) implements Experiment<R> {

    @Override
    public About about() {
        return whole.about();
    }

    @Override
    public Class<R> shape() {
        return whole.shape();
    }

    @Override
    public Duration quickLimit() {
        return whole.quickLimit();
    }

    @Override
    public Experiment<R> quick() {
        return new Narrowed<>(whole.quick(), words);
    }

    /** Those of the whole: what is left out may be taken later, into the same results. */
    @Override
    public Map<String, Object> options() {
        return whole.options();
    }

    @Override
    public Machine machine(Machine basis) {
        return whole.machine(basis);
    }

    /** @throws NoSuchTrialException when none has the words */
    @Override
    public List<Trial<R>> trials(Stage stage) {
        List<Trial<R>> all = whole.trials(stage);
        List<Trial<R>> some = all.stream().filter(trial -> trial.label().contains(words)).toList();
        if (some.isEmpty()) {
            throw new NoSuchTrialException("--only: no trial of " + about().name() + " has \"" + words
                    + "\" in its name; there is: " + all.stream().map(Trial::label).collect(joining("; ")));
        }
        return some;
    }

    @Override
    public Report report(List<R> runs) {
        return whole.report(runs);
    }
}
