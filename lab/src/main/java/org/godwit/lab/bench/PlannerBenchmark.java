package org.godwit.lab.bench;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.godwit.lab.LabException;
import org.godwit.model.DowntimeLadder;
import org.godwit.planner.Link;
import org.godwit.planner.Switchover;
import org.godwit.planner.prediction.Budgets;
import org.godwit.planner.prediction.Choice;
import org.godwit.planner.prediction.Conditions;
import org.godwit.planner.prediction.Correction;
import org.godwit.planner.prediction.Corrections;
import org.godwit.planner.prediction.GuestMemory;
import org.godwit.planner.prediction.HostLoad;
import org.godwit.planner.prediction.Overheads;
import org.godwit.planner.prediction.Strategy;
import org.godwit.planner.prediction.Uncertainty;
import org.godwit.planner.simulation.CopyStrategy;
import org.godwit.planner.simulation.HybridCopy;
import org.godwit.planner.simulation.Memory;
import org.godwit.planner.simulation.Mirroring;
import org.godwit.planner.simulation.PreCopy;
import org.godwit.planner.simulation.Profile;
import org.godwit.planner.simulation.Setting;
import org.godwit.planner.simulation.SyntheticWorkload;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** For how many VMs a second the planner can choose a strategy, and how many pages a second it simulates. */
@Command(name = "planner", mixinStandardHelpOptions = true, sortOptions = false, description = "Choices of a strategy and simulated pages a second, by the time of one processor.")
final class PlannerBenchmark implements Callable<Integer> {

    private static final List<Strategy> STRATEGIES = List.of(Strategy.PRE_COPY, Strategy.HYBRID_COPY,
            Strategy.POST_COPY, Strategy.SUSPENDED);
    private static final Correction LEARNT = new Correction(1.2, 0.2, 10);
    private static final Link GIGABIT = Link.ofMegabits(1000, 0.0005);
    private static final double WARM_UP_SECONDS = 1;
    private static final double NANOS = 1e9;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "7", description = "of everything, 1 to 1000; one more before them is not counted (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--vms", paramLabel = "N", defaultValue = "100000", description = "to choose for, 1 to 10000000 (default: ${DEFAULT-VALUE})")
    private int vms;

    @Option(names = "--mib", paramLabel = "N", defaultValue = "1024", description = "memory of a simulated VM, 1 to 65536 (default: ${DEFAULT-VALUE})")
    private int mebibytes;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = "out/benchmarks", description = "where planner.json and planner.csv go (default: ${DEFAULT-VALUE})")
    private Path out;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        check(rounds >= 1 && rounds <= 1000, "--rounds must be 1 to 1000, got " + rounds);
        check(vms >= 1 && vms <= 10_000_000, "--vms must be 1 to 10000000, got " + vms);
        check(mebibytes >= 1 && mebibytes <= 65_536, "--mib must be 1 to 65536, got " + mebibytes);
        Progress progress = new Progress(spec.commandLine().getOut(), InstantSource.system());
        Results<PlannerRun> results = new Results<>(out, "planner",
                Machine.here().and("java", Runtime.version().toString()),
                Map.of("rounds", rounds, "vms", vms, "mib", mebibytes), PlannerRun.class);
        Map<String, LongSupplier> subjects = subjects();
        progress.runsBegin();
        for (int round = 0; round <= rounds; round++) {
            for (Map.Entry<String, LongSupplier> subject : subjects.entrySet()) {
                long before = ProcessorTime.ofThisThreadNs();
                long units = subject.getValue().getAsLong();
                PlannerRun run = new PlannerRun(round, subject.getKey(), units,
                        (ProcessorTime.ofThisThreadNs() - before) / NANOS);
                if (round > 0) {
                    results.add(run);
                    progress.ran(results.runs().size(), rounds * subjects.size(),
                            String.format(Locale.ROOT, "%s: %.3g a second", run.what(), run.unitsPerSecond()));
                }
            }
        }
        progress.say("");
        progress.say(table(results.runs()));
        progress.say("Results: " + results.folder().resolve("planner.json"));
        return 0;
    }

    /** What is measured; each answers how many units it did. */
    private Map<String, LongSupplier> subjects() {
        Map<String, LongSupplier> subjects = new LinkedHashMap<>();
        List<Conditions> all = conditions(vms);
        subjects.put("choices, VMs", () -> choose(all));
        Map<String, CopyStrategy> strategies = new LinkedHashMap<>();
        strategies.put("pre-copy", PreCopy.USUAL);
        strategies.put("LRU", PreCopy.LRU);
        strategies.put("mirroring", Mirroring.OF_CACHE_LINES);
        strategies.put("post-copy", HybridCopy.POST_COPY);
        strategies.put("hybrid-copy", HybridCopy.AMVM);
        strategies.forEach((name, strategy) -> {
            subjects.put(name + ", idle, pages", () -> simulate(strategy, Profile.IDLE));
            subjects.put(name + ", memory-bound, pages", () -> simulate(strategy, Profile.MEMORY_BOUND));
        });
        return subjects;
    }

    /** VMs of all kinds on links of all kinds. */
    static List<Conditions> conditions(int number) {
        SplittableRandom random = new SplittableRandom(1);
        return Stream.generate(() -> {
            double bytes = random.nextDouble(64e6, 64e9);
            double written = bytes * random.nextDouble(0.001, 1);
            GuestMemory memory = GuestMemory.writing(bytes, written, random.nextDouble(1e3, 1e9));
            return new Conditions(memory, new Link(random.nextDouble(1e7, 3e9), random.nextDouble(0, 0.1)),
                    HostLoad.NONE, Switchover.TYPICAL, Overheads.NONE, DowntimeLadder.STANDARD);
        }).limit(number).toList();
    }

    static long choose(List<Conditions> all) {
        Map<Strategy, Corrections> corrections = new EnumMap<>(Strategy.class);
        STRATEGIES.forEach(strategy -> corrections.put(strategy, new Corrections(LEARNT, LEARNT, LEARNT)));
        Budgets budgets = new Budgets(OptionalDouble.of(60), OptionalDouble.of(0.5), OptionalDouble.empty());
        long reasons = 0;
        for (Conditions conditions : all) {
            reasons += Choice.among(STRATEGIES, _ -> conditions, Uncertainty.UNTRIED, corrections, budgets).reason()
                    .length();
        }
        if (reasons == 0) {
            throw new LabException("the planner gives no reasons");
        }
        return all.size();
    }

    private long simulate(CopyStrategy strategy, Profile profile) {
        Memory memory = Memory.ofMebibytes(mebibytes);
        return strategy.migrate(new Setting(memory, GIGABIT, Switchover.TYPICAL),
                new SyntheticWorkload(profile, memory.pages(), -WARM_UP_SECONDS, 1)).pagesSent();
    }

    /** ASCII. */
    static String table(List<PlannerRun> runs) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%-36s %4s %12s %12s %12s%n",
                "a second of one processor", "n", "median", "lowest", "highest"));
        runs.stream().map(PlannerRun::what).distinct().forEach(what -> {
            Sample sample = Sample.of(
                    runs.stream().filter(run -> run.what().equals(what)).map(PlannerRun::unitsPerSecond).toList());
            text.append(String.format(Locale.ROOT, "  %-34s %4d %12.3g %12.3g %12.3g%n", what, sample.n(),
                    sample.median(), sample.lowest(), sample.highest()));
        });
        return text.toString();
    }

    private void check(boolean isGood, String complaint) {
        if (!isGood) {
            throw new CommandLine.ParameterException(spec.commandLine(), complaint);
        }
    }
}
