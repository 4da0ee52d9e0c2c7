package org.godwit.lab.experiment.amvm;

import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.godwit.model.DowntimeLadder;
import org.godwit.model.Strategy;
import org.godwit.planner.Link;
import org.godwit.planner.Switchover;
import org.godwit.planner.prediction.Conditions;
import org.godwit.planner.prediction.GuestMemory;
import org.godwit.planner.prediction.HostLoad;
import org.godwit.planner.prediction.Overheads;
import org.godwit.planner.prediction.Prediction;
import org.godwit.planner.prediction.Uncertainty;
import org.godwit.planner.simulation.CopyStrategy;
import org.godwit.planner.simulation.HybridCopy;
import org.godwit.planner.simulation.Memory;
import org.godwit.planner.simulation.Outcome;
import org.godwit.planner.simulation.PreCopy;
import org.godwit.planner.simulation.Profile;
import org.godwit.planner.simulation.Setting;
import org.godwit.planner.simulation.Suspended;
import org.godwit.planner.simulation.SyntheticWorkload;

/** What is said of a migration beforehand. Model and simulator are asked when a report is made, and say what they say today. */
record Foretold(double copyMs, double downtimeMs, double sentMb) {

    private static final double BYTES_PER_MB = 1e6;
    private static final double MEBIBYTE = 1 << 20;
    private static final double MS = 1e3;
    private static final double SAMPLE_SECONDS = 1;
    private static final double WARM_UP_SECONDS = 2;

    /** Who says it. */
    enum By {

        /** To the operator: corrected by the past, and all of the memory is taken for what the VM writes to. */
        PLAN(Foretold::planned),

        /** From what was measured before, and from what is known of the load; nothing is corrected. */
        MODEL(Foretold::modelled),

        /** The same, page by page. */
        SIMULATOR(Foretold::simulated);

        private final Function<AmvmCopyRun, Optional<Foretold>> how;

        By(Function<AmvmCopyRun, Optional<Foretold>> how) {
            this.how = how;
        }

        /** Empty when it has too little to go by, or says that the copy would not end. */
        Optional<Foretold> of(AmvmCopyRun run) {
            return how.apply(run);
        }

        /** As it stands in tables. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static Optional<Foretold> planned(AmvmCopyRun run) {
        return run.forecastCopyMs() == null
                ? Optional.empty()
                : Optional.of(new Foretold(run.forecastCopyMs(), run.forecastDowntimeMs(), run.forecastSentMb()));
    }

    private static Optional<Foretold> modelled(AmvmCopyRun run) {
        org.godwit.planner.prediction.Strategy strategy = org.godwit.planner.prediction.Strategy
                .valueOf(Strategy.of(run.strategy()).name());
        return memory(run).map(memory -> Prediction.of(strategy,
                new Conditions(memory, link(run), HostLoad.NONE, Switchover.SENT,
                        Overheads.emulated(strategy, run.memoryMib() * MEBIBYTE), DowntimeLadder.STANDARD),
                Uncertainty.UNTRIED)).flatMap(prediction -> switch (prediction) {
                    case Prediction.Converges it -> Optional.of(new Foretold(it.totalSeconds().likely() * MS,
                            it.downtimeSeconds().likely() * MS, it.bytes().likely() / BYTES_PER_MB));
                    case Prediction.DoesNotConverge _ -> Optional.empty();
                });
    }

    private static Optional<Foretold> simulated(AmvmCopyRun run) {
        return memory(run).map(told -> {
            Memory memory = new Memory((int) (told.bytes() / Memory.PAGE_BYTES), Memory.PAGE_BYTES, 0);
            Profile profile = Profile.writing(told.dirtyBytesPerSecond() / Memory.PAGE_BYTES,
                    told.workingSetBytes() == 0 ? 1 : told.workingSetBytes() / told.bytes());
            Outcome outcome = simulated(Strategy.of(run.strategy())).migrate(
                    new Setting(memory, link(run), Switchover.TYPICAL),
                    new SyntheticWorkload(profile, memory.pages(), -WARM_UP_SECONDS, run.run()));
            return new Foretold(outcome.totalSeconds() * MS, outcome.downtimeSeconds() * MS,
                    outcome.bytes() / BYTES_PER_MB);
        });
    }

    private static Optional<GuestMemory> memory(AmvmCopyRun run) {
        if (run.memoryMb() == null) {
            return Optional.empty();
        }
        double bytes = run.memoryMb() * BYTES_PER_MB;
        double written = Load.of(run.doing()).writtenMib().stream().mapToDouble(mib -> mib * MEBIBYTE).findFirst()
                .orElse(bytes);
        return Optional.of(GuestMemory.sampled(bytes, Math.min(written, bytes),
                run.dirtyMbPerSecond() * BYTES_PER_MB, SAMPLE_SECONDS));
    }

    private static Link link(AmvmCopyRun run) {
        return new Link(run.linkMbPerSecond() * BYTES_PER_MB, 0);
    }

    /** What the simulator has for it, under the limits that host agents keep to. */
    static CopyStrategy simulated(Strategy strategy) {
        return switch (strategy) {
            case PRE_COPY -> PreCopy.USUAL.within(DowntimeLadder.STANDARD);
            case POST_COPY -> HybridCopy.POST_COPY;
            case HYBRID_COPY -> HybridCopy.AMVM;
            case SUSPENDED -> new Suspended();
            case COLD -> throw new IllegalArgumentException("nothing is copied of a VM that is shut down");
        };
    }
}
