package org.godwit.lab.experiment.amvm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.godwit.lab.Host;
import org.godwit.lab.LabException;
import org.godwit.lab.Vm;
import org.godwit.lab.VmSize;
import org.godwit.lab.Workload;
import org.godwit.lab.bench.Machine;
import org.godwit.lab.demo.TwoSites;
import org.godwit.lab.experiment.Experiment;
import org.godwit.lab.experiment.Report;
import org.godwit.lab.experiment.Stage;
import org.godwit.lab.experiment.Trial;
import org.godwit.lab.hypervisor.Qemu;
import org.godwit.lab.image.GuestImages;
import org.godwit.model.HomeAddress;
import org.godwit.model.Strategy;
import org.godwit.protocol.rest.Resources;

/** VMs of different sizes and with different things to do, by each strategy, there and back. */
public final class AmvmCopyExperiment implements Experiment<AmvmCopyRun> {

    private static final List<Integer> SIZES_MIB = List.of(256, 1024, 4096);
    /** For the guests' emulators and all that is not a VM. */
    private static final int HOUSE_MIB = 3072;
    /** What a VM serves that is told what to do. */
    public static final Workload LOADS = Load.TOLD_BY_CALLERS;

    private static final List<Strategy> STRATEGIES = List.of(Strategy.PRE_COPY, Strategy.HYBRID_COPY,
            Strategy.POST_COPY, Strategy.SUSPENDED);
    private static final int MBIT = 1000;
    private static final double BYTES_PER_MB = 1e6;

    /** A VM, and how it is called by others. */
    private record Traveller(Vm vm, HomeAddress hoa) {}

    private final List<Integer> sizesMib;

    public AmvmCopyExperiment() {
        this(SIZES_MIB);
    }

    AmvmCopyExperiment(List<Integer> sizesMib) {
        this.sizesMib = List.copyOf(sizesMib);
    }

    @Override
    public About about() {
        return new About("amvm-copy", "AMVM, section 5 and Figures 8 to 11, VMs of 1 to 4 GB", 10, 1);
    }

    @Override
    public Class<AmvmCopyRun> shape() {
        return AmvmCopyRun.class;
    }

    /** Without the largest size. */
    @Override
    public Experiment<AmvmCopyRun> quick() {
        return new AmvmCopyExperiment(sizesMib.subList(0, sizesMib.size() - 1));
    }

    @Override
    public Map<String, Object> options() {
        return Map.of("memory_mib", sizesMib, "bandwidth_mbit", MBIT);
    }

    @Override
    public Machine machine(Machine basis) {
        return basis.andHypervisor(Qemu.probe(GuestImages.standard()));
    }

    @Override
    public List<String> labels() {
        return Stream.of(Load.values())
                .flatMap(load -> sizesMib.stream()
                        .flatMap(size -> STRATEGIES.stream().map(strategy -> label(load, size, strategy))))
                .toList();
    }

    @Override
    public List<Trial<AmvmCopyRun>> trials(Stage stage) {
        GuestImages images = GuestImages.standard();
        TwoSites scene = stage.keep(TwoSites.open(Qemu.probe(images), stage.labs(), images.guest(),
                new TwoSites.Plan(new VmSize(sizesMib.getFirst(), 1), MBIT, Optional.of(LOADS),
                        Set.of(TwoSites.Part.SHARED_DISK)),
                stage.work(), stage::narrate));
        Map<Integer, Traveller> travellers = new LinkedHashMap<>();
        travellers.put(sizesMib.getFirst(), new Traveller(scene.vm(), TwoSites.VM_HOA));
        int room = Machine.memoryAvailableMib() - HOUSE_MIB;
        for (int size : sizesMib.subList(1, sizesMib.size())) {
            // A VM that moves is in two places.
            if (2 * size > room) {
                stage.narrate("a VM of " + size + " MiB is left out: there is room for " + room / 2 + " MiB");
                break;
            }
            room -= size;
            stage.narrate("a VM of " + size + " MiB boots");
            Traveller next = new Traveller(scene.lab().vm("vm" + size).size(new VmSize(size, 1))
                    .talksTo(TwoSites.PEER_HOA).sharedDisk(TwoSites.DISK_MIB).serves(LOADS),
                    HomeAddress.of("2001:db8:face::1%d".formatted(travellers.size())));
            next.vm().boot(scene.hostA(), images.guest());
            scene.house().know(next.vm(), scene.hostA(), next.hoa());
            travellers.put(size, next);
        }
        return trials(scene, travellers, stage);
    }

    /** In a scene whose VM has {@link #LOADS}; one of them needs a disk that all hosts reach. */
    public List<Trial<AmvmCopyRun>> trials(TwoSites scene, int memoryMib, Stage stage) {
        return trials(scene, Map.of(memoryMib, new Traveller(scene.vm(), TwoSites.VM_HOA)), stage);
    }

    private List<Trial<AmvmCopyRun>> trials(TwoSites scene, Map<Integer, Traveller> travellers, Stage stage) {
        List<Trial<AmvmCopyRun>> trials = new ArrayList<>();
        for (Load load : Load.values()) {
            travellers.forEach((size, traveller) -> {
                for (Strategy strategy : STRATEGIES) {
                    String label = label(load, size, strategy);
                    trials.add(new Trial<>(label, (run, _) -> {
                        try {
                            load.tell(scene.correspondent(), traveller.hoa());
                            return List.of(leg(run, label, load, size, strategy, scene, traveller, scene.hostB()),
                                    leg(run, label, load, size, strategy, scene, traveller, scene.hostA()));
                        } catch (LabException e) {
                            scene.saveLogs(stage.work());
                            throw e;
                        } finally {
                            // The VMs that nobody looks at have nothing to do.
                            Load.EMPTY.tell(scene.correspondent(), traveller.hoa());
                        }
                    }));
                }
            });
        }
        return trials;
    }

    private static String label(Load load, int sizeMib, Strategy strategy) {
        return "%s, %d MiB, %s".formatted(load, sizeMib, strategy.word());
    }

    private static AmvmCopyRun leg(int run, String label, Load load, int size, Strategy strategy, TwoSites scene,
            Traveller traveller, Host target) {
        double machineLoad = Machine.loadNow();
        Resources.MigrationPlan plan = scene.house().migrate(traveller.vm().name(), target, "--plan")
                .as(Resources.MigrationPlan.class);
        Optional<Resources.Option> forecast = plan.options().stream()
                .filter(option -> option.strategy().equals(strategy.word())).findFirst();
        Optional<Resources.Inputs> inputs = Optional.ofNullable(plan.forecast().inputs());
        Resources.Migration migration = scene.house()
                .migrate(traveller.vm().name(), target, "--strategy", strategy.word()).arrival(target);
        Resources.Report report = scene.house().report(migration.id());
        return new AmvmCopyRun(run, label, load.toString(), size, strategy.word(), target.name().text(), machineLoad,
                report.copyMs(), report.vmDowntimeMs(), report.bytesTransferred() / BYTES_PER_MB,
                megabytes(Optional.ofNullable(report.bytesPerSecond()).map(Long::doubleValue)),
                report.postCopyRequests() == null ? 0 : report.postCopyRequests(),
                megabytes(inputs.map(Resources.Inputs::memoryBytes)),
                megabytes(inputs.map(Resources.Inputs::dirtyBytesPerSecond)),
                megabytes(inputs.map(Resources.Inputs::bytesPerSecond)),
                likely(forecast, Resources.Option::copyMs).orElse(null),
                likely(forecast, Resources.Option::vmDowntimeMs).orElse(null),
                megabytes(likely(forecast, Resources.Option::bytes)),
                likely(forecast, Resources.Option::pageFaults).orElse(null));
    }

    private static Optional<Double> likely(Optional<Resources.Option> forecast,
            Function<Resources.Option, Resources.Range> figure) {
        return forecast.map(figure).map(Resources.Range::likely);
    }

    private static Double megabytes(Optional<Double> bytes) {
        return bytes.map(it -> it / BYTES_PER_MB).orElse(null);
    }

    @Override
    public Report report(List<AmvmCopyRun> runs) {
        return new AmvmCopyReport(runs).report();
    }
}
