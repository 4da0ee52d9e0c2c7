package org.godwit.lab.experiment;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.godwit.lab.LabException;
import org.godwit.lab.bench.Machine;

/**
 * Some trials of an experiment: those whose labels have these words.
 *
 * @param words such as {@code memory-bound}
 */
record Narrowed<R extends Record & Run>(Experiment<R> whole, String words) implements Experiment<R> {

    /** @throws LabException when no trial has the words */
    Narrowed {
        if (whole.labels().stream().noneMatch(label -> label.contains(words))) {
            throw new LabException("--only: no trial of " + whole.about().name() + " has \"" + words
                    + "\" in its name; there is: " + String.join("; ", whole.labels()));
        }
    }

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

    @Override
    public List<String> labels() {
        return whole.labels().stream().filter(label -> label.contains(words)).toList();
    }

    @Override
    public List<Trial<R>> trials(Stage stage) {
        return whole.trials(stage).stream().filter(trial -> trial.label().contains(words)).toList();
    }

    @Override
    public Report report(List<R> runs) {
        return whole.report(runs);
    }
}
