package org.godwit.lab.experiment.sharedmemory;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.godwit.lab.bench.Machine;
import org.godwit.lab.bench.Sample;
import org.godwit.lab.experiment.Experiment;
import org.godwit.lab.experiment.Report;
import org.godwit.lab.experiment.Report.Block;
import org.godwit.lab.experiment.Stage;
import org.godwit.lab.experiment.Trial;
import org.godwit.lab.experiment.TrialTable;
import org.godwit.lab.experiment.TrialTable.Figure;
import org.godwit.lab.hypervisor.Qemu;
import org.godwit.lab.image.GuestImages;

/**
 * Memory that lies in a file is moved by a program outside of QEMU, which mirrors what the VM writes as well as stock parts let it:
 * it looks. QEMU moves the devices. Beside it, the same VM by QEMU's own pre-copy.
 */
public final class SharedMemoryExperiment implements Experiment<SharedMemoryRun> {

    private static final List<Integer> SIZES_MIB = List.of(256, 512, 1024, 2048);
    private static final int QUICK_SIZES = 2;
    private static final int BANDWIDTH_MBIT = 1000;

    private static final List<Figure<SharedMemoryRun>> FIGURES = List.of(
            new Figure<>("copy, until the VM runs at the target, ms", SharedMemoryRun::copyMs),
            new Figure<>("pause, ms", SharedMemoryRun::pauseMs),
            new Figure<>("of it: memory looked at and sent, ms", SharedMemoryRun::lastPassMs),
            new Figure<>("of it: QEMU's devices, ms", SharedMemoryRun::deviceMs),
            new Figure<>("of it: start at the target, ms", SharedMemoryRun::startMs),
            new Figure<>("sent, MB", SharedMemoryRun::sentMb),
            new Figure<>("passes while it ran", SharedMemoryRun::passes));

    private final List<Integer> sizesMib;
    private final int bandwidthMbit;

    public SharedMemoryExperiment() {
        this(SIZES_MIB, BANDWIDTH_MBIT);
    }

    SharedMemoryExperiment(List<Integer> sizesMib, int bandwidthMbit) {
        this.sizesMib = List.copyOf(sizesMib);
        this.bandwidthMbit = bandwidthMbit;
    }

    @Override
    public About about() {
        return new About("shared-memory", "Mirroring, by parts that there are", 5, 3);
    }

    @Override
    public Class<SharedMemoryRun> shape() {
        return SharedMemoryRun.class;
    }

    @Override
    public Experiment<SharedMemoryRun> quick() {
        return new SharedMemoryExperiment(sizesMib.subList(0, Math.min(QUICK_SIZES, sizesMib.size())), bandwidthMbit);
    }

    @Override
    public Map<String, Object> options() {
        return Map.of("memory_mib", sizesMib, "bandwidth_mbit", bandwidthMbit);
    }

    @Override
    public Machine machine(Machine basis) {
        return basis.and("hypervisor", Qemu.probe(GuestImages.standard()).toString());
    }

    private static String label(Copy copy, Load load, int mib) {
        return copy + ", " + load + ", " + mib + " MiB";
    }

    @Override
    public List<String> labels() {
        return sizesMib.stream()
                .flatMap(mib -> Stream.of(Load.values())
                        .flatMap(load -> Stream.of(Copy.values()).map(copy -> label(copy, load, mib))))
                .toList();
    }

    @Override
    public List<Trial<SharedMemoryRun>> trials(Stage stage) {
        Scene scene = stage.keep(new Scene(stage, bandwidthMbit));
        List<Trial<SharedMemoryRun>> trials = new ArrayList<>();
        for (int mib : sizesMib) {
            for (Load load : Load.values()) {
                for (Copy copy : Copy.values()) {
                    String label = label(copy, load, mib);
                    trials.add(new Trial<>(label, (run, _) -> List.of(scene.migrate(run, label, mib, load, copy))));
                }
            }
        }
        return trials;
    }

    @Override
    public Report report(List<SharedMemoryRun> runs) {
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("no migration has been measured");
        }
        Sample load = Sample.of(runs.stream().map(SharedMemoryRun::load).toList());
        List<Block> blocks = new ArrayList<>();
        blocks.add(new Block.Text(String.format(Locale.ROOT,
                "%d migrations. Load of the machine when they began: median %.1f, %.1f to %.1f. What is moved from outside was"
                        + " compared byte by byte while the VM stood still, which is in none of the times. QEMU ends its copy"
                        + " when what is left would take no more than %d ms; from outside it ends when a pass is no longer"
                        + " shorter than the one before.",
                runs.size(), load.median(), load.lowest(), load.highest(), Scene.PAUSE_MAX_MS)));
        runs.stream().map(run -> run.workload() + ", " + run.memoryMib() + " MiB").distinct().forEach(what -> {
            List<SharedMemoryRun> some = runs.stream()
                    .filter(run -> what.equals(run.workload() + ", " + run.memoryMib() + " MiB")).toList();
            blocks.add(TrialTable.of(what, some.stream().map(SharedMemoryRun::trial).distinct().sorted().toList(),
                    some, FIGURES));
        });
        return new Report("Memory that is moved from outside of QEMU", blocks);
    }
}
