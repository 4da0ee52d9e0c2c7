package org.godwit.lab.experiment.amvm;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.godwit.lab.bench.Sample;
import org.godwit.lab.experiment.Report;
import org.godwit.lab.experiment.Report.Block;
import org.godwit.lab.experiment.TrialTable;
import org.godwit.lab.experiment.TrialTable.Figure;
import org.godwit.model.Strategy;
import org.godwit.planner.simulation.Outcome;

/** What the strategies cost, beside each other, beside what AMVM claims, and beside what was forecast. */
final class AmvmCopyReport {

    private static final int SEEDS = 10;

    /** A figure of a real migration, and the same of a simulated one. */
    private record Both(Figure<AmvmCopyRun> real, ToDoubleFunction<Outcome> simulated) {}

    private static final Both COPY = new Both(new Figure<>("total time of the copy, ms", AmvmCopyRun::copyMs),
            Outcome::totalSeconds);
    private static final Both SENT = new Both(new Figure<>("data transferred, MB", AmvmCopyRun::sentMb),
            Outcome::bytes);
    private static final Both REQUESTS = new Both(new Figure<>("page faults", AmvmCopyRun::pageRequests),
            Outcome::pageFaults);
    private static final List<Figure<AmvmCopyRun>> FIGURES = List.of(COPY.real(),
            new Figure<>("downtime, ms", AmvmCopyRun::downtimeMs), SENT.real(), REQUESTS.real());

    /** What AMVM says of a quotient of two strategies. */
    private record Claim(Load load, Both figure, Strategy one, Strategy other, double paper) {}

    private static final List<Claim> CLAIMS = List.of(
            new Claim(Load.MEMORY_BOUND, SENT, Strategy.HYBRID_COPY, Strategy.PRE_COPY, 4716.0 / 8869),
            new Claim(Load.MEMORY_BOUND, REQUESTS, Strategy.HYBRID_COPY, Strategy.POST_COPY, 5562.0 / 11528),
            new Claim(Load.CPU_BOUND, COPY, Strategy.HYBRID_COPY, Strategy.PRE_COPY, 0.665),
            new Claim(Load.CPU_BOUND, SENT, Strategy.HYBRID_COPY, Strategy.PRE_COPY, 1 / 1.4),
            new Claim(Load.CPU_BOUND, REQUESTS, Strategy.HYBRID_COPY, Strategy.POST_COPY, 0.55),
            new Claim(Load.IO_BOUND, REQUESTS, Strategy.HYBRID_COPY, Strategy.POST_COPY, 0.583),
            new Claim(Load.MEMORY_BOUND, COPY, Strategy.HYBRID_COPY, Strategy.PRE_COPY, 1 / 2.08));

    private final List<AmvmCopyRun> runs;
    private final SimulatedCopies simulated;

    AmvmCopyReport(List<AmvmCopyRun> runs) {
        this(runs, SEEDS);
    }

    /** @param seeds of the simulations */
    AmvmCopyReport(List<AmvmCopyRun> runs, int seeds) {
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("no migration has been measured");
        }
        this.runs = List.copyOf(runs);
        this.simulated = new SimulatedCopies(seeds);
    }

    Report report() {
        Sample load = Sample.of(runs.stream().map(AmvmCopyRun::load).toList());
        List<Block> blocks = new ArrayList<>();
        blocks.add(new Block.Text(String.format(Locale.ROOT,
                "%d global migrations over 1000 Mbit/s. Load of the machine when they began: median %.1f, %.1f to %.1f.",
                runs.size(), load.median(), load.lowest(), load.highest())));
        for (Load doing : Load.values()) {
            List<AmvmCopyRun> some = of(doing).toList();
            if (!some.isEmpty()) {
                blocks.add(TrialTable.of(doing.toString(), trials(some), some, FIGURES));
            }
        }
        blocks.add(new Block.Table("Quotients of the medians over all sizes",
                List.of("", "AMVM", "measured", "simulated, %d MiB, n = %d".formatted(SimulatedCopies.MEMORY_MIB,
                        simulated.seeds())),
                CLAIMS.stream().map(this::line).toList()));
        blocks.addAll(Validation.blocks(runs));
        return new Report("Strategies of copying, and their forecasts", blocks);
    }

    private Stream<AmvmCopyRun> of(Load doing) {
        return runs.stream().filter(run -> run.doing().equals(doing.toString()));
    }

    private static List<String> trials(List<AmvmCopyRun> some) {
        return some.stream().map(AmvmCopyRun::trial).distinct().sorted().toList();
    }

    private List<String> line(Claim claim) {
        Optional<Double> one = median(claim, claim.one());
        Optional<Double> other = median(claim, claim.other());
        return List.of(claim.load() + ": " + claim.figure().real().what() + ", " + claim.one().word() + " / "
                + claim.other().word(),
                number(claim.paper()),
                one.isEmpty() || other.isEmpty() || other.get() == 0 ? "-" : number(one.get() / other.get()),
                number(simulated.quotient(claim.load(), claim.one(), claim.other(), claim.figure().simulated())));
    }

    private Optional<Double> median(Claim claim, Strategy strategy) {
        return TrialTable.sample(of(claim.load()).filter(run -> run.strategy().equals(strategy.word())).toList(),
                claim.figure().real()).map(Sample::median);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
