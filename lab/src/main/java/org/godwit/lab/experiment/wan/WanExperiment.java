package org.godwit.lab.experiment.wan;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.godwit.lab.Host;
import org.godwit.lab.LabException;
import org.godwit.lab.LongLink;
import org.godwit.lab.Node;
import org.godwit.lab.VmSize;
import org.godwit.lab.bench.Landing;
import org.godwit.lab.bench.Machine;
import org.godwit.lab.bench.QemuEvents;
import org.godwit.lab.bench.Sample;
import org.godwit.lab.demo.TwoSites;
import org.godwit.lab.experiment.Experiment;
import org.godwit.lab.experiment.Report;
import org.godwit.lab.experiment.Stage;
import org.godwit.lab.experiment.Trial;
import org.godwit.lab.house.Meter;
import org.godwit.lab.hypervisor.Qemu;
import org.godwit.lab.image.GuestImages;
import org.godwit.lab.process.Processes;

/** One VM, there and back, while site b gets farther away. The peer is near site a. */
public final class WanExperiment implements Experiment<WanRun> {

    /**
     * A distance.
     *
     * @param delayMs one way
     * @param lossPercent with 1 % and 50 ms there and back, one TCP connection carries 3 Mbit/s and a copy takes minutes; so loss
     *        goes with a short way
     */
    public record Way(int delayMs, double lossPercent) {

        String label() {
            return String.format(Locale.ROOT, "%d ms, %.1f %% lost", delayMs, lossPercent);
        }
    }

    private static final List<Way> WAYS = List.of(new Way(0, 0), new Way(5, 0), new Way(25, 0), new Way(75, 0),
            new Way(5, 0.1), new Way(5, 1));
    /** Without those that take longest. */
    private static final List<Way> QUICK_WAYS = List.of(new Way(0, 0), new Way(25, 0), new Way(75, 0), new Way(5, 0.1));
    private static final Duration PROBE_INTERVAL = Duration.ofMillis(1);
    private static final Duration PING_LIMIT = Duration.ofSeconds(30);
    private static final Pattern REPLY = Pattern.compile("time=([0-9.]+) ms");
    private static final double PERCENT = 100;

    private final List<Way> ways;

    public WanExperiment() {
        this(WAYS);
    }

    public WanExperiment(List<Way> ways) {
        this.ways = List.copyOf(ways);
    }

    @Override
    public About about() {
        return new About("wan", "Watanabe et al., whose sites were on one campus", 5, 2);
    }

    @Override
    public Class<WanRun> shape() {
        return WanRun.class;
    }

    @Override
    public Experiment<WanRun> quick() {
        return new WanExperiment(QUICK_WAYS);
    }

    @Override
    public Map<String, Object> options() {
        return Map.of("ways", ways.stream().map(Way::label).toList(), "vm", VmSize.SMALL.toString());
    }

    @Override
    public Machine machine(Machine basis) {
        return basis.andHypervisor(Qemu.probe(GuestImages.standard()));
    }

    @Override
    public List<String> labels() {
        return ways.stream().map(Way::label).toList();
    }

    @Override
    public List<Trial<WanRun>> trials(Stage stage) {
        GuestImages images = GuestImages.standard();
        TwoSites scene = stage.keep(TwoSites.open(Qemu.probe(images), stage.labs(), images.guest(),
                new TwoSites.Plan(VmSize.SMALL, 0, TwoSites.Part.FAR), stage.work(), stage::narrate));
        stage.narrate("delay and loss by " + scene.siteB().longLink().means());
        Meter meter = stage.keep(Meter.start(scene.correspondent(), TwoSites.PEER_HOA, TwoSites.VM_HOA,
                PROBE_INTERVAL, stage.work()));
        return trials(scene, meter, stage);
    }

    /** In a scene with a far site that is there already, and measured. */
    public List<Trial<WanRun>> trials(TwoSites scene, Meter meter, Stage stage) {
        QemuEvents events = new QemuEvents(scene.hosts());
        LongLink link = scene.siteB().longLink();
        return ways.stream().map(way -> new Trial<>(way.label(), (run, seed) -> {
            link.set(Duration.ofMillis(way.delayMs()), way.lossPercent() / PERCENT, seed);
            try {
                return List.of(leg(run, way, scene, meter, events, scene.hostA(), scene.hostB()),
                        leg(run, way, scene, meter, events, scene.hostB(), scene.hostA()));
            } catch (LabException e) {
                scene.saveLogs(stage.work());
                throw e;
            }
        })).toList();
    }

    private static WanRun leg(int run, Way way, TwoSites scene, Meter meter, QemuEvents events, Host source,
            Host target) {
        Double pingMs = ping(source, target);
        String name = "run-" + run + "-" + way.label().replaceAll("[^0-9a-z]+", "-") + "to-" + target.name();
        Landing landing = Landing.of(meter, events, name, source, target,
                () -> scene.house().migrate(scene.vm().name(), target).ordered(target));
        return new WanRun(run, way.label(), way.delayMs(), way.lossPercent(), scene.siteB().longLink().means(),
                target.name().text(), landing.load(), pingMs, landing.pauseMs(),
                Landing.ms(landing.stopUs(), landing.askedUs()), Landing.ms(landing.askedUs(), landing.toldUs()),
                Landing.ms(landing.toldUs(), landing.sentUs()), Landing.ms(landing.sentUs(), landing.resumeUs()),
                Landing.ms(landing.resumeUs(), landing.heardUs()), landing.at().outageMs().vmToPeer(),
                landing.at().outageMs().peerToVm(), landing.at().tcp().stallMs(), landing.whole().tcp().survived(),
                landing.whole().lost().vmToPeer(), landing.whole().lost().peerToVm(), landing.allMs());
    }

    /** The median of ten. */
    static Double ping(Node from, Node to) {
        String said = Processes.finish(PING_LIMIT, from.enter(List.of("ping", "-6", "-n", "-c", "10", "-i", "0.2", "-W",
                "2", to.address().toCanonicalString())), "", Map.of()).text();
        List<Double> times = new ArrayList<>();
        Matcher reply = REPLY.matcher(said);
        while (reply.find()) {
            times.add(Double.valueOf(reply.group(1)));
        }
        return times.isEmpty() ? null : Double.valueOf(Sample.of(times).median());
    }

    @Override
    public Report report(List<WanRun> runs) {
        return new WanReport(runs).report();
    }
}
