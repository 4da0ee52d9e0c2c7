package org.godwit.planner.prediction;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Which strategy, and why.
 *
 * @param options all that were looked at, the most careful first
 * @param strategy empty when none of them will do
 * @param reason a sentence without its full stop
 */
public record Choice(List<Option> options, Optional<Strategy> strategy, String reason) {

    /**
     * One of them.
     *
     * @param against what speaks against it, in words; nothing when it will do
     */
    public record Option(Prediction prediction, List<String> against) {

        public Option {
            requireNonNull(prediction, "prediction is null");
            against = List.copyOf(against);
        }

        public boolean willDo() {
            return against.isEmpty();
        }

        private boolean willDoAtWorst() {
            return willDo() && prediction instanceof Prediction.Converges it
                    && Double.isFinite(it.totalSeconds().high());
        }

        private String reproach() {
            return prediction.strategy().word() + ": " + String.join("; ", against);
        }
    }

    public Choice {
        options = List.copyOf(options);
        requireNonNull(strategy, "strategy is null");
        requireNonNull(reason, "reason is null");
    }

    /**
     * The most careful one that keeps the budgets and ends even at worst; else one that does so if all goes as is likely.
     *
     * @param strategies that the hypervisors can do, the most careful first; at least one
     * @param conditions for each of them
     * @param corrections of the forecasts of each; none of one that is not among them
     */
    public static Choice among(List<Strategy> strategies, Function<Strategy, Conditions> conditions,
            Uncertainty uncertainty, Map<Strategy, Corrections> corrections, Budgets budgets) {
        return among(strategies, conditions, uncertainty, corrections, budgets, Baggage.NONE);
    }

    /** The same for a VM that does not go alone. @param baggage counts against the budgets, and is in no prediction */
    public static Choice among(List<Strategy> strategies, Function<Strategy, Conditions> conditions,
            Uncertainty uncertainty, Map<Strategy, Corrections> corrections, Budgets budgets, Baggage baggage) {
        List<Option> options = strategies.stream()
                .map(strategy -> option(corrections.getOrDefault(strategy, Corrections.NONE)
                        .applyTo(Prediction.of(strategy, conditions.apply(strategy), uncertainty)), budgets, baggage))
                .toList();
        return first(options, Option::willDoAtWorst).or(() -> first(options, Option::willDo))
                .map(chosen -> new Choice(options, Optional.of(chosen.prediction().strategy()),
                        reason(options, chosen)))
                .orElseGet(() -> new Choice(options, Optional.empty(), String.join(". ",
                        options.stream().map(Option::reproach).toList())));
    }

    /**
     * A cold migration, which nothing else is compared with: it ends the sessions of the guest.
     *
     * @param secondsBefore that it took the same guest to be back, beside its disks; at least one
     * @param overheads what is known to be around it
     * @param disks that travel while it is off: their time is in the prediction, and their bytes count against the budgets
     */
    public static Choice ofCold(List<Double> secondsBefore, Overheads overheads, Baggage disks, Budgets budgets) {
        Prediction.Converges prediction = disks.whileOff(ColdModel.prediction(secondsBefore, overheads));
        Option option = new Option(prediction, budgets.brokenBy(disks.countedIn(prediction)));
        return option.willDo()
                ? new Choice(List.of(option), Optional.of(Strategy.COLD), Strategy.COLD.word() + ", as was asked for")
                : new Choice(List.of(option), Optional.empty(), option.reproach());
    }

    private static Option option(Prediction prediction, Budgets budgets, Baggage baggage) {
        return new Option(prediction, switch (prediction) {
            case Prediction.Converges converges -> budgets.brokenBy(baggage.with(converges));
            case Prediction.DoesNotConverge(_, String why) -> List.of("it would not end: " + why);
        });
    }

    private static Optional<Option> first(List<Option> options, Predicate<Option> good) {
        return options.stream().filter(good).findFirst();
    }

    private static String reason(List<Option> options, Option chosen) {
        String name = chosen.prediction().strategy().word();
        List<Option> passedOver = options.subList(0, options.indexOf(chosen));
        if (passedOver.isEmpty()) {
            return options.size() == 1
                    ? name + ", as was asked for"
                    : name + ", the most careful of them: until the VM lands it needs its source alone"
                            + (chosen.willDoAtWorst() ? "" : "; if it writes more than now this may not end");
        }
        return name + ", since others will not do. " + String.join(". ", passedOver.stream()
                .map(it -> it.willDo()
                        ? it.prediction().strategy().word() + ": if the VM writes more than now it may not end"
                        : it.reproach())
                .toList());
    }
}
