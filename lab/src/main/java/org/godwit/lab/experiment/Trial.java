package org.godwit.lab.experiment;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * One subject under one set of parameters.
 *
 * @param label says both; no other trial of the experiment has the same
 */
public record Trial<R extends Record & Run>(String label, Measure<R> measure) {

    /** Takes one turn. */
    @FunctionalInterface
    public interface Measure<R extends Record & Run> {

        /**
         * @param run from 1
         * @param seed the same for all trials of one run
         * @return what came of it: one result, or several where a turn cannot be cut, such as a way there and back
         */
        List<R> take(int run, long seed);
    }

    public Trial {
        requireNonNull(label, "label is null");
        requireNonNull(measure, "measure is null");
    }
}
