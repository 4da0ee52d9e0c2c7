package org.godwit.lab.experiment.streaming;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.godwit.lab.Host;
import org.godwit.lab.LabException;
import org.godwit.lab.Node;
import org.godwit.lab.VmSize;
import org.godwit.lab.Workload;
import org.godwit.lab.bench.Landing;
import org.godwit.lab.bench.Machine;
import org.godwit.lab.bench.Passage;
import org.godwit.lab.bench.QemuEvents;
import org.godwit.lab.bench.Sample;
import org.godwit.lab.demo.TwoSites;
import org.godwit.lab.experiment.Experiment;
import org.godwit.lab.experiment.Report;
import org.godwit.lab.experiment.Report.Block;
import org.godwit.lab.experiment.Stage;
import org.godwit.lab.experiment.Trial;
import org.godwit.lab.experiment.TrialTable;
import org.godwit.lab.experiment.TrialTable.Figure;
import org.godwit.lab.experiment.watanabe.Scene;
import org.godwit.lab.experiment.watanabe.Subject;
import org.godwit.lab.hypervisor.Qemu;
import org.godwit.lab.image.GuestImages;
import org.godwit.lab.process.Processes;
import org.godwit.model.HomeAddress;

/** Two viewers of a film that a VM sends, by RTP and by HTTP, while it goes there and back. */
public final class StreamingExperiment implements Experiment<StreamingRun> {

    private static final List<Subject> SUBJECTS = List.of(Subject.GLOBAL, Subject.UNPREPARED, Subject.ORDINARY);
    private static final VmSize SIZE = new VmSize(384, 1);

    /** What the viewer by RTP has of the film before he shows it: what his jitter buffer is told. */
    private static final long RTP_BUFFER_US = 200_000;
    private static final long HTTP_BUFFER_US = 1_000_000;

    private static final Duration WINDOW = Duration.ofSeconds(4);

    private static final List<Figure<StreamingRun>> FIGURES = List.of(
            new Figure<>("RTP: pictures shown", StreamingRun::rtpFrames),
            new Figure<>("lost", StreamingRun::rtpLost), new Figure<>("late", StreamingRun::rtpLate),
            new Figure<>("longest freeze, ms", StreamingRun::rtpFrozenMs),
            new Figure<>("longest time without a picture, ms", StreamingRun::rtpSilentMs),
            new Figure<>("HTTP: pictures", StreamingRun::httpFrames),
            new Figure<>("rebufferings", StreamingRun::httpRebufferings),
            new Figure<>("rebuffered, ms in all", StreamingRun::httpRebufferedMs),
            new Figure<>("longest time without one, ms", StreamingRun::httpSilentMs),
            new Figure<>("pause (STOP to RESUME), ms", StreamingRun::pauseMs),
            new Figure<>("from the order to the pause, ms", StreamingRun::untilPauseMs));

    @Override
    public About about() {
        return new About("streaming", "Watanabe et al., section 6: streaming is future work", 5, 2);
    }

    @Override
    public Class<StreamingRun> shape() {
        return StreamingRun.class;
    }

    @Override
    public Map<String, Object> options() {
        return Map.of("vm", SIZE.toString(), "film", "H.264, 320 x 240, 25 pictures a second, 300 kbit/s", "buffer_ms",
                Map.of("rtp", RTP_BUFFER_US / 1000, "http", HTTP_BUFFER_US / 1000));
    }

    @Override
    public Machine machine(Machine basis) {
        return basis.andHypervisor(Qemu.probe(GuestImages.standard())).andVersionOf("gst-launch-1.0");
    }

    @Override
    public List<String> labels() {
        return SUBJECTS.stream().map(Subject::toString).toList();
    }

    @Override
    public List<Trial<StreamingRun>> trials(Stage stage) {
        GuestImages images = GuestImages.standard();
        stage.narrate("a film is made");
        Scene scene = stage.keep(Scene.open(Qemu.probe(images), stage.labs(), images.guest(),
                List.of(SIZE.memoryMib()), 0, Optional.of(film(stage.work())), stage.work(), stage::narrate));
        return SUBJECTS.stream().map(subject -> new Trial<>(subject.toString(),
                (run, _) -> {
                    try {
                        return List.of(leg(run, subject, scene), leg(run, subject, scene));
                    } catch (LabException e) {
                        scene.saveLogs();
                        throw e;
                    }
                })).toList();
    }

    /** What the VM needs to send the film, which is made in this folder. */
    public static Workload film(Path folder) {
        return LiveStream.of(folder, TwoSites.PEER_HOA);
    }

    /** By Godwit, in a scene whose VM has the {@link #film}. */
    public List<Trial<StreamingRun>> trials(TwoSites scene) {
        QemuEvents events = new QemuEvents(scene.hosts());
        return List.of(new Trial<>(Subject.GLOBAL.toString(),
                (run, _) -> List.of(leg(run, scene, events, scene.hostA(), scene.hostB()),
                        leg(run, scene, events, scene.hostB(), scene.hostA()))));
    }

    private static StreamingRun leg(int run, TwoSites scene, QemuEvents events, Host source, Host target) {
        return leg(run, Subject.GLOBAL, scene.correspondent(), TwoSites.VM_HOA, () -> Passage.of(events, source, target,
                scene.house().migrate(scene.vm().name(), target).ordered(target)));
    }

    private static StreamingRun leg(int run, Subject subject, Scene scene) {
        return leg(run, subject, scene.correspondent(), scene.hoa(subject, SIZE.memoryMib()),
                () -> scene.pass(subject, SIZE.memoryMib()));
    }

    private static StreamingRun leg(int run, Subject subject, Node viewersAt, HomeAddress vm,
            Supplier<Passage> migration) {
        double load = Machine.loadNow();
        try (Viewers viewers = Viewers.start(viewersAt, vm)) {
            Processes.rest(WINDOW);
            Passage passage = migration.get();
            viewers.awaitPictures(passage.resumeUs());
            Processes.rest(WINDOW);
            return of(run, subject.toString(), load, passage, viewers.byRtp(), viewers.byHttp());
        }
    }

    static StreamingRun of(int run, String trial, double load, Passage passage, List<Frame> byRtp,
            List<Frame> byHttp) {
        Playout.Live live = Playout.live(byRtp, RTP_BUFFER_US);
        Playout.Patient patient = Playout.patient(byHttp, HTTP_BUFFER_US);
        return new StreamingRun(run, trial, passage.target(), load, passage.pauseMs(), passage.untilPauseMs(),
                live.shown(), live.lost(), live.late(),
                live.frozenMs(), silentMs(byRtp), patient.shown(), patient.rebufferings(), patient.rebufferedMs(),
                silentMs(byHttp));
    }

    private static double silentMs(List<Frame> frames) {
        return IntStream.range(1, frames.size())
                .mapToDouble(each -> Landing.ms(frames.get(each - 1).atUs(), frames.get(each).atUs())).max().orElse(0);
    }

    @Override
    public Report report(List<StreamingRun> runs) {
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("no migration has been measured");
        }
        Sample load = Sample.of(runs.stream().map(StreamingRun::load).toList());
        return new Report("A film while its server migrates",
                List.of(new Block.Text(String.format(Locale.ROOT,
                        "%d migrations, there and back, of a VM that sends a film (25 pictures a second) to two viewers. The"
                                + " one by RTP has %d ms of it before he shows the first picture, and then shows each when it"
                                + " is due or not at all; the one by HTTP has %d ms, and waits for so much again when he has"
                                + " nothing left. Load of the machine when they began: median %.1f, %.1f to %.1f.",
                        runs.size(), RTP_BUFFER_US / 1000, HTTP_BUFFER_US / 1000, load.median(), load.lowest(),
                        load.highest())),
                        TrialTable.of("Pictures", SUBJECTS.stream().map(Subject::toString).toList(), runs, FIGURES)));
    }
}
