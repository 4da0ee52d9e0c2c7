package org.godwit.lab.experiment.degradation;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.godwit.lab.Host;
import org.godwit.lab.LabException;
import org.godwit.lab.VmSize;
import org.godwit.lab.Workload;
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
import org.godwit.lab.experiment.degradation.Requests.Rate;
import org.godwit.lab.hypervisor.Qemu;
import org.godwit.lab.image.GuestImages;
import org.godwit.lab.process.Processes;

/** A Redis in the VM under load, there and back: to the other site by Godwit, and to a neighbour by libvirt alone. */
public final class DegradationExperiment implements Experiment<DegradationRun> {

    private static final String GLOBAL = "global, Godwit";
    private static final String ORDINARY = "ordinary";

    /** Debian's server is the same program as the one that checks its files, and goes by the name it is called by. */
    private static final Path SERVER = Path.of("/usr/bin/redis-check-rdb");
    public static final Workload REDIS = new Workload(
            """
                    ln -sf %s /bin/redis-server
                    exec redis-server --save '' --appendonly no --protected-mode no --maxmemory 32mb --maxmemory-policy allkeys-lru
                    """
                    .formatted(SERVER),
            List.of(SERVER), Map.of());
    private static final VmSize SIZE = new VmSize(384, 1);

    private static final Duration WINDOW = Duration.ofSeconds(5);
    private static final long WINDOW_US = WINDOW.toNanos() / 1000;
    private static final long SETTLING_US = 1_000_000;

    private static final List<Figure<DegradationRun>> FIGURES = List.of(
            new Figure<>("answered a second, before", DegradationRun::before),
            new Figure<>("from the order to the pause", DegradationRun::copying),
            new Figure<>("after it has landed", DegradationRun::after),
            new Figure<>("meanwhile, % of before", run -> percent(run.copying(), run.before())),
            new Figure<>("after, % of before", run -> percent(run.after(), run.before())),
            new Figure<>("fewer than half as many as before, ms in all", DegradationRun::disturbedMs),
            new Figure<>("pause (STOP to RESUME), ms", DegradationRun::pauseMs),
            new Figure<>("from the order to the pause, ms", DegradationRun::untilPauseMs));

    @Override
    public About about() {
        return new About("degradation",
                "Kapil et al., Live Virtual Machine Migration Techniques: Survey and Research Challenges, whose sixth metric it is",
                5, 2);
    }

    @Override
    public Class<DegradationRun> shape() {
        return DegradationRun.class;
    }

    @Override
    public Map<String, Object> options() {
        return Map.of("vm", SIZE.toString(), "load", "redis-benchmark, 4 connections, SET of 1 KiB, 10000 keys");
    }

    @Override
    public Machine machine(Machine basis) {
        return basis.andHypervisor(Qemu.probe(GuestImages.standard())).andVersionOf("redis-benchmark");
    }

    @Override
    public List<String> labels() {
        return List.of(GLOBAL, ORDINARY);
    }

    @Override
    public List<Trial<DegradationRun>> trials(Stage stage) {
        GuestImages images = GuestImages.standard();
        TwoSites scene = stage.keep(TwoSites.open(Qemu.probe(images), stage.labs(), images.guest(),
                new TwoSites.Plan(SIZE, 0, Optional.of(REDIS), Set.of(TwoSites.Part.NEIGHBOUR)), stage.work(),
                stage::narrate));
        return trials(scene, stage);
    }

    /** In a scene whose VM has {@link #REDIS}. An ordinary migration needs a neighbour. */
    public List<Trial<DegradationRun>> trials(TwoSites scene, Stage stage) {
        QemuEvents events = new QemuEvents(scene.hosts());
        return List.of(
                new Trial<>(GLOBAL, (run, _) -> turn(run, GLOBAL, scene, events, scene.hostB(), stage)),
                new Trial<>(ORDINARY, (run, _) -> turn(run, ORDINARY, scene, events, scene.neighbour(), stage)));
    }

    private static List<DegradationRun> turn(int run, String trial, TwoSites scene, QemuEvents events, Host away,
            Stage stage) {
        Host home = scene.hostA();
        try (Requests requests = Requests.start(scene.correspondent(), TwoSites.VM_HOA)) {
            return List.of(leg(run, trial, scene, events, requests, home, away),
                    leg(run, trial, scene, events, requests, away, home));
        } catch (LabException e) {
            scene.saveLogs(stage.work());
            throw e;
        }
    }

    private static DegradationRun leg(int run, String trial, TwoSites scene, QemuEvents events, Requests requests,
            Host source, Host target) {
        double load = Machine.loadNow();
        Processes.rest(WINDOW);
        Instant ordered = move(trial, scene, source, target);
        Processes.rest(WINDOW);
        return of(run, trial, load, requests.rates(), Passage.of(events, source, target, ordered));
    }

    private static Instant move(String trial, TwoSites scene, Host source, Host target) {
        return trial.equals(GLOBAL)
                ? scene.house().migrate(scene.vm().name(), target).ordered(target)
                : source.migrateByLibvirt(scene.vm().name().text(), target, List.of());
    }

    /** @throws LabException when the load generator said nothing in one of the three times */
    static DegradationRun of(int run, String trial, double load, List<Rate> rates, Passage passage) {
        long orderedUs = passage.orderedUs();
        double before = mean(rates, rate -> rate.atUs() >= orderedUs - WINDOW_US && rate.atUs() < orderedUs);
        long disturbed = rates.stream().filter(rate -> rate.atUs() >= orderedUs && rate.perSecond() < before / 2)
                .count();
        return new DegradationRun(run, trial, passage.target(), load, before,
                mean(rates, rate -> rate.atUs() >= orderedUs && rate.atUs() < passage.stopUs()),
                mean(rates, rate -> rate.atUs() >= passage.resumeUs() + SETTLING_US),
                disturbed * Requests.INTERVAL_MS, passage.pauseMs(), passage.untilPauseMs());
    }

    private static double mean(List<Rate> rates, Predicate<Rate> when) {
        return rates.stream().filter(when).mapToDouble(Rate::perSecond).average()
                .orElseThrow(() -> new LabException("the load generator said nothing for a while"));
    }

    private static Double percent(double part, double whole) {
        return whole == 0 ? null : Double.valueOf(100 * part / whole);
    }

    @Override
    public Report report(List<DegradationRun> runs) {
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("no migration has been measured");
        }
        Sample load = Sample.of(runs.stream().map(DegradationRun::load).toList());
        List<String> trials = runs.stream().map(DegradationRun::trial).distinct().sorted().toList();
        return new Report("An application while its VM migrates",
                List.of(new Block.Text(String.format(Locale.ROOT,
                        "%d migrations, there and back, of a VM whose Redis is kept busy by four connections from the"
                                + " correspondent. Load of the machine when they began: median %.1f, %.1f to %.1f.",
                        runs.size(), load.median(), load.lowest(), load.highest())),
                        TrialTable.of("Requests", trials, runs, FIGURES)));
    }
}
