package org.godwit.lab.experiment.mirroring;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.godwit.lab.bench.Machine;
import org.godwit.lab.experiment.Experiment;
import org.godwit.lab.experiment.Report;
import org.godwit.lab.experiment.Stage;
import org.godwit.lab.experiment.Trial;
import org.godwit.planner.Switchover;
import org.godwit.planner.simulation.Memory;
import org.godwit.planner.simulation.Outcome;
import org.godwit.planner.simulation.Profile;
import org.godwit.planner.simulation.Setting;
import org.godwit.planner.simulation.SyntheticWorkload;

/** Every subject at every link speed, read in both units, and at every size. */
public final class MirroringExperiment implements Experiment<MirroringRun> {

    /** From "64 MB to 1024 MB"; the steps are ours. */
    static final List<Integer> SIZES = List.of(64, 128, 256, 512, Subject.TABLE_SIZE);

    /** Of Figures 5 and 6, for which the paper has none. */
    static final double SIZES_LINK_SPEED = 100;

    /**
     * The paper says nothing of what the VMs do. This guest makes pre-copy send 1.4 times the memory of the largest VM over 100
     * Mbit/s, as Table 1 has it; everything else follows.
     */
    private static final Profile PROFILE = new Profile(4600, 0.3, 0.2, 0.8, 0);
    private static final double WARM_UP_SECONDS = 60;

    @Override
    public About about() {
        return new About("mirroring",
                "Rajapackiyam, Subramanian, Arumugam: Live Migration of Virtual Machines using Mirroring Technique (2020)",
                10, 3);
    }

    @Override
    public Class<MirroringRun> shape() {
        return MirroringRun.class;
    }

    @Override
    public Map<String, Object> options() {
        return Map.of("workload", PROFILE.toString(), "warm_up_seconds", WARM_UP_SECONDS, "pre_copy",
                Subject.PRE_COPY.strategy().toString(), "lru", Subject.LRU.strategy().toString(), "mirroring",
                Subject.MIRRORING.strategy().toString(), "switchover", Switchover.TYPICAL.toString());
    }

    @Override
    public Machine machine(Machine basis) {
        // Nothing here is timed.
        return basis;
    }

    @Override
    public List<String> labels() {
        return trials().stream().map(Trial::label).toList();
    }

    @Override
    public List<Trial<MirroringRun>> trials(Stage stage) {
        return trials();
    }

    private static List<Trial<MirroringRun>> trials() {
        List<Trial<MirroringRun>> trials = new ArrayList<>();
        for (Subject subject : Subject.values()) {
            for (LinkUnit unit : LinkUnit.values()) {
                for (double speed : Subject.LINK_SPEEDS) {
                    trials.add(trial(subject, speed, unit, Subject.TABLE_SIZE));
                }
            }
            SIZES.stream().filter(size -> size != Subject.TABLE_SIZE)
                    .forEach(size -> trials.add(trial(subject, SIZES_LINK_SPEED, LinkUnit.MEGABITS, size)));
        }
        return trials;
    }

    private static Trial<MirroringRun> trial(Subject subject, double speed, LinkUnit unit, int size) {
        String label = "%s, %.0f %s, %d MB".formatted(subject, speed, unit, size);
        return new Trial<>(label, (run, seed) -> {
            Memory memory = Memory.ofMebibytes(size);
            Outcome outcome = subject.strategy().migrate(new Setting(memory, unit.link(speed), Switchover.TYPICAL),
                    new SyntheticWorkload(PROFILE, memory.pages(), -WARM_UP_SECONDS, seed));
            return List.of(new MirroringRun(run, label, seed, subject, speed, unit, size, outcome.totalSeconds(),
                    outcome.downtimeSeconds(), outcome.bytes(), outcome.bytes() / memory.bytes(),
                    outcome.controlSignals(), outcome.rounds(), outcome.isConverged()));
        });
    }

    @Override
    public Report report(List<MirroringRun> runs) {
        return new MirroringReport(runs).report();
    }
}
