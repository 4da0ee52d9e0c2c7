package org.godwit.lab.experiment.watanabe;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.godwit.lab.bench.Machine;
import org.godwit.lab.demo.TwoSites;
import org.godwit.lab.experiment.Experiment;
import org.godwit.lab.experiment.Report;
import org.godwit.lab.experiment.Stage;
import org.godwit.lab.experiment.Trial;
import org.godwit.lab.hypervisor.Qemu;
import org.godwit.lab.image.GuestImage;
import org.godwit.lab.image.GuestImages;

/** Table 2: T_DW and T_ALL by memory, link and kind of migration, all in one lab. A turn is a way there and back. */
public final class WatanabeExperiment implements Experiment<WatanabeRun> {

    /** The paper's, but for those in which this guest has no room: its files alone, unpacked in memory, are 75 MiB. */
    private static final List<Integer> SIZES_MIB = List.of(256, 512);
    private static final List<Integer> BANDWIDTHS_MBIT = List.of(100, 1000);

    private final List<Integer> sizesMib;
    private final List<Integer> bandwidthsMbit;

    public WatanabeExperiment() {
        this(SIZES_MIB, BANDWIDTHS_MBIT);
    }

    public WatanabeExperiment(List<Integer> sizesMib, List<Integer> bandwidthsMbit) {
        this.sizesMib = List.copyOf(sizesMib);
        this.bandwidthsMbit = List.copyOf(bandwidthsMbit);
    }

    @Override
    public About about() {
        return new About("watanabe-table2",
                "Watanabe et al., A Performance Improvement Method for the Global Live Migration of Virtual Machine with IP"
                        + " Mobility, Table 2 and Figure 4: means of three, Xen 3.2, probe 0.2 s",
                5, 2);
    }

    @Override
    public Class<WatanabeRun> shape() {
        return WatanabeRun.class;
    }

    /** With what is booted before, and the turn that has just begun, half an hour. */
    @Override
    public Duration quickLimit() {
        return Duration.ofMinutes(27);
    }

    @Override
    public Map<String, Object> options() {
        return Map.of("memory_mib", sizesMib, "bandwidth_mbit", bandwidthsMbit, "downtime_limit",
                "of every kind as by the host agent");
    }

    @Override
    public Machine machine(Machine basis) {
        return basis.andHypervisor(Qemu.probe(GuestImages.standard()));
    }

    private static String label(Subject subject, int sizeMib, int mbit) {
        return "%s, %d MiB, %d Mbit/s".formatted(subject, sizeMib, mbit);
    }

    @Override
    public List<String> labels() {
        return bandwidthsMbit.stream()
                .flatMap(bandwidth -> sizesMib.stream()
                        .flatMap(size -> Stream.of(Subject.values()).map(subject -> label(subject, size, bandwidth))))
                .toList();
    }

    @Override
    public List<Trial<WatanabeRun>> trials(Stage stage) {
        GuestImages images = GuestImages.standard();
        return trials(stage.keep(Scene.open(Qemu.probe(images), stage.labs(), images.guest(), sizesMib,
                bandwidthsMbit.getFirst(), Optional.empty(), stage.work(), stage::narrate)));
    }

    /**
     * In a scene that is there already, whose VM is the first of the smallest size. An ordinary migration needs a neighbour, and
     * nobody else may measure at the correspondent meanwhile.
     */
    public List<Trial<WatanabeRun>> trials(TwoSites sites, GuestImage image, Stage stage) {
        return trials(new Scene(sites, Optional.empty(), image, sizesMib, stage.work(), stage::narrate));
    }

    private List<Trial<WatanabeRun>> trials(Scene scene) {
        List<Trial<WatanabeRun>> trials = new ArrayList<>();
        for (int bandwidth : bandwidthsMbit) {
            for (int size : sizesMib) {
                for (Subject subject : Subject.values()) {
                    String label = label(subject, size, bandwidth);
                    trials.add(new Trial<>(label,
                            (run, _) -> scene.fly(run, label, subject, size, bandwidth)));
                }
            }
        }
        return trials;
    }

    @Override
    public Report report(List<WatanabeRun> runs) {
        return new WatanabeReport(runs).report();
    }
}
