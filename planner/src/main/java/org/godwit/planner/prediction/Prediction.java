package org.godwit.planner.prediction;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.godwit.planner.prediction.CopyModel.Outcome;

/** What a strategy will cost, or that it will not end. */
public sealed interface Prediction {

    Strategy strategy();

    /**
     * It will end, if nothing gets worse than the uncertainty allows; where that may be too bad to end, {@code high} is infinite.
     *
     * @param totalSeconds of the copy: from the order to the answer
     * @param downtimeSeconds without a processor running on either side
     * @param bytes on the wire, without headers
     * @param pageFaults of the guest, answered over the link
     * @param overheads what of it is no sending of bytes, before it was corrected
     */
    record Converges(Strategy strategy, Estimate totalSeconds, Estimate downtimeSeconds, Estimate bytes,
            Estimate pageFaults, Overheads overheads) implements Prediction {

        public Converges {
            requireNonNull(strategy, "strategy is null");
            requireNonNull(totalSeconds, "totalSeconds is null");
            requireNonNull(downtimeSeconds, "downtimeSeconds is null");
            requireNonNull(bytes, "bytes is null");
            requireNonNull(pageFaults, "pageFaults is null");
            requireNonNull(overheads, "overheads is null");
        }

        /** T_ALL: from the first check to the last thing removed; empty where nobody has seen what is around a copy. */
        public Optional<Estimate> allSeconds() {
            return overheads.around().map(totalSeconds::plus);
        }

        /** T_DW: for how long the network misses the VM. */
        public Estimate outageSeconds() {
            return downtimeSeconds.plus(overheads.landing());
        }
    }

    /** It will not end by itself. */
    record DoesNotConverge(Strategy strategy, String reason) implements Prediction {

        public DoesNotConverge {
            requireNonNull(strategy, "strategy is null");
            requireNonNull(reason, "reason is null");
        }
    }

    /** One for every strategy, in the order of the enum. */
    static List<Prediction> all(Conditions conditions, Uncertainty uncertainty) {
        return Arrays.stream(Strategy.values()).map(strategy -> of(strategy, conditions, uncertainty)).toList();
    }

    /** From the figures as they were measured, and from the best and the worst that they may be. */
    static Prediction of(Strategy strategy, Conditions conditions, Uncertainty uncertainty) {
        return switch (strategy.model().outcome(conditions)) {
            case Outcome.Unending(String reason) -> new DoesNotConverge(strategy, reason);
            case Outcome.Completed likely -> {
                Outcome best = strategy.model().outcome(uncertainty.best(conditions));
                Outcome worst = strategy.model().outcome(uncertainty.worst(conditions));
                Overheads overheads = conditions.overheads();
                yield new Converges(strategy,
                        estimate(likely, best, worst, Outcome.Completed::totalSeconds).plus(overheads.preparation())
                                .plus(overheads.pause()),
                        estimate(likely, best, worst, Outcome.Completed::downtimeSeconds).plus(overheads.pause()),
                        estimate(likely, best, worst, Outcome.Completed::bytes),
                        estimate(likely, best, worst, Outcome.Completed::pageFaults), overheads);
            }
        };
    }

    private static Estimate estimate(Outcome.Completed likely, Outcome best, Outcome worst,
            ToDoubleFunction<Outcome.Completed> figure) {
        return Estimate.around(figure.applyAsDouble(likely), orInfinite(best, figure), orInfinite(worst, figure));
    }

    private static double orInfinite(Outcome outcome, ToDoubleFunction<Outcome.Completed> figure) {
        return switch (outcome) {
            case Outcome.Completed completed -> figure.applyAsDouble(completed);
            case Outcome.Unending _ -> Double.POSITIVE_INFINITY;
        };
    }
}
