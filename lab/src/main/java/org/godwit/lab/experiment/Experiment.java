package org.godwit.lab.experiment;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.godwit.lab.bench.Machine;

/**
 * What is compared, how often, and what is told of it.
 *
 * @param <R> one turn of one trial: a record of numbers, strings and truth values, which becomes a line of the CSV
 */
public interface Experiment<R extends Record & Run> {

    /**
     * What it is.
     *
     * @param name by which it is called: letters, digits and hyphens
     * @param paper where the figures that ours are compared with stand
     * @param runs how many turns each trial takes unless told otherwise
     * @param quickRuns the same for those in a hurry
     */
    record About(String name, String paper, int runs, int quickRuns) {}

    About about();

    Class<R> shape();

    /** How long after its start it begins no further turn, for those in a hurry. A turn that runs is not cut. */
    default Duration quickLimit() {
        return Duration.ofMinutes(12);
    }

    /** The same with fewer trials, where all of them would take somebody in a hurry too long. */
    default Experiment<R> quick() {
        return this;
    }

    /** What the results depend on beside the trials: part of what is kept, and of what must agree when results are resumed. */
    Map<String, Object> options();

    /** With the facts that matter here. */
    Machine machine(Machine basis);

    /** Of all {@link #trials}, known before anything is built; a machine that is too small may be spared some. */
    List<String> labels();

    /**
     * In the order of the first run; the next ones begin elsewhere.
     *
     * @param stage on which to build what they need
     */
    List<Trial<R>> trials(Stage stage);

    /** @param runs at least one of each trial */
    Report report(List<R> runs);
}
