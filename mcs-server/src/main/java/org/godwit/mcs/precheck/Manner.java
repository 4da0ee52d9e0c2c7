package org.godwit.mcs.precheck;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.godwit.model.CopyOptions;
import org.godwit.model.Strategy;
import org.godwit.planner.prediction.Budgets;

/**
 * How a VM shall go.
 *
 * @param strategy empty for whichever is found best
 * @param budgets what it may cost
 * @param options how its memory is copied, beside the strategy
 */
public record Manner(Optional<Strategy> strategy, Budgets budgets, CopyOptions options) {

    public Manner {
        requireNonNull(strategy, "strategy is null");
        requireNonNull(budgets, "budgets is null");
        requireNonNull(options, "options is null");
    }

    /** This strategy, whatever it costs. */
    public static Manner of(Strategy strategy) {
        return new Manner(Optional.of(strategy), Budgets.NONE, CopyOptions.STANDARD);
    }

    /** The strategy, when no forecast is needed to know it. */
    public Optional<Strategy> settled() {
        return budgets.equals(Budgets.NONE) ? strategy : Optional.empty();
    }
}
