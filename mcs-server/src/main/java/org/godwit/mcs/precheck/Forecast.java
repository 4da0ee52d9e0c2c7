package org.godwit.mcs.precheck;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.godwit.model.CopyOptions;
import org.godwit.model.Strategy;
import org.godwit.planner.Link;
import org.godwit.planner.Switchover;
import org.godwit.planner.prediction.Baggage;
import org.godwit.planner.prediction.Budgets;
import org.godwit.planner.prediction.Choice;
import org.godwit.planner.prediction.Conditions;
import org.godwit.planner.prediction.Correction;
import org.godwit.planner.prediction.Corrections;
import org.godwit.planner.prediction.GuestMemory;
import org.godwit.planner.prediction.HostLoad;
import org.godwit.planner.prediction.Landing;
import org.godwit.planner.prediction.Prediction;
import org.godwit.planner.prediction.Uncertainty;
import org.godwit.protocol.agent.SourceFacts;
import org.godwit.protocol.agent.Storage;

/**
 * How long the copy will take and the VM stand still, by the planner's model of each strategy, and which one to take.
 *
 * @param options all that its hypervisor can do, the most careful first; none when too little is known
 * @param choice what was asked for, or else what will do; empty when nothing keeps the budgets
 * @param reason for the choice, or why there is none: a sentence without its full stop
 * @param corrections what the figures of the chosen one were corrected by
 * @param conditions what the models were told; empty when too little is known
 * @param disks what else travels, before the memory
 * @param restsOn sentences: what each figure comes from
 */
public record Forecast(List<Choice.Option> options, Optional<Strategy> choice, String reason, Corrections corrections,
        Optional<Conditions> conditions, Baggage disks, List<String> restsOn) {

    /** Cold migration is for whoever asks for it. Until it lands, a VM needs its source alone; its target for as short as possible; for the whole copy. */
    private static final List<Strategy> BY_CARE = List.of(Strategy.PRE_COPY, Strategy.HYBRID_COPY,
            Strategy.POST_COPY, Strategy.SUSPENDED);

    private static final double MEBIBYTE = 1 << 20;

    public Forecast {
        options = List.copyOf(options);
        requireNonNull(choice, "choice is null");
        requireNonNull(reason, "reason is null");
        requireNonNull(corrections, "corrections is null");
        requireNonNull(conditions, "conditions is null");
        requireNonNull(disks, "disks is null");
        restsOn = List.copyOf(restsOn);
    }

    /**
     * What earlier migrations have shown.
     *
     * @param bytesPerSecond of copies between these two hosts, in this direction
     * @param memoryBytes the pages of this VM that were not empty, when it was copied last
     * @param corrections what forecasts of this way have been wrong by, by strategy
     * @param secondsCold until this VM's guest was back, of its last cold migrations
     */
    public record History(List<Double> bytesPerSecond, OptionalLong memoryBytes,
            Map<org.godwit.planner.prediction.Strategy, Corrections> corrections, List<Double> secondsCold) {
        public History {
            secondsCold = List.copyOf(secondsCold);
            corrections = Map.copyOf(corrections);
            bytesPerSecond = bytesPerSecond.stream().sorted().toList();
        }
    }

    public static Forecast of(Manner manner, SourceFacts facts, History history) {
        if (manner.strategy().filter(Strategy.COLD::equals).isPresent()) {
            return ofCold(manner, history);
        }
        List<String> restsOn = new ArrayList<>();
        OptionalDouble limit = limit(manner.options(), restsOn);
        OptionalDouble known = bandwidth(facts, history, restsOn);
        OptionalDouble bandwidth = known.isPresent() ? known : limit;
        long bytes = history.memoryBytes().orElse(facts.getHardware().getMemoryBytes());
        if (bandwidth.isEmpty() || bytes <= 0) {
            return unknown(manner, bytes <= 0
                    ? "how much memory the VM has is not known"
                    : "how fast the link is, is not known: no VM has gone this way yet, libvirt has no limit, and the"
                            + " uplink's driver does not say");
        }
        restsOn.add(mebibytes(bytes) + (history.memoryBytes().isPresent()
                ? " of memory that was not empty when the VM was copied last."
                : " of memory, all that the VM has; what is empty costs nothing."));
        double dirty = facts.getDirtyRate().getBytesPerSecond();
        restsOn.add(facts.hasDirtyRate()
                ? mebibytes((long) dirty) + "/s written by the VM, sampled for a second just now."
                : "How fast the VM writes is not known; it is taken for idle.");
        GuestMemory memory = GuestMemory.sampled(bytes, bytes, dirty, 1);
        Baggage disks = disks(facts, bandwidth.getAsDouble(), restsOn);
        List<Strategy> possible = BY_CARE.stream().filter(strategy -> MachineChecks.survivesBreaks(strategy, facts)
                && StorageChecks.canTravel(strategy, facts) && manner.options().lackFor(strategy).isEmpty()).toList();
        boolean emulated = facts.getHardware().getVirtType().equals("qemu");
        restsOn.add(emulated
                ? "Without KVM a VM is heard of 119 ms after it runs at the target, as was measured of small ones."
                : "How long after it runs at the target a VM with KVM is heard of was never measured.");
        return of(manner, possible, new Conditions(memory, new Link(bandwidth.getAsDouble(), 0), HostLoad.NONE,
                Switchover.TYPICAL, emulated ? Landing.EMULATED : Landing.VIRTUALIZED,
                manner.options().downtime(), limit), history.corrections(), disks, restsOn);
    }

    private static Baggage disks(SourceFacts facts, double bytesPerSecond, List<String> restsOn) {
        long bytes = facts.getStorageList().stream().filter(Storage::hasImage)
                .mapToLong(storage -> storage.getImage().getUsedBytes()).sum();
        if (bytes <= 0) {
            return Baggage.NONE;
        }
        restsOn.add(mebibytes(bytes) + " of disks that travel first; what is there already and what shrinks costs less,"
                + " and what the VM writes to them meanwhile comes on top.");
        return Baggage.of(bytes, bytesPerSecond);
    }

    private static Forecast ofCold(Manner manner, History history) {
        if (history.secondsCold().isEmpty()) {
            return unknown(manner, "how long the VM's guest takes to shut down and to boot is not known, since it was"
                    + " never migrated cold");
        }
        Choice choice = Choice.ofCold(history.secondsCold(), manner.budgets());
        return new Forecast(choice.options(), choice.strategy().map(_ -> Strategy.COLD), choice.reason(),
                Corrections.NONE, Optional.empty(), Baggage.NONE,
                List.of("The VM was away for " + String.join(", ", history.secondsCold().stream()
                        .map(seconds -> String.format(Locale.ROOT, "%.1f s", seconds)).toList())
                        + " when it was migrated cold last: to shut down, and to boot until its guest agent answers.",
                        "No memory is sent; its connections end."));
    }

    private static Forecast of(Manner manner, List<Strategy> possible, Conditions conditions,
            Map<org.godwit.planner.prediction.Strategy, Corrections> corrections, Baggage disks,
            List<String> restsOn) {
        possible.forEach(
                strategy -> tell(strategy, corrections.getOrDefault(model(strategy), Corrections.NONE), restsOn));
        Choice any = among(possible, conditions, corrections, manner, disks);
        List<Choice.Option> options = any.options();
        Choice choice = manner.strategy().map(named -> among(List.of(named), conditions, corrections, manner, disks))
                .orElse(any);
        Optional<Strategy> strategy = choice.strategy().map(Forecast::ours);
        // Somebody who names a strategy and no budget knows what he does.
        return manner.budgets().equals(Budgets.NONE) && strategy.isEmpty()
                ? new Forecast(options, manner.strategy(), "as was asked for. " + choice.reason(), Corrections.NONE,
                        Optional.of(conditions), disks, restsOn)
                : new Forecast(options, strategy, choice.reason(), strategy
                        .map(chosen -> corrections.getOrDefault(model(chosen), Corrections.NONE))
                        .orElse(Corrections.NONE), Optional.of(conditions), disks, restsOn);
    }

    private static Choice among(List<Strategy> strategies, Conditions conditions,
            Map<org.godwit.planner.prediction.Strategy, Corrections> corrections, Manner manner, Baggage disks) {
        return Choice.among(strategies.stream().map(Forecast::model).toList(), conditions, Uncertainty.UNTRIED,
                corrections, manner.budgets(), disks);
    }

    private static void tell(Strategy strategy, Corrections of, List<String> restsOn) {
        List<String> figures = new ArrayList<>();
        tell("time", of.totalSeconds(), figures);
        tell("downtime", of.downtimeSeconds(), figures);
        tell("bytes", of.bytes(), figures);
        if (!figures.isEmpty()) {
            restsOn.add("The last " + of.totalSeconds().migrations() + " by " + strategy.word()
                    + " from this host to that one were off their forecasts, and this one is corrected by that: "
                    + String.join(", ", figures) + ".");
        }
    }

    private static void tell(String what, Correction correction, List<String> figures) {
        if (correction.isKnown()) {
            figures.add(String.format(Locale.ROOT, "%s x %.2f (give or take %.0f %%)", what, correction.factor(),
                    100 * correction.spread()));
        }
    }

    private static Forecast unknown(Manner manner, String why) {
        return manner.budgets().equals(Budgets.NONE)
                ? new Forecast(List.of(), Optional.of(manner.strategy().orElse(BY_CARE.getFirst())),
                        "nothing can be predicted: " + why, Corrections.NONE, Optional.empty(), Baggage.NONE, List.of())
                : new Forecast(List.of(), Optional.empty(), "whether a budget will be kept cannot be told: " + why,
                        Corrections.NONE, Optional.empty(), Baggage.NONE, List.of());
    }

    /** Of the strategy that was chosen; empty when too little is known, or it would not end. */
    public Optional<Prediction.Converges> prediction() {
        return choice.flatMap(strategy -> options.stream().map(Choice.Option::prediction)
                .filter(prediction -> prediction.strategy() == model(strategy)).findFirst())
                .flatMap(prediction -> prediction instanceof Prediction.Converges converges
                        ? Optional.of(converges)
                        : Optional.empty());
    }

    private static org.godwit.planner.prediction.Strategy model(Strategy strategy) {
        return switch (strategy) {
            case PRE_COPY -> org.godwit.planner.prediction.Strategy.PRE_COPY;
            case POST_COPY -> org.godwit.planner.prediction.Strategy.POST_COPY;
            case HYBRID_COPY -> org.godwit.planner.prediction.Strategy.HYBRID_COPY;
            case SUSPENDED -> org.godwit.planner.prediction.Strategy.SUSPENDED;
            case COLD -> org.godwit.planner.prediction.Strategy.COLD;
        };
    }

    private static Strategy ours(org.godwit.planner.prediction.Strategy model) {
        return BY_CARE.stream().filter(strategy -> model(strategy) == model).findFirst().orElseThrow();
    }

    private static OptionalDouble limit(CopyOptions options, List<String> restsOn) {
        if (options.bandwidthMebibytesPerSecond().isEmpty()) {
            return OptionalDouble.empty();
        }
        double limit = options.bandwidthMebibytesPerSecond().getAsInt() * MEBIBYTE;
        restsOn.add(mebibytes((long) limit) + "/s at most, as was asked for; but not while the VM is paused.");
        return OptionalDouble.of(limit);
    }

    private static OptionalDouble bandwidth(SourceFacts facts, History history, List<String> restsOn) {
        List<Double> seen = history.bytesPerSecond();
        long limit = facts.getBandwidth().getLimitBytesPerSecond();
        long link = facts.getBandwidth().getLinkBytesPerSecond();
        if (!seen.isEmpty()) {
            double median = seen.get(seen.size() / 2);
            restsOn.add(mebibytes((long) median) + "/s, the median of the last " + seen.size()
                    + " migrations from this host to that one.");
            return OptionalDouble.of(median);
        }
        if (limit > 0) {
            restsOn.add(mebibytes(limit) + "/s, libvirt's limit for this VM.");
            return OptionalDouble.of(limit);
        }
        if (link > 0) {
            restsOn.add(mebibytes(link) + "/s, what the driver of the uplink says; nothing else is known of the way.");
            return OptionalDouble.of(link);
        }
        return OptionalDouble.empty();
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / MEBIBYTE);
    }
}
