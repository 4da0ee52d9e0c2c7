package org.godwit.lab.chaos;

import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.godwit.lab.bench.Progress;
import org.godwit.lab.simulation.Fence;
import org.godwit.lab.simulation.Simulation;
import org.godwit.lab.simulation.Simulation.Tally;
import org.godwit.lab.simulation.Violation;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Many histories, or one again. */
@Command(name = "lab/chaos", mixinStandardHelpOptions = true, sortOptions = false, description = {
        "Runs migrations on the real workflow, runner and store while everything around them dies, disappears and comes back,"
                + " on a clock that jumps. Ends with status 1 when a VM has run twice or nowhere, when something stands still,"
                + " or when something is left behind, and prints the history that led to it.",
        "" }, footer = {"", "Examples:", "  lab/chaos --simulate 100000",
                "  lab/chaos --seed 159                        # one history again",
                "  lab/chaos --simulate 10000 --without AGENT_ONCE" })
public final class Chaos implements Callable<Integer> {

    private static final int WISHES = 100;
    private static final int TOLD_EVERY = 100;

    @Option(names = "--simulate", paramLabel = "N", defaultValue = "10000", description = "at least so many migrations, 1 to 100000000 (default: ${DEFAULT-VALUE})")
    private int migrations;

    @Option(names = "--seed", paramLabel = "SEED", description = "this history only")
    private Long seed;

    @Option(names = "--first-seed", paramLabel = "SEED", defaultValue = "1", description = "where to begin (default: ${DEFAULT-VALUE})")
    private long firstSeed;

    @Option(names = "--without", paramLabel = "FENCE", split = ",", description = "leave out a fence, to see that this is noticed: ${COMPLETION-CANDIDATES}")
    private List<Fence> without = List.of();

    @Spec
    private CommandSpec spec;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Chaos()).execute(arguments));
    }

    @Override
    public Integer call() {
        if (migrations < 1 || migrations > 100_000_000) {
            throw new CommandLine.ParameterException(spec.commandLine(),
                    "--simulate must be 1 to 100000000, got " + migrations);
        }
        PrintWriter out = spec.commandLine().getOut();
        try {
            Tally tally = seed == null
                    ? many(new Progress(out, InstantSource.system()))
                    : Simulation.run(seed, WISHES,
                            Set.copyOf(without));
            out.println(tally.migrations() + " migrations: " + tally.outcomes());
            return 0;
        } catch (Violation e) {
            out.println(e.getMessage());
            return 1;
        }
    }

    private Tally many(Progress progress) {
        Tally all = Tally.NONE;
        progress.runsBegin();
        for (long next = firstSeed; all.migrations() < migrations; next++) {
            all = all.plus(Simulation.run(next, WISHES, Set.copyOf(without)));
            if ((next - firstSeed + 1) % TOLD_EVERY == 0) {
                progress.ran(Math.min(all.migrations(), migrations), migrations, "seed " + next + " is over");
            }
        }
        return all;
    }
}
