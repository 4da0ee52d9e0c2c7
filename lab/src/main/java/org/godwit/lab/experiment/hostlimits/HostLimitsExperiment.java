package org.godwit.lab.experiment.hostlimits;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;
import org.godwit.lab.Lab;
import org.godwit.lab.Node;
import org.godwit.lab.bench.Machine;
import org.godwit.lab.bench.Sample;
import org.godwit.lab.experiment.Experiment;
import org.godwit.lab.experiment.LineChart;
import org.godwit.lab.experiment.LineChart.Point;
import org.godwit.lab.experiment.LineChart.Series;
import org.godwit.lab.experiment.Report;
import org.godwit.lab.experiment.Report.Block;
import org.godwit.lab.experiment.Stage;
import org.godwit.lab.experiment.Trial;
import org.godwit.lab.process.Patience;
import org.godwit.lab.process.Processes;
import org.godwit.model.Gateway;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.SitePrefix;

/** One host, more and more staged interfaces: by the host agent's own code, and with one radvd for all of them. */
public final class HostLimitsExperiment implements Experiment<HostLimitsRun> {

    private static final List<Integer> COUNTS = List.of(1, 10, 25, 50, 100, 200, 300, 400, 500);
    private static final String EACH = "a radvd each";
    private static final String SHARED = "one radvd for all";
    private static final Gateway GATEWAY = new Gateway(LinkLocalAddress.of("fe80::b1"),
            MacAddress.of("02:00:00:00:0b:01"), SitePrefix.of("2001:db8:b::/64"));
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration FORMED_LIMIT = Duration.ofSeconds(30);
    private static final int LAST_FEW = 5;
    private static final double TICKS_PER_SECOND = 100;
    private static final double NS_PER_MS = 1e6;
    private static final double NS_PER_S = 1e9;
    private static final double MS_PER_S = 1000;
    private static final double KB_PER_MB = 1024;

    private final List<Integer> counts;
    private final String windowSeconds;
    private final LongSupplier nanoTicker;

    /** @param nanoTicker measures time, for example {@code System::nanoTime} */
    public HostLimitsExperiment(LongSupplier nanoTicker) {
        this(COUNTS, "10", nanoTicker);
    }

    /** @param counts how many are staged when it is looked at, ascending; each time for so many seconds */
    HostLimitsExperiment(List<Integer> counts, String windowSeconds, LongSupplier nanoTicker) {
        this.counts = List.copyOf(counts);
        this.windowSeconds = windowSeconds;
        this.nanoTicker = nanoTicker;
    }

    @Override
    public About about() {
        return new About("host-limits", "Watanabe et al., who name it as future work", 3, 1);
    }

    @Override
    public Class<HostLimitsRun> shape() {
        return HostLimitsRun.class;
    }

    @Override
    public Experiment<HostLimitsRun> quick() {
        return new HostLimitsExperiment(counts.stream().filter(count -> count <= 200).toList(), windowSeconds,
                nanoTicker);
    }

    @Override
    public Map<String, Object> options() {
        return Map.of("counts", counts, "window_seconds", windowSeconds);
    }

    @Override
    public Machine machine(Machine basis) {
        // It tells its version, and then ends as if that were an error.
        Processes.Finished told = Processes.finish(LIMIT, List.of("radvd", "--version"), "", Map.of());
        return basis.and("radvd", (told.text() + told.errors()).lines().findFirst().orElse("(says nothing)"));
    }

    @Override
    public List<String> labels() {
        return List.of(EACH, SHARED);
    }

    @Override
    public List<Trial<HostLimitsRun>> trials(Stage stage) {
        return List.of(
                new Trial<>(EACH, (run, _) -> grow(run, EACH, stage,
                        (host, folder) -> new OneEach(host, GATEWAY, folder))),
                new Trial<>(SHARED, (run, _) -> grow(run, SHARED, stage,
                        (host, folder) -> new OneForAll(host, GATEWAY, folder))));
    }

    private interface Opener {
        Announcer open(Node host, Path folder);
    }

    private List<HostLimitsRun> grow(int run, String trial, Stage stage, Opener opener) {
        List<HostLimitsRun> results = new ArrayList<>();
        try (Lab lab = Lab.open(stage.labs())) {
            Node host = lab.node("host");
            Node guests = lab.node("guests");
            lab.start();
            double kernelBeforeKb = Upkeep.kernelKb();
            Announcer announcer = opener.open(host, lab.folder().path().resolve("radvd"));
            Guests taps = new Guests(host, guests, GATEWAY.prefix(), nanoTicker);
            Deque<Double> staging = new ArrayDeque<>();
            int staged = 0;
            for (int count : counts) {
                stage.narrate(trial + ": " + count + " staged");
                while (staged < count) {
                    staged++;
                    taps.add(staged);
                    long fromNs = nanoTicker.getAsLong();
                    announcer.stage(staged, taps.tap(staged));
                    keepLast(staging, (nanoTicker.getAsLong() - fromNs) / NS_PER_MS);
                }
                results.add(look(run, trial, staged, staging, taps, announcer, kernelBeforeKb));
            }
            HostLimitsRun last = results.removeLast();
            results.add(withRemoval(last, announcer));
        }
        return results;
    }

    private HostLimitsRun look(int run, String trial, int staged, Deque<Double> staging, Guests guests,
            Announcer announcer, double kernelBeforeKb) {
        List<Double> formed = new ArrayList<>();
        for (int guest = Math.max(1, staged - LAST_FEW + 1); guest <= staged; guest++) {
            formed.add(guests.form(guest, new Patience(InstantSource.system()), FORMED_LIMIT));
        }
        Upkeep before = Upkeep.ofRadvd(announcer.folder());
        long packets = guests.packetsHeard();
        long fromNs = nanoTicker.getAsLong();
        Processes.run(LIMIT, List.of("sleep", windowSeconds));
        double seconds = (nanoTicker.getAsLong() - fromNs) / NS_PER_S;
        Upkeep after = Upkeep.ofRadvd(announcer.folder());
        return new HostLimitsRun(run, trial, staged, Machine.loadNow(), Sample.of(staging).median(),
                Sample.of(formed).median(), null, after.memoryKb() / KB_PER_MB, after.processes(),
                (after.ticks() - before.ticks()) / TICKS_PER_SECOND * MS_PER_S / seconds,
                (guests.packetsHeard() - packets) / seconds, (Upkeep.kernelKb() - kernelBeforeKb) / KB_PER_MB);
    }

    private HostLimitsRun withRemoval(HostLimitsRun run, Announcer announcer) {
        List<Double> removal = new ArrayList<>();
        for (int number = Math.max(1, run.staged() - LAST_FEW + 1); number <= run.staged(); number++) {
            long fromNs = nanoTicker.getAsLong();
            announcer.remove(number);
            removal.add((nanoTicker.getAsLong() - fromNs) / NS_PER_MS);
        }
        return new HostLimitsRun(run.run(), run.trial(), run.staged(), run.load(), run.stageMs(), run.formedMs(),
                Sample.of(removal).median(), run.radvdMb(), run.radvdProcesses(), run.radvdCpuMs(),
                run.advertisements(), run.kernelMb());
    }

    private static void keepLast(Deque<Double> values, double value) {
        values.addLast(value);
        if (values.size() > LAST_FEW) {
            values.removeFirst();
        }
    }

    @Override
    public Report report(List<HostLimitsRun> runs) {
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("nothing has been measured");
        }
        List<String> trials = runs.stream().map(HostLimitsRun::trial).distinct().toList();
        List<Block> blocks = new ArrayList<>();
        blocks.add(new Block.Text(
                "A host in a network namespace; for each VM a veth pair, whose far end forms addresses as a"
                        + " guest's interface does. Medians of the runs; of staging, forming and removing of the last "
                        + LAST_FEW + "."));
        for (String trial : trials) {
            blocks.add(table(trial, runs.stream().filter(run -> run.trial().equals(trial)).toList()));
        }
        blocks.add(figure("staging", "Time to stage one more", "ms", trials, runs, HostLimitsRun::stageMs));
        blocks.add(figure("memory", "Memory of radvd", "MB", trials, runs, HostLimitsRun::radvdMb));
        blocks.add(figure("advertisements", "Router advertisements", "a second", trials, runs,
                HostLimitsRun::advertisements));
        return new Report("How many staged interfaces one host carries", blocks);
    }

    private static Block.Table table(String trial, List<HostLimitsRun> runs) {
        List<List<String>> lines = new ArrayList<>();
        for (int staged : runs.stream().map(HostLimitsRun::staged).distinct().sorted().toList()) {
            List<HostLimitsRun> some = runs.stream().filter(run -> run.staged() == staged).toList();
            lines.add(List.of(Integer.toString(staged), Integer.toString(some.size()),
                    median(some, HostLimitsRun::stageMs), median(some, HostLimitsRun::formedMs),
                    median(some, HostLimitsRun::radvdMb), median(some, HostLimitsRun::radvdProcesses),
                    median(some, HostLimitsRun::radvdCpuMs), median(some, HostLimitsRun::advertisements),
                    median(some, HostLimitsRun::kernelMb), median(some, HostLimitsRun::load)));
        }
        String removal = runs.stream().map(HostLimitsRun::removeMs).filter(one -> one != null).map(Object::toString)
                .findFirst().isEmpty()
                        ? ""
                        : ". With most of them, to remove one took "
                                + median(runs.stream().filter(run -> run.removeMs() != null).toList(),
                                        HostLimitsRun::removeMs)
                                + " ms";
        return new Block.Table(trial + removal, List.of("staged", "n", "stage one, ms", "form an address, ms",
                "radvd, MB", "radvd processes", "radvd, ms of CPU a second", "RAs a second", "kernel, MB more",
                "load"), lines);
    }

    private static String median(List<HostLimitsRun> runs, ToDoubleFunction<HostLimitsRun> figure) {
        return String.format(Locale.ROOT, "%.1f",
                Sample.of(runs.stream().map(figure::applyAsDouble).toList()).median());
    }

    private static Block.Figure figure(String name, String title, String unit, List<String> trials,
            List<HostLimitsRun> runs, ToDoubleFunction<HostLimitsRun> figure) {
        return new Block.Figure(name, new LineChart(title, "staged", unit, false, trials.stream()
                .map(trial -> new Series(trial, false, runs.stream().filter(run -> run.trial().equals(trial))
                        .map(HostLimitsRun::staged).distinct().sorted()
                        .map(staged -> new Point(staged, Sample.of(runs.stream()
                                .filter(run -> run.trial().equals(trial) && run.staged() == staged)
                                .map(figure::applyAsDouble).toList()).median()))
                        .toList()))
                .toList()));
    }
}
