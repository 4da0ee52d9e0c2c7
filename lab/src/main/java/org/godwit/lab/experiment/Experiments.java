package org.godwit.lab.experiment;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.godwit.lab.LabException;
import org.godwit.lab.LabProgram;
import org.godwit.lab.LabFolder;
import org.godwit.lab.bench.Machine;
import org.godwit.lab.bench.Progress;
import org.godwit.lab.bench.Results;
import org.godwit.lab.experiment.amvm.AmvmCopyExperiment;
import org.godwit.lab.experiment.degradation.DegradationExperiment;
import org.godwit.lab.experiment.hostlimits.HostLimitsExperiment;
import org.godwit.lab.experiment.meter.MeterExperiment;
import org.godwit.lab.experiment.mirroring.MirroringExperiment;
import org.godwit.lab.experiment.postcopy.PostCopyExperiment;
import org.godwit.lab.experiment.roundtrip.RoundTripExperiment;
import org.godwit.lab.experiment.rowdisk.RowDiskExperiment;
import org.godwit.lab.experiment.sharedmemory.SharedMemoryExperiment;
import org.godwit.lab.experiment.streaming.StreamingExperiment;
import org.godwit.lab.experiment.wan.WanExperiment;
import org.godwit.lab.experiment.watanabe.WatanabeExperiment;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lab/experiment}: one of them. */
@Command(name = "lab/experiment", mixinStandardHelpOptions = true, sortOptions = false, description = {
        "Repeats an experiment of a paper, and prints the paper's numbers beside ours.", "" }, footer = {"",
                "Stopped with Ctrl-C, the same command goes on where it was. What there is: docs/experiments.md" })
public final class Experiments implements Callable<Integer> {

    private static final int RUNS_MAX = 100_000;
    private static final int MINUTES_MAX = 10_000;
    private static final List<Experiment<?>> ALL = List.of(new MirroringExperiment(), new MeterExperiment(),
            new RoundTripExperiment(), new WatanabeExperiment(), new HostLimitsExperiment(System::nanoTime),
            new WanExperiment(), new PostCopyExperiment(), new DegradationExperiment(), new StreamingExperiment(),
            new AmvmCopyExperiment(), new SharedMemoryExperiment(), new RowDiskExperiment());

    @Parameters(paramLabel = "NAME", description = {
            "mirroring: Table 1 and Figures 4 to 6 of Mirroring, by its equations and by simulation",
            "meter: the outage meter against silences of known length (needs root)",
            "roundtrip: one VM between two sites, there and back many times (needs root)",
            "watanabe-table2: with and without the method, and ordinary, by memory and link (needs root)",
            "host-limits: one host, 1 to 500 staged interfaces (needs root)",
            "wan: global migrations over longer and longer ways (needs root)",
            "postcopy: by pre-copy, hybrid-copy and, with KVM, post-copy (needs root)",
            "degradation: a Redis in the VM, before, during and after (needs root)",
            "streaming: two viewers of a film that the VM sends (needs root)",
            "amvm-copy: each strategy for VMs that do different things, and its forecast (needs root)",
            "shared-memory: memory that a program outside of QEMU moves (needs root)",
            "row-disk: a disk that travels, by mirror, block bitmaps and layers (needs root)" })
    private String name;

    @Option(names = "--runs", paramLabel = "N", description = "turns of each trial, 1 to 100000")
    private Integer runs;

    @Option(names = "--quick", description = "few turns, and none begins when the time is up that the experiment has for this")
    private boolean isQuick;

    @Option(names = "--minutes", paramLabel = "N", description = "begin no turn later than this, 1 to 10000")
    private Integer minutes;

    @Option(names = "--seed", paramLabel = "SEED", defaultValue = "1", description = "of the first run; the next one has the next (default: ${DEFAULT-VALUE})")
    private long seed;

    @Option(names = "--only", paramLabel = "WORDS", description = "only the trials whose names have these words, as in memory-bound; the others may be taken later")
    private String only;

    @Option(names = "--again", description = "leave out what the folder has; else it is gone on with")
    private boolean isAgain;

    @Option(names = "--report", description = "take no turns; tell what the folder has")
    private boolean isReportOnly;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = "out/experiments", description = "where NAME.json, NAME.csv, NAME.html and PNGs go (default: ${DEFAULT-VALUE})")
    private Path out;

    @Spec
    private CommandSpec spec;

    public static void main(String[] arguments) {
        System.setProperty("java.awt.headless", "true");
        LabProgram.run(new Experiments(), arguments);
    }

    @Override
    public Integer call() {
        Experiment<?> experiment = ALL.stream().filter(one -> one.about().name().equals(name)).findFirst()
                .orElseThrow(() -> new CommandLine.ParameterException(spec.commandLine(), "no experiment is called "
                        + name + "; there is: " + ALL.stream().map(one -> one.about().name()).collect(joining(", "))));
        if (runs != null && (runs < 1 || runs > RUNS_MAX)) {
            throw new CommandLine.ParameterException(spec.commandLine(),
                    "--runs must be 1 to " + RUNS_MAX + ", got " + runs);
        }
        if (minutes != null && (minutes < 1 || minutes > MINUTES_MAX)) {
            throw new CommandLine.ParameterException(spec.commandLine(),
                    "--minutes must be 1 to " + MINUTES_MAX + ", got " + minutes);
        }
        conduct(experiment);
        return 0;
    }

    private <R extends Record & Run> void conduct(Experiment<R> whole) {
        Experiment<R> wanted = only == null ? whole : new Narrowed<>(whole, only);
        Experiment<R> experiment = isQuick ? wanted.quick() : wanted;
        String name = experiment.about().name();
        InstantSource clock = InstantSource.system();
        Instant start = clock.instant();
        Optional<Duration> limit = limit(experiment);
        Progress progress = new Progress(spec.commandLine().getOut(), clock);
        int turns = turns(experiment);
        Map<String, Object> options = new LinkedHashMap<>(experiment.options());
        options.put("seed", seed);
        Machine machine = experiment.machine(Machine.here().and("java", Runtime.version().toString()));
        Results<R> results = isAgain
                ? new Results<>(out, name, machine, options, experiment.shape())
                : Results.resumed(out, name, machine, options, experiment.shape());
        if (!results.runs().isEmpty()) {
            progress.say(results.runs().size() + " turns are in " + results.folder() + " already (--again: anew)");
        }
        if (!isReportOnly) {
            Turns.take(experiment, () -> new Stage(LabFolder.STANDARD_ROOT,
                    results.folder().resolve(name + "-work"), progress::narrate), turns, seed, results,
                    progress, () -> limit.isPresent() && clock.instant().isAfter(start.plus(limit.get())));
        }
        Report report = report(experiment, results);
        progress.say("");
        progress.say(TextReport.render(report));
        write(results.folder(), name,
                HtmlReport.render(report, experiment.about().paper(), command(turns), machine, options), report);
        progress.say("Results: " + results.folder().resolve(name + ".html"));
    }

    /** As it would be typed to take these turns. */
    String command(int turns) {
        return "lab/experiment " + name + (isQuick ? " --quick" : "") + " --runs " + turns
                + (minutes == null ? "" : " --minutes " + minutes) + " --seed " + seed
                + (only == null ? "" : " --only '" + only + "'");
    }

    private int turns(Experiment<?> experiment) {
        if (runs != null) {
            return runs;
        }
        return isQuick ? experiment.about().quickRuns() : experiment.about().runs();
    }

    private Optional<Duration> limit(Experiment<?> experiment) {
        if (minutes != null) {
            return Optional.of(Duration.ofMinutes(minutes));
        }
        return isQuick ? Optional.of(experiment.quickLimit()) : Optional.empty();
    }

    private static <R extends Record & Run> Report report(Experiment<R> experiment, Results<R> results) {
        try {
            return experiment.report(results.runs());
        } catch (IllegalArgumentException e) {
            throw new LabException(results.folder() + " has too little of " + experiment.about().name()
                    + " for a report: let every trial have a turn, without --report", e);
        }
    }

    private static void write(Path folder, String name, String html, Report report) {
        try {
            Files.writeString(folder.resolve(name + ".html"), html);
        } catch (IOException e) {
            throw new UncheckedIOException("the report cannot be written to " + folder, e);
        }
        for (Report.Block block : report.blocks()) {
            if (block instanceof Report.Block.Figure(String figure, LineChart chart)) {
                ChartImages.writePng(chart, folder.resolve(name + "-" + figure + ".png"));
            }
        }
    }
}
