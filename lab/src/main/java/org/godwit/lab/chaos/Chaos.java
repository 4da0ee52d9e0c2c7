package org.godwit.lab.chaos;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.godwit.lab.LabProgram;
import org.godwit.lab.bench.Progress;
import org.godwit.lab.simulation.Fence;
import org.godwit.lab.simulation.Histories;
import org.godwit.lab.simulation.Simulation;
import org.godwit.lab.simulation.Simulation.Tally;
import org.godwit.lab.simulation.Violation;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Many simulated histories, or one again; real migrations, each with a kill; or a server that is killed while it writes. */
@Command(name = "lab/chaos", mixinStandardHelpOptions = true, sortOptions = false, description = {
        "Runs migrations while everything around them dies, disappears and comes back: simulated ones on a clock that jumps,"
                + " or real ones in a lab. Ends with status 1 when a VM has run twice or nowhere, when something stands still,"
                + " or when something is left behind, and tells what led to it.",
        "" }, footer = {"", "Examples:", "  lab/chaos --simulate 100000",
                "  lab/chaos --seed 159                        # one history again",
                "  lab/chaos --simulate 10000 --without AGENT_EPOCHS",
                "  lab/chaos --real                            # every victim in every phase",
                "  lab/chaos --real --only mcs@COPYING,target-libvirtd@SWITCHOVER",
                "  lab/chaos --store --kills 1000" })
public final class Chaos implements Callable<Integer> {

    private static final int WISHES = 300;
    private static final int TOLD_EVERY = 100;

    @Option(names = "--simulate", paramLabel = "N", defaultValue = "10000", description = "at least so many simulated migrations, 1 to 100000000 (default: ${DEFAULT-VALUE})")
    private int migrations;

    @Option(names = "--seed", paramLabel = "SEED", description = "this history only; with --real, these delays")
    private Long seed;

    @Option(names = "--first-seed", paramLabel = "SEED", defaultValue = "1", description = "where to begin (default: ${DEFAULT-VALUE})")
    private long firstSeed;

    @Option(names = "--without", paramLabel = "FENCE", split = ",", description = "leave out a fence, to see that this is noticed: ${COMPLETION-CANDIDATES}")
    private List<Fence> without = List.of();

    @Option(names = "--real", description = "migrate a VM in a lab and kill one part in each migration; needs root")
    private boolean real;

    @Option(names = "--only", paramLabel = "VICTIM@PHASE", split = ",", converter = StrikeConverter.class, description = "with --real, these strikes only; victims: mcs, source-agent, target-agent, guest-agent, source-libvirtd, target-libvirtd")
    private List<Strike> only = List.of();

    @Option(names = "--store", description = "kill a control server in the middle of writes and look whether it has lost one")
    private boolean store;

    @Option(names = "--kills", paramLabel = "N", defaultValue = "100", description = "with --store, how often, 1 to 100000 (default: ${DEFAULT-VALUE})")
    private int kills;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = "out/chaos", description = "with --real and --store, where logs and captures go (default: ${DEFAULT-VALUE})")
    private Path out;

    @Spec
    private CommandSpec spec;

    public static void main(String[] arguments) {
        LabProgram.run(new Chaos(), arguments);
    }

    @Override
    public Integer call() throws IOException {
        if (!real && !only.isEmpty()) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--only goes with --real");
        }
        if (real && store) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--real and --store are run one by one");
        }
        Progress progress = new Progress(spec.commandLine().getOut(), InstantSource.system());
        if (store) {
            return store(progress);
        }
        return real ? real(progress) : simulated(progress);
    }

    private int store(Progress progress) throws IOException {
        if (kills < 1 || kills > 100_000) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--kills must be 1 to 100000, got " + kills);
        }
        Files.createDirectories(out);
        Path folder = Files.createTempDirectory(out.toAbsolutePath().normalize(), "store-");
        progress.runsBegin();
        StoreChaos.Report report = new StoreChaos(folder, seed == null ? 1 : seed, InstantSource.system()).run(kills,
                kill -> progress.ran(kill, kills, "killed"));
        report.lost().forEach(progress::say);
        progress.say(report.toString());
        return report.lost().isEmpty() ? 0 : 1;
    }

    private int real(Progress progress) throws IOException {
        Path folder = Files.createDirectories(out.toAbsolutePath().normalize());
        List<Strike> strikes = only.isEmpty() ? Strike.all() : only;
        List<StrikeResult> results = new ArrayList<>();
        List<String> relays;
        try (RealChaos chaos = RealChaos.open(new SplittableRandom(seed == null ? 1 : seed), folder, progress::narrate,
                InstantSource.system())) {
            progress.runsBegin();
            try {
                for (Strike strike : strikes) {
                    StrikeResult result = chaos.strike(strike);
                    results.add(result);
                    progress.ran(results.size(), strikes.size(), StrikeTable.line(result).strip());
                }
                relays = chaos.relaysLeft();
            } finally {
                progress.say(StrikeTable.render(results));
                chaos.saveLogs(folder);
            }
        }
        relays.forEach(progress::say);
        return relays.isEmpty() && results.stream().allMatch(result -> result.faults().isEmpty()) ? 0 : 1;
    }

    private int simulated(Progress progress) {
        if (migrations < 1 || migrations > 100_000_000) {
            throw new CommandLine.ParameterException(spec.commandLine(),
                    "--simulate must be 1 to 100000000, got " + migrations);
        }
        PrintWriter out = spec.commandLine().getOut();
        try {
            Tally tally = seed == null ? many(progress) : Simulation.run(seed, WISHES, Set.copyOf(without));
            out.println(tally.migrations() + " migrations: " + tally.outcomes());
            return 0;
        } catch (Violation e) {
            out.println(e.getMessage());
            return 1;
        }
    }

    private Tally many(Progress progress) {
        progress.runsBegin();
        return new Histories(WISHES, Set.copyOf(without), (seed, all) -> {
            if ((seed - firstSeed + 1) % TOLD_EVERY == 0) {
                progress.ran(Math.min(all.migrations(), migrations), migrations, "seed " + seed + " is over");
            }
        }).run(firstSeed, Long.MAX_VALUE - firstSeed, migrations);
    }

    /** Names what is wrong with a strike. */
    static final class StrikeConverter implements ITypeConverter<Strike> {
        @Override
        public Strike convert(String text) {
            try {
                return Strike.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
