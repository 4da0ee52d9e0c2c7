package org.godwit.lab.experiment;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.godwit.lab.bench.Progress;
import org.godwit.lab.bench.Results;

/** Lets the trials take turns, so that a machine which is slow for a while is slow for all of them. */
final class Turns {

    private Turns() {}

    /**
     * Takes all turns that the results do not have yet.
     *
     * @param seed of the first run; each further one has the next
     */
    static <R extends Record & Run> void take(Experiment<R> experiment, Stage stage, int runs, long seed,
            Results<R> results,
            Progress progress) {
        List<Trial<R>> trials = new ArrayList<>(experiment.trials(stage));
        Set<String> taken = new HashSet<>();
        results.runs().forEach(run -> taken.add(key(run.run(), run.trial())));
        int all = runs * trials.size();
        int before = (int) results.runs().stream().filter(run -> run.run() <= runs).count();
        int done = 0;
        progress.runsBegin();
        for (int run = 1; run <= runs; run++) {
            for (Trial<R> trial : trials) {
                if (taken.add(key(run, trial.label()))) {
                    results.add(trial.measure().take(run, seed + run - 1));
                    done++;
                    progress.ran(done, all - before, trial.label());
                }
            }
            // Nobody is always the one who comes first, or after the same other.
            Collections.rotate(trials, 1);
        }
    }

    private static String key(int run, String trial) {
        return run + " " + trial;
    }
}
