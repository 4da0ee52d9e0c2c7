package org.godwit.lab.experiment.amvm;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.godwit.lab.bench.Sample;
import org.godwit.lab.experiment.Report;
import org.godwit.lab.experiment.Report.Block;
import org.godwit.lab.experiment.TrialTable;
import org.godwit.lab.experiment.TrialTable.Figure;
import org.godwit.model.Strategy;

/** What the strategies cost, beside each other, beside what AMVM claims, and beside what was forecast. */
final class AmvmCopyReport {

    private static final Figure<AmvmCopyRun> COPY = new Figure<>("total time of the copy, ms", AmvmCopyRun::copyMs);
    private static final Figure<AmvmCopyRun> SENT = new Figure<>("data transferred, MB", AmvmCopyRun::sentMb);
    private static final Figure<AmvmCopyRun> REQUESTS = new Figure<>("page faults", AmvmCopyRun::pageRequests);
    private static final List<Figure<AmvmCopyRun>> FIGURES = List.of(COPY,
            new Figure<>("downtime, ms", AmvmCopyRun::downtimeMs), SENT, REQUESTS);

    private static final List<Figure<AmvmCopyRun>> ERRORS = List.of(
            new Figure<>("copy", run -> ratio(run.copyMs(), run.forecastCopyMs())),
            new Figure<>("downtime", run -> ratio(run.downtimeMs(), run.forecastDowntimeMs())),
            new Figure<>("data transferred", run -> ratio(run.sentMb(), run.forecastSentMb())),
            new Figure<>("page faults", run -> ratio(run.pageRequests(), run.forecastPageRequests())));

    /**
     * What AMVM says of a quotient of two strategies.
     *
     * @param paper null where it says nothing of it
     */
    private record Claim(Load load, Figure<AmvmCopyRun> figure, Strategy one, Strategy other, Double paper) {}

    private static final List<Claim> CLAIMS = List.of(
            new Claim(Load.MEMORY_BOUND, SENT, Strategy.HYBRID_COPY, Strategy.PRE_COPY, 4716.0 / 8869),
            new Claim(Load.MEMORY_BOUND, REQUESTS, Strategy.HYBRID_COPY, Strategy.POST_COPY, 5562.0 / 11528),
            new Claim(Load.CPU_BOUND, COPY, Strategy.HYBRID_COPY, Strategy.PRE_COPY, 0.665),
            new Claim(Load.CPU_BOUND, SENT, Strategy.HYBRID_COPY, Strategy.PRE_COPY, 1 / 1.4),
            new Claim(Load.CPU_BOUND, REQUESTS, Strategy.HYBRID_COPY, Strategy.POST_COPY, 0.55),
            new Claim(Load.MEMORY_BOUND, COPY, Strategy.HYBRID_COPY, Strategy.PRE_COPY, null));

    private final List<AmvmCopyRun> runs;

    AmvmCopyReport(List<AmvmCopyRun> runs) {
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("no migration has been measured");
        }
        this.runs = List.copyOf(runs);
    }

    private static Double ratio(double measured, Double forecast) {
        return forecast == null || forecast == 0 ? null : Double.valueOf(measured / forecast);
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
        blocks.add(new Block.Table("Quotients of the medians over all sizes", List.of("", "AMVM", "ours"),
                CLAIMS.stream().map(this::line).toList()));
        blocks.add(new Block.Text("Measured by what was forecast: 1 is a forecast that came true. The plan before each"
                + " migration is what is compared with; a strategy of which it says that it would not end has no forecast."));
        List<AmvmCopyRun> planned = runs.stream().filter(run -> run.forecastCopyMs() != null).toList();
        blocks.add(TrialTable.of("Measured by forecast", trials(planned), planned, ERRORS));
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
        return List.of(claim.load() + ": " + claim.figure().what() + ", " + claim.one().word() + " / "
                + claim.other().word(),
                claim.paper() == null ? "-" : number(claim.paper()),
                one.isEmpty() || other.isEmpty() || other.get() == 0 ? "-" : number(one.get() / other.get()));
    }

    private Optional<Double> median(Claim claim, Strategy strategy) {
        return TrialTable.sample(of(claim.load()).filter(run -> run.strategy().equals(strategy.word())).toList(),
                claim.figure()).map(Sample::median);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
