package org.godwit.lab.experiment.amvm;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;
import org.godwit.lab.bench.Sample;
import org.godwit.model.Strategy;
import org.godwit.planner.Link;
import org.godwit.planner.Switchover;
import org.godwit.planner.simulation.Memory;
import org.godwit.planner.simulation.Outcome;
import org.godwit.planner.simulation.Setting;
import org.godwit.planner.simulation.SyntheticWorkload;

/** What cannot be flown without KVM, by the simulator: VMs of 1 GiB over Gigabit Ethernet. */
final class SimulatedCopies {

    static final int MEMORY_MIB = 1024;

    private static final Memory MEMORY = Memory.ofMebibytes(MEMORY_MIB);
    private static final Setting SETTING = new Setting(MEMORY, Link.ofMegabits(1000, 0.0005), Switchover.TYPICAL);
    private static final double WARM_UP_SECONDS = 10;

    private record Subject(Load load, Strategy strategy) {}

    private final int seeds;
    private final Map<Subject, List<Outcome>> outcomes = new HashMap<>();

    /** @param seeds how many of each, from seed 1 on */
    SimulatedCopies(int seeds) {
        this.seeds = seeds;
    }

    int seeds() {
        return seeds;
    }

    /** The quotient of two strategies' medians. */
    double quotient(Load load, Strategy one, Strategy other, ToDoubleFunction<Outcome> figure) {
        return median(new Subject(load, one), figure) / median(new Subject(load, other), figure);
    }

    private double median(Subject subject, ToDoubleFunction<Outcome> figure) {
        return Sample.of(outcomes.computeIfAbsent(subject, this::simulate).stream().mapToDouble(figure).boxed()
                .toList()).median();
    }

    private List<Outcome> simulate(Subject subject) {
        return LongStream.rangeClosed(1, seeds).mapToObj(seed -> Foretold.simulated(subject.strategy()).migrate(SETTING,
                new SyntheticWorkload(subject.load().profile(), MEMORY.pages(), -WARM_UP_SECONDS, seed))).toList();
    }
}
