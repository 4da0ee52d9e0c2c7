package org.godwit.lab.experiment.meter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.godwit.lab.Correspondent;
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
import org.godwit.lab.house.Meter;
import org.godwit.lab.meter.Measurement;
import org.godwit.lab.process.Processes;
import org.godwit.model.HomeAddress;

/** How far off the outage meter is: silences of several lengths, of which the sender itself tells how long they were. */
public final class MeterExperiment implements Experiment<MeterRun> {

    private static final Duration PROBE_INTERVAL = Duration.ofMillis(1);
    /** Of undisturbed traffic, before and after. */
    private static final String MARGIN_SECONDS = "0.3";
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final List<Double> silencesMs;

    public MeterExperiment() {
        this(List.of(0.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0));
    }

    /** @param silencesMs zero for none */
    MeterExperiment(List<Double> silencesMs) {
        this.silencesMs = List.copyOf(silencesMs);
    }

    @Override
    public About about() {
        return new About("meter", "Watanabe et al., whose outage is the longest gap between pings 0.2 s apart", 20, 3);
    }

    @Override
    public Class<MeterRun> shape() {
        return MeterRun.class;
    }

    @Override
    public Map<String, Object> options() {
        return Map.of("probe_interval_us", PROBE_INTERVAL.toNanos() / 1000, "margin_seconds", MARGIN_SECONDS);
    }

    @Override
    public Machine machine(Machine basis) {
        return basis;
    }

    @Override
    public List<String> labels() {
        return silencesMs.stream().map(MeterExperiment::label).toList();
    }

    @Override
    public List<Trial<MeterRun>> trials(Stage stage) {
        stage.narrate("two nodes with the internet between them, the meter on one");
        Lab lab = stage.keep(Lab.open(stage.labs()));
        Correspondent peer = lab.correspondent("cn");
        Node vm = lab.node("vm");
        lab.start();
        SilentSender sender = stage.keep(new SilentSender(vm, peer));
        Meter meter = stage.keep(Meter.start(peer, addressOf(peer), addressOf(vm), PROBE_INTERVAL, stage.work()));
        return silencesMs.stream().map(silence -> trial(silence, meter, sender)).toList();
    }

    private static String label(double orderedMs) {
        return String.format(Locale.ROOT, "silence of %.0f ms", orderedMs);
    }

    private static Trial<MeterRun> trial(double orderedMs, Meter meter, SilentSender sender) {
        String label = label(orderedMs);
        return new Trial<>(label, (run, _) -> {
            String window = String.format(Locale.ROOT, "run-%d-silence-%.0f", run, orderedMs);
            meter.begin(window);
            sender.begin();
            margin();
            if (orderedMs > 0) {
                sender.silence(orderedMs);
            }
            margin();
            SilentSender.Silences known = sender.end(window);
            Measurement measured = meter.end(window);
            return List.of(new MeterRun(run, label, orderedMs, known.vmToPeerMs(), measured.outageMs().vmToPeer(),
                    known.peerToVmMs(), measured.outageMs().peerToVm()));
        });
    }

    @Override
    public Report report(List<MeterRun> runs) {
        List<List<String>> lines = new ArrayList<>();
        for (double ordered : silencesMs) {
            List<MeterRun> some = runs.stream().filter(run -> run.orderedMs() == ordered).toList();
            lines.add(line(String.format(Locale.ROOT, "%.0f ms, VM to peer", ordered), some,
                    MeterRun::knownVmToPeerMs, MeterRun::errorVmToPeerMs));
            lines.add(line(String.format(Locale.ROOT, "%.0f ms, peer to VM", ordered), some,
                    MeterRun::knownPeerToVmMs, MeterRun::errorPeerToVmMs));
        }
        return new Report("How far off the outage meter is", List.of(
                new Block.Text(
                        "A sender in the place of the VM is silent when told, and tells by its own clock how long it was,"
                                + " from its last datagram before to its first after. The error is what the meter says of the same"
                                + " silence, less that. Probes are 1 ms apart; the paper's are 200 ms apart, and a gap between pings is"
                                + " off by up to that. The silence of 0 ms is traffic without one: its gaps are what this machine"
                                + " does to a thread that wants to run every millisecond, on either side."),
                new Block.Table("Error of the meter by the length of the silence",
                        List.of("ordered", "n", "known, median ms",
                                "error, median ms", "lowest", "highest", "within one probe interval"),
                        lines),
                new Block.Figure("outage", chart(runs))));
    }

    private static List<String> line(String what, List<MeterRun> runs, ToDoubleFunction<MeterRun> known,
            ToDoubleFunction<MeterRun> error) {
        Sample errors = Sample.of(runs.stream().map(error::applyAsDouble).toList());
        double interval = PROBE_INTERVAL.toNanos() / 1e6;
        long within = errors.values().stream().filter(one -> Math.abs(one) <= interval).count();
        return List.of(what, Integer.toString(errors.n()),
                number(Sample.of(runs.stream().map(known::applyAsDouble).toList()).median()), number(errors.median()),
                number(errors.lowest()), number(errors.highest()), within + " of " + errors.n());
    }

    private static LineChart chart(List<MeterRun> runs) {
        return new LineChart("Outage of every run, VM to peer", "known, ms", "measured, ms", true,
                List.of(new Series("measured", false, ascending(runs, MeterRun::measuredVmToPeerMs)),
                        new Series("known", true, ascending(runs, MeterRun::knownVmToPeerMs))));
    }

    private static List<Point> ascending(List<MeterRun> runs, ToDoubleFunction<MeterRun> figure) {
        return runs.stream().sorted((one, other) -> Double.compare(one.knownVmToPeerMs(), other.knownVmToPeerMs()))
                .map(run -> new Point(run.knownVmToPeerMs(), figure.applyAsDouble(run))).toList();
    }

    private static String number(double ms) {
        return String.format(Locale.ROOT, "%.3f", ms);
    }

    private static HomeAddress addressOf(Node node) {
        return HomeAddress.of(node.address().toCanonicalString());
    }

    private static void margin() {
        Processes.run(LIMIT, List.of("sleep", MARGIN_SECONDS));
    }
}
