package org.godwit.lab.experiment.postcopy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.godwit.lab.Host;
import org.godwit.lab.LabException;
import org.godwit.lab.VmSize;
import org.godwit.lab.bench.Landing;
import org.godwit.lab.bench.Machine;
import org.godwit.lab.bench.Sample;
import org.godwit.lab.demo.TwoSites;
import org.godwit.lab.experiment.Experiment;
import org.godwit.lab.experiment.Report;
import org.godwit.lab.experiment.Report.Block;
import org.godwit.lab.experiment.Stage;
import org.godwit.lab.experiment.Trial;
import org.godwit.lab.experiment.TrialTable;
import org.godwit.lab.experiment.TrialTable.Figure;
import org.godwit.lab.hypervisor.Qemu;
import org.godwit.lab.image.GuestImages;
import org.godwit.lab.meter.Measurement.Edges;
import org.godwit.lab.report.Flight;
import org.godwit.model.Strategy;
import org.godwit.protocol.rest.Resources;

/** One VM by each strategy, there and back, over a slow and a fast link. */
public final class PostCopyExperiment implements Experiment<PostCopyRun> {

    private static final List<Integer> BANDWIDTHS_MBIT = List.of(100, 1000);
    private static final List<Strategy> STRATEGIES = List.of(Strategy.PRE_COPY, Strategy.HYBRID_COPY,
            Strategy.POST_COPY);
    private static final double BYTES_PER_MB = 1e6;

    private static final List<Figure<PostCopyRun>> FIGURES = List.of(
            new Figure<>("T_ALL: until the VM is heard at the target, ms", PostCopyRun::heardMs),
            new Figure<>("copy, until all memory is there, ms", PostCopyRun::copyMs),
            new Figure<>("pause, ms", PostCopyRun::pauseMs),
            new Figure<>("outage, VM to peer, ms", PostCopyRun::outageVmToPeerMs),
            new Figure<>("outage, peer to VM, ms", PostCopyRun::outagePeerToVmMs),
            new Figure<>("TCP longest stall, ms", PostCopyRun::tcpStallMs),
            new Figure<>("UDP probes lost, VM to peer", PostCopyRun::lostVmToPeer),
            new Figure<>("UDP probes lost, peer to VM", PostCopyRun::lostPeerToVm),
            new Figure<>("iterations", PostCopyRun::iterations), new Figure<>("sent, MB", PostCopyRun::sentMb),
            new Figure<>("pages that the VM waited for", PostCopyRun::pageRequests));

    private final List<Integer> bandwidthsMbit;

    public PostCopyExperiment() {
        this(BANDWIDTHS_MBIT);
    }

    public PostCopyExperiment(List<Integer> bandwidthsMbit) {
        this.bandwidthsMbit = List.copyOf(bandwidthsMbit);
    }

    @Override
    public About about() {
        return new About("postcopy", "Watanabe et al., section 6: post-copy is future work", 5, 2);
    }

    @Override
    public Class<PostCopyRun> shape() {
        return PostCopyRun.class;
    }

    @Override
    public Map<String, Object> options() {
        return Map.of("bandwidth_mbit", bandwidthsMbit, "vm", VmSize.SMALL.toString());
    }

    @Override
    public Machine machine(Machine basis) {
        return basis.andHypervisor(Qemu.probe(GuestImages.standard()));
    }

    @Override
    public List<String> labels() {
        return bandwidthsMbit.stream()
                .flatMap(mbit -> STRATEGIES.stream().map(strategy -> label(strategy, mbit))).toList();
    }

    @Override
    public List<Trial<PostCopyRun>> trials(Stage stage) {
        GuestImages images = GuestImages.standard();
        TwoSites scene = stage.keep(TwoSites.open(Qemu.probe(images), stage.labs(), images.guest(),
                new TwoSites.Plan(VmSize.SMALL, bandwidthsMbit.getFirst()), stage.work(), stage::narrate));
        scene.measure(stage.work());
        return trials(scene, stage);
    }

    private static String label(Strategy strategy, int mbit) {
        return strategy.word() + ", " + mbit + " Mbit/s";
    }

    /** In a scene that is there already, and measured. */
    public List<Trial<PostCopyRun>> trials(TwoSites scene, Stage stage) {
        List<Trial<PostCopyRun>> trials = new ArrayList<>();
        for (int mbit : bandwidthsMbit) {
            for (Strategy strategy : STRATEGIES) {
                String label = label(strategy, mbit);
                trials.add(new Trial<>(label, (run, _) -> {
                    Stream.of(scene.hostA(), scene.hostB()).forEach(host -> host.limit(mbit));
                    try {
                        return List.of(leg(run, label, strategy, mbit, scene, scene.hostB()),
                                leg(run, label, strategy, mbit, scene, scene.hostA()));
                    } catch (LabException e) {
                        scene.saveLogs(stage.work());
                        throw e;
                    }
                }));
            }
        }
        return trials;
    }

    private static PostCopyRun leg(int run, String label, Strategy strategy, int mbit, TwoSites scene, Host target) {
        double load = Machine.loadNow();
        Flight flight = scene.fly(target, "--strategy", strategy.word());
        Resources.Report report = scene.house().report(flight.migration().id());
        return new PostCopyRun(run, label, strategy.word(), mbit, target.name().text(), load, heardMs(flight),
                report.copyMs(), report.vmDowntimeMs(), flight.measurement().outageMs().vmToPeer(),
                flight.measurement().outageMs().peerToVm(), flight.measurement().tcp().stallMs(),
                flight.measurement().tcp().survived(), flight.measurement().lost().vmToPeer(),
                flight.measurement().lost().peerToVm(), number(report.iterations()),
                report.bytesTransferred() == null ? null : report.bytesTransferred() / BYTES_PER_MB,
                number(report.postCopyRequests()));
    }

    private static Double heardMs(Flight flight) {
        Edges edges = flight.measurement().edges();
        return edges == null
                ? null
                : Landing.ms(Landing.micros(Instant.parse(flight.migration().createdAt())),
                        Math.max(edges.vmToPeerEndUs(), edges.peerToVmEndUs()));
    }

    private static Double number(Number number) {
        return number == null ? null : Double.valueOf(number.doubleValue());
    }

    @Override
    public Report report(List<PostCopyRun> runs) {
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("no migration has been measured");
        }
        long broken = runs.stream().filter(run -> !run.tcpSurvived()).count();
        Sample load = Sample.of(runs.stream().map(PostCopyRun::load).toList());
        List<Block> blocks = new ArrayList<>();
        blocks.add(new Block.Text(String.format(Locale.ROOT,
                "%d global migrations of one VM, there and back. TCP connection broken in %d. Load of the machine when they"
                        + " began: median %.1f, %.1f to %.1f. The VM has its probes to send and nothing else to do.",
                runs.size(), broken, load.median(), load.lowest(), load.highest())));
        runs.stream().map(PostCopyRun::bandwidthMbit).distinct().sorted().forEach(mbit -> {
            List<PostCopyRun> some = runs.stream().filter(run -> run.bandwidthMbit() == mbit).toList();
            blocks.add(TrialTable.of(mbit + " Mbit/s",
                    some.stream().map(PostCopyRun::trial).distinct().sorted().toList(), some, FIGURES));
        });
        return new Report("Memory after the VM", blocks);
    }
}
