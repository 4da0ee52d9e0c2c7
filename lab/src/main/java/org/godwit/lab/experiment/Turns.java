package org.godwit.lab.experiment;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.godwit.lab.LabException;
import org.godwit.lab.bench.Progress;
import org.godwit.lab.bench.Results;

/** Lets the trials take turns, so that a machine which is slow for a while is slow for all of them. */
final class Turns {

    /** More than this many failures without a single result between them are not bad luck. */
    private static final int FAILURES_IN_A_ROW_MAX = 3;

    private Turns() {}

    /**
     * Takes all turns that the results do not have yet. When one fails, everything is built anew and goes on where it was.
     *
     * @param stages makes a stage; it is closed here
     * @param isLate whether no further turn shall begin
     */
    static <R extends Record & Run> void take(Experiment<R> experiment, Supplier<Stage> stages, int runs, long seed,
            Results<R> results, Progress progress, BooleanSupplier isLate) {
        int failures = 0;
        do {
            int before = results.runs().size();
            try (Stage stage = stages.get()) {
                take(experiment, stage, runs, seed, results, progress, isLate);
                return;
            } catch (LabException e) {
                failures = results.runs().size() > before ? 1 : failures + 1;
                if (failures == FAILURES_IN_A_ROW_MAX) {
                    throw e;
                }
                progress.narrate("it failed, and goes on with everything built anew: "
                        + e.getMessage().lines().findFirst().orElse(""));
            }
        } while (!isLate.getAsBoolean());
    }

    /**
     * Takes all turns that the results do not have yet.
     *
     * @param seed of the first run; each further one has the next
     */
    static <R extends Record & Run> void take(Experiment<R> experiment, Stage stage, int runs, long seed,
            Results<R> results, Progress progress, BooleanSupplier isLate) {
        List<Trial<R>> trials = new ArrayList<>(experiment.trials(stage));
        if (!experiment.labels().containsAll(trials.stream().map(Trial::label).toList())) {
            throw new IllegalStateException(experiment.about().name() + " has trials that its labels do not tell of");
        }
        Set<String> taken = new HashSet<>();
        results.runs().forEach(run -> taken.add(key(run.run(), run.trial())));
        int all = runs * trials.size();
        int before = (int) taken.stream().filter(key -> Integer.parseInt(key.split(" ")[0]) <= runs).count();
        int done = 0;
        progress.runsBegin();
        for (int run = 1; run <= runs; run++) {
            for (Trial<R> trial : trials) {
                if (taken.add(key(run, trial.label()))) {
                    if (isLate.getAsBoolean()) {
                        progress.narrate("time is up: " + (all - before - done) + " turns are left out");
                        return;
                    }
                    trial.measure().take(run, seed + run - 1).forEach(results::add);
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
