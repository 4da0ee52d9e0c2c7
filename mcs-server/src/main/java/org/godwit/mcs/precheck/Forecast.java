package org.godwit.mcs.precheck;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
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
import org.godwit.planner.prediction.Estimate;
import org.godwit.planner.prediction.Overheads;
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
 * @param disks what else travels: before the memory, or while the VM is off; that its cold prediction counts, too
 * @param restsOn sentences: what each figure comes from
 */
public record Forecast(List<Choice.Option> options, Optional<Strategy> choice, String reason, Corrections corrections,
        Optional<Conditions> conditions, Baggage disks, List<String> restsOn) {

    /** Cold migration is for whoever asks for it. Until it lands, a VM needs its source alone; its target for as short as possible; for the whole copy. */
    private static final List<Strategy> BY_CARE = List.of(Strategy.PRE_COPY, Strategy.HYBRID_COPY,
            Strategy.POST_COPY, Strategy.SUSPENDED);

    private static final String NOT_BY_ITSELF = "a VM without KVM is lost when the link breaks before it runs at the target;"
            + " name the strategy to take it all the same";

    private static final double MEBIBYTE = 1 << 20;

    /** Of what a VM takes of its host's memory, as much travels at least: the hypervisor's own does not, nor what was emptied again. */
    private static final double RESIDENT_LEAST = 1.0 / 3;

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
     * @param way between these two hosts
     * @param memoryBytes the pages of this VM that were not empty, when it was copied last
     * @param aroundSeconds what migrations of this VM between these hosts took beside the copy
     * @param landingSeconds for how long this VM said that it was silent when it landed between these hosts
     * @param pauseSeconds by strategy: what pauses of copies this way took beside the sending
     * @param corrections what forecasts of this way have been wrong by, by strategy
     * @param secondsCold until this VM's guest was back, of its last cold migrations, without what its disks took
     */
    public record History(Way way, OptionalLong memoryBytes, List<Double> aroundSeconds, List<Double> landingSeconds,
            Map<org.godwit.planner.prediction.Strategy, List<Double>> pauseSeconds,
            Map<org.godwit.planner.prediction.Strategy, Corrections> corrections, List<Double> secondsCold) {

        /** Of a VM that nobody has seen, on a way that nobody has gone. */
        public static final History NONE = new History(Way.UNKNOWN, OptionalLong.empty(), List.of(), List.of(),
                Map.of(), Map.of(), List.of());

        public History {
            requireNonNull(way, "way is null");
            requireNonNull(memoryBytes, "memoryBytes is null");
            aroundSeconds = List.copyOf(aroundSeconds);
            landingSeconds = List.copyOf(landingSeconds);
            secondsCold = List.copyOf(secondsCold);
            pauseSeconds = Map.copyOf(pauseSeconds);
            corrections = Map.copyOf(corrections);
        }
    }

    /**
     * What copies have shown of the way between two hosts.
     *
     * @param bytesPerSecond each above zero, while the hypervisor sent
     * @param preparationSeconds each zero or more: what the copies took beside the sending; none where the hypervisors did not tell
     * @param isOtherDirection whether they went the other way, since none has gone this one
     */
    public record Way(List<Double> bytesPerSecond, List<Double> preparationSeconds, boolean isOtherDirection) {

        public static final Way UNKNOWN = new Way(List.of(), List.of(), false);

        public Way {
            bytesPerSecond = List.copyOf(bytesPerSecond);
            preparationSeconds = List.copyOf(preparationSeconds);
        }

        /** A bandwidth that is bytes over the whole copy has what is no sending in it. */
        private boolean isTakenForWhole() {
            return !bytesPerSecond.isEmpty() && preparationSeconds.isEmpty();
        }

        private String origin() {
            return isOtherDirection ? "from that host to this one" : "from this host to that one";
        }
    }

    public static Forecast of(Manner manner, SourceFacts facts, History history) {
        if (manner.strategy().filter(Strategy.COLD::equals).isPresent()) {
            return ofCold(manner, facts, history);
        }
        List<String> restsOn = new ArrayList<>();
        OptionalDouble limit = limit(manner.options(), restsOn);
        OptionalDouble known = bandwidth(facts, history, restsOn);
        OptionalDouble bandwidth = known.isPresent() ? known : limit;
        Optional<Estimate> travelling = travelling(facts, history, restsOn);
        if (bandwidth.isEmpty() || travelling.isEmpty()) {
            return unknown(manner, travelling.isEmpty()
                    ? "how much memory the VM has is not known"
                    : "how fast the link is, is not known: no VM has gone this way yet, libvirt has no limit, and the"
                            + " uplink's driver does not say");
        }
        double bytes = travelling.get().likely();
        double dirty = facts.getDirtyRate().getBytesPerSecond();
        restsOn.add(facts.hasDirtyRate()
                ? mebibytes((long) dirty) + "/s written by the VM, sampled for a second just now."
                : "How fast the VM writes is not known; it is taken for idle.");
        GuestMemory memory = GuestMemory.sampled(bytes, bytes, dirty, 1);
        Baggage disks = disks(facts, ofDisks(bandwidth, manner.options()).getAsDouble(), restsOn);
        List<Strategy> possible = BY_CARE.stream().filter(strategy -> StorageChecks.canTravel(strategy, facts)
                && manner.options().lackFor(strategy).isEmpty()).toList();
        List<Strategy> safe = possible.stream().filter(strategy -> MachineChecks.survivesBreaks(strategy, facts))
                .toList();
        boolean emulated = facts.getHardware().getVirtType().equals("qemu");
        Function<org.godwit.planner.prediction.Strategy, Overheads> untried = untried(facts, emulated);
        tell(history, emulated, restsOn);
        possible.stream().filter(_ -> emulated).forEach(strategy -> tellUntried(strategy, untried, history, restsOn));
        return of(manner, possible, safe,
                strategy -> new Conditions(memory, new Link(bandwidth.getAsDouble(), 0), HostLoad.NONE,
                        Switchover.SENT, learnt(untried.apply(strategy), strategy, history),
                        manner.options().downtime(), limit),
                Uncertainty.UNTRIED.ofMemory(travelling.get()), history, disks, restsOn);
    }

    /** What is taken for what is not learnt yet. */
    private static Function<org.godwit.planner.prediction.Strategy, Overheads> untried(SourceFacts facts,
            boolean emulated) {
        long memory = Math.max(0, facts.getHardware().getMemoryBytes());
        return strategy -> emulated
                ? Overheads.emulated(strategy, memory)
                : Overheads.virtualized(strategy, memory);
    }

    /** How much of the memory is not empty; nothing when not even its size is known. */
    private static Optional<Estimate> travelling(SourceFacts facts, History history, List<String> restsOn) {
        long all = facts.getHardware().getMemoryBytes();
        long resident = Math.min(facts.getResidentBytes(), all);
        if (history.memoryBytes().isPresent()) {
            long before = history.memoryBytes().getAsLong();
            restsOn.add(mebibytes(before) + " of memory that was not empty when the VM was copied last.");
            return Optional.of(new Estimate(before, before, before));
        }
        if (resident > 0 && resident < all) {
            restsOn.add(mebibytes(resident) + " of its host's memory that the VM takes, its hypervisor's own included;"
                    + " the rest of its " + mebibytes(all) + " was never touched, or is swapped out.");
            return Optional.of(new Estimate(resident * RESIDENT_LEAST, resident, all));
        }
        if (all <= 0) {
            return Optional.empty();
        }
        restsOn.add(mebibytes(all) + " of memory, all that the VM has; what is empty costs nothing.");
        return Optional.of(new Estimate(all, all, all));
    }

    private static Baggage disks(SourceFacts facts, double bytesPerSecond, List<String> restsOn) {
        long bytes = diskBytes(facts);
        if (bytes <= 0) {
            return Baggage.NONE;
        }
        restsOn.add(mebibytes(bytes) + " of disks that travel first; what is there already and what shrinks costs less,"
                + " and what the VM writes to them meanwhile comes on top.");
        return Baggage.of(bytes, bytesPerSecond);
    }

    private static long diskBytes(SourceFacts facts) {
        return facts.getStorageList().stream().filter(Storage::hasImage)
                .mapToLong(storage -> storage.getImage().getUsedBytes()).sum();
    }

    private static Forecast ofCold(Manner manner, SourceFacts facts, History history) {
        List<String> restsOn = new ArrayList<>();
        Optional<Baggage> disks = disksAtRest(manner, facts, history, restsOn);
        if (disks.isEmpty()) {
            return unknown(manner, "how fast the link is, is not known, and disks travel while the VM is off");
        }
        if (history.secondsCold().isEmpty()) {
            return unknown(manner, "how long the VM's guest takes to shut down and to boot is not known, since it was"
                    + " never migrated cold", disks.get(), restsOn);
        }
        restsOn.add("The VM was away for " + String.join(", ", history.secondsCold().stream()
                .map(seconds -> String.format(Locale.ROOT, "%.1f s", seconds)).toList())
                + " when it was migrated cold last: to shut down, and to boot until its guest agent answers.");
        restsOn.add("No memory is sent; its connections end.");
        Overheads overheads = history.aroundSeconds().isEmpty()
                ? Overheads.NONE
                : Overheads.NONE.withAround(Estimate.ofMeasured(history.aroundSeconds()));
        Choice choice = Choice.ofCold(history.secondsCold(), overheads, disks.get(), manner.budgets());
        return new Forecast(choice.options(), choice.strategy().map(_ -> Strategy.COLD), choice.reason(),
                Corrections.NONE, Optional.empty(), disks.get(), restsOn);
    }

    /** Whoever asks for a limit asks for that of the disks, too. */
    private static OptionalDouble ofDisks(OptionalDouble known, CopyOptions options) {
        return DoubleStream.concat(known.stream(),
                options.bandwidthMebibytesPerSecond().stream().mapToDouble(asked -> asked * MEBIBYTE)).min();
    }

    /** Empty when nothing is known of the link that they would travel by. */
    private static Optional<Baggage> disksAtRest(Manner manner, SourceFacts facts, History history,
            List<String> restsOn) {
        long bytes = diskBytes(facts);
        if (bytes <= 0) {
            return Optional.of(Baggage.NONE);
        }
        restsOn.add(mebibytes(bytes) + " of disks that travel while the VM is off; what is there already and what"
                + " shrinks costs less.");
        OptionalDouble bandwidth = ofDisks(bandwidth(facts, history, restsOn), manner.options());
        return bandwidth.isEmpty()
                ? Optional.empty()
                : Optional.of(Baggage.atRest(bytes, bandwidth.getAsDouble()));
    }

    /** What was measured on this way, where something was. */
    private static Overheads learnt(Overheads untried, org.godwit.planner.prediction.Strategy strategy,
            History history) {
        Overheads overheads = untried;
        List<Double> preparation = history.way().preparationSeconds();
        List<Double> pause = history.pauseSeconds().getOrDefault(strategy, List.of());
        if (!history.landingSeconds().isEmpty()) {
            overheads = overheads.withLanding(Estimate.ofMeasured(history.landingSeconds()));
        }
        List<Double> around = history.aroundSeconds();
        if (!preparation.isEmpty()) {
            overheads = overheads.withPreparation(Estimate.ofMeasured(preparation));
        } else if (history.way().isTakenForWhole()) {
            overheads = overheads.withPreparation(Estimate.ZERO);
        }
        if (!pause.isEmpty()) {
            overheads = overheads.withPause(Estimate.ofMeasured(pause));
        }
        return around.isEmpty() ? overheads : overheads.withAround(Estimate.ofMeasured(around));
    }

    /**
     * @param possible those whose figures are told
     * @param safe those of them that are chosen without being named
     */
    private static Forecast of(Manner manner, List<Strategy> possible, List<Strategy> safe,
            Function<org.godwit.planner.prediction.Strategy, Conditions> conditions, Uncertainty uncertainty,
            History history, Baggage disks, List<String> restsOn) {
        Map<org.godwit.planner.prediction.Strategy, Corrections> corrections = history.corrections();
        possible.forEach(strategy -> tell(strategy, history, restsOn));
        List<Choice.Option> options = among(possible, conditions, uncertainty, corrections, manner, disks).options()
                .stream().map(option -> isFor(option, safe, manner) ? option : with(NOT_BY_ITSELF, option)).toList();
        Choice choice = among(manner.strategy().map(List::of).orElse(safe), conditions, uncertainty, corrections,
                manner,
                disks);
        Optional<Strategy> strategy = choice.strategy().map(Forecast::ours);
        // Somebody who names a strategy and no budget knows what he does.
        return manner.budgets().equals(Budgets.NONE) && strategy.isEmpty()
                ? new Forecast(options, manner.strategy(), "as was asked for. " + choice.reason(), Corrections.NONE,
                        Optional.of(conditions.apply(model(manner.strategy().orElse(BY_CARE.getFirst())))), disks,
                        restsOn)
                : new Forecast(options, strategy, choice.reason(), strategy
                        .map(chosen -> corrections.getOrDefault(model(chosen), Corrections.NONE))
                        .orElse(Corrections.NONE),
                        Optional.of(conditions.apply(model(strategy.orElse(BY_CARE.getFirst())))), disks, restsOn);
    }

    /** Whoever names a strategy has heard of what it risks from the checks. */
    private static boolean isFor(Choice.Option option, List<Strategy> safe, Manner manner) {
        Strategy strategy = ours(option.prediction().strategy());
        return safe.contains(strategy) || manner.strategy().filter(strategy::equals).isPresent();
    }

    private static Choice.Option with(String reproach, Choice.Option option) {
        return new Choice.Option(option.prediction(),
                Stream.concat(option.against().stream(), Stream.of(reproach)).toList());
    }

    private static Choice among(List<Strategy> strategies,
            Function<org.godwit.planner.prediction.Strategy, Conditions> conditions, Uncertainty uncertainty,
            Map<org.godwit.planner.prediction.Strategy, Corrections> corrections, Manner manner, Baggage disks) {
        return Choice.among(strategies.stream().map(Forecast::model).toList(), conditions, uncertainty,
                corrections, manner.budgets(), disks);
    }

    private static void tell(History history, boolean emulated, List<String> restsOn) {
        List<Double> preparation = history.way().preparationSeconds();
        if (!preparation.isEmpty()) {
            restsOn.add(milliseconds(Estimate.ofMeasured(preparation)) + " of a copy that are no sending, "
                    + copies(preparation.size()) + " " + history.way().origin() + ".");
        } else if (history.way().isTakenForWhole()) {
            restsOn.add(
                    "The hypervisor of these copies did not tell how fast it sent: what was no sending is in that.");
        } else if (emulated) {
            restsOn.add(milliseconds(
                    Overheads.emulated(org.godwit.planner.prediction.Strategy.PRE_COPY, 0).preparation())
                    + " of a copy that are no sending, as was measured without KVM.");
        } else {
            restsOn.add("What a copy takes beside the sending is not known.");
        }
        restsOn.add(history.aroundSeconds().isEmpty()
                ? "What checks, staging and settling will take is not known: the VM has not gone this way yet."
                : milliseconds(Estimate.ofMeasured(history.aroundSeconds()))
                        + " of checks, staging and settling around the copy, the median of this VM's last "
                        + history.aroundSeconds().size() + " migrations between these hosts.");
        if (!history.landingSeconds().isEmpty()) {
            restsOn.add(milliseconds(Estimate.ofMeasured(history.landingSeconds()))
                    + " from when it runs at the target until it is heard of, as this VM said of its last "
                    + history.landingSeconds().size() + " landings.");
        } else {
            restsOn.add(emulated
                    ? "Without KVM a VM is heard of 119 ms after it runs at the target, as was measured of small ones."
                    : "How long after it runs at the target a VM with KVM is heard of was never measured.");
        }
    }

    private static String copies(int number) {
        return number == 1 ? "as of the last copy" : "the median of the last " + number + " copies";
    }

    private static void tellUntried(Strategy strategy,
            Function<org.godwit.planner.prediction.Strategy, Overheads> untried, History history,
            List<String> restsOn) {
        if (history.pauseSeconds().getOrDefault(model(strategy), List.of()).isEmpty()) {
            restsOn.add(milliseconds(untried.apply(model(strategy)).pause()) + " of the downtime by " + strategy.word()
                    + " that are no sending, as was measured without KVM of a few VMs.");
        }
    }

    private static void tell(Strategy strategy, History history, List<String> restsOn) {
        List<Double> pause = history.pauseSeconds().getOrDefault(model(strategy), List.of());
        if (!pause.isEmpty()) {
            restsOn.add(milliseconds(Estimate.ofMeasured(pause)) + " of the downtime by " + strategy.word()
                    + " that are no sending, " + copies(pause.size()) + " from this host to that one.");
        }
        Corrections of = history.corrections().getOrDefault(model(strategy), Corrections.NONE);
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
        return unknown(manner, why, Baggage.NONE, List.of());
    }

    private static Forecast unknown(Manner manner, String why, Baggage disks, List<String> restsOn) {
        return manner.budgets().equals(Budgets.NONE)
                ? new Forecast(List.of(), Optional.of(manner.strategy().orElse(BY_CARE.getFirst())),
                        "nothing can be predicted: " + why, Corrections.NONE, Optional.empty(), disks, restsOn)
                : new Forecast(List.of(), Optional.empty(), "whether a budget will be kept cannot be told: " + why,
                        Corrections.NONE, Optional.empty(), disks, restsOn);
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
        List<Double> seen = history.way().bytesPerSecond();
        long limit = facts.getBandwidth().getLimitBytesPerSecond();
        long link = facts.getBandwidth().getLinkBytesPerSecond();
        if (!seen.isEmpty()) {
            double median = Estimate.ofMeasured(seen).likely();
            restsOn.add(mebibytes((long) median) + "/s, " + copies(seen.size()) + " "
                    + history.way().origin() + ".");
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

    private static String milliseconds(Estimate seconds) {
        return String.format(Locale.ROOT, "%.0f ms", seconds.likely() * 1e3);
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / MEBIBYTE);
    }
}
