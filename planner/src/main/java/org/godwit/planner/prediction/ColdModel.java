package org.godwit.planner.prediction;

import java.util.List;

/**
 * Kapil's cold migration: the guest is shut down, and boots elsewhere. How long that takes its memory does not tell, but what it took
 * before does.
 */
public record ColdModel() implements CopyModel {

    /** A guest that has something to do takes longer to shut down, and a busy host longer to boot it. */
    private static final double SPREAD = 1.5;
    private static final Estimate NOTHING = new Estimate(0, 0, 0);

    @Override
    public Outcome outcome(Conditions conditions) {
        return new Outcome.Unending("how long the guest takes to shut down and to boot is known by trial alone");
    }

    /** @param seconds from the wish to shut down until the guest had booted, of the same VM; at least one */
    static Prediction.Converges prediction(List<Double> seconds, Overheads overheads) {
        List<Double> sorted = seconds.stream().sorted().toList();
        Estimate away = new Estimate(sorted.getFirst() / SPREAD, sorted.get(sorted.size() / 2),
                sorted.getLast() * SPREAD);
        return new Prediction.Converges(Strategy.COLD, away, away, NOTHING, NOTHING, overheads);
    }
}
