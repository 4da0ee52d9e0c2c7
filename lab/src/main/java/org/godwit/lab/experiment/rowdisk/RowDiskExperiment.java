package org.godwit.lab.experiment.rowdisk;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.godwit.lab.Host;
import org.godwit.lab.LabException;
import org.godwit.lab.VmSize;
import org.godwit.lab.bench.Landing;
import org.godwit.lab.bench.Machine;
import org.godwit.lab.bench.QemuEvents;
import org.godwit.lab.demo.TwoSites;
import org.godwit.lab.experiment.Experiment;
import org.godwit.lab.experiment.Report;
import org.godwit.lab.experiment.Stage;
import org.godwit.lab.experiment.Trial;
import org.godwit.lab.experiment.rowdisk.Passages.Passage;
import org.godwit.lab.experiment.rowdisk.RoundsNode.Round;
import org.godwit.lab.experiment.rowdisk.Writes.Count;
import org.godwit.lab.house.Meter;
import org.godwit.lab.hypervisor.Qemu;
import org.godwit.lab.image.GuestImages;
import org.godwit.lab.process.Patience;
import org.godwit.lab.process.Processes;
import org.godwit.protocol.rest.Resources;

/** One VM that writes to its disk, and three ways of that disk to another host, there and back where the VM goes with it. */
public final class RowDiskExperiment implements Experiment<RowDiskRun> {

    private static final List<Integer> BANDWIDTHS_MBIT = List.of(100, 1000);
    private static final int DISK_MIB = 2048;
    private static final int QUICK_DISK_MIB = 256;
    private static final int MOVER_PORT = 8446;
    private static final int FAST_MBIT = 1000;
    private static final Duration WINDOW = Duration.ofSeconds(5);
    private static final long WINDOW_US = WINDOW.toNanos() / 1000;
    private static final Duration SETTLING_LIMIT = Duration.ofMinutes(3);
    private static final Pattern WRONG = Pattern.compile("wrong=(\\d+)");
    private static final Pattern USED = Pattern.compile("\"actual-size\": (\\d+)");
    private static final double BYTES_PER_MB = 1e6;

    private final int diskMib;
    private final List<Integer> bandwidthsMbit;

    public RowDiskExperiment() {
        this(DISK_MIB, BANDWIDTHS_MBIT);
    }

    /**
     * @param diskMib of the VM's disk
     * @param bandwidthsMbit of each host's link
     */
    public RowDiskExperiment(int diskMib, List<Integer> bandwidthsMbit) {
        this.diskMib = diskMib;
        this.bandwidthsMbit = List.copyOf(bandwidthsMbit);
    }

    @Override
    public About about() {
        return new About("row-disk",
                "Xue et al., Research of Disk Migration Technology for Virtual Machine in Cloud Computing", 5, 5);
    }

    @Override
    public Class<RowDiskRun> shape() {
        return RowDiskRun.class;
    }

    /** With a smaller disk. */
    @Override
    public Experiment<RowDiskRun> quick() {
        return new RowDiskExperiment(QUICK_DISK_MIB, bandwidthsMbit);
    }

    @Override
    public Map<String, Object> options() {
        return Map.of("disk_mib", diskMib, "bandwidth_mbit", bandwidthsMbit, "vm", VmSize.SMALL.toString(), "writing",
                EnumSet.allOf(Writing.class).stream().map(Writing::pattern).toList());
    }

    @Override
    public Machine machine(Machine basis) {
        return basis.andHypervisor(Qemu.probe(GuestImages.standard()));
    }

    private static String label(Way way, Writing writing, int mbit) {
        return way + ", " + writing + ", " + mbit + " Mbit/s";
    }

    @Override
    public List<String> labels() {
        return bandwidthsMbit.stream()
                .flatMap(mbit -> Stream.of(Writing.values())
                        .flatMap(writing -> Stream.of(Way.values()).map(way -> label(way, writing, mbit))))
                .toList();
    }

    @Override
    public List<Trial<RowDiskRun>> trials(Stage stage) {
        GuestImages images = GuestImages.standard();
        TwoSites scene = stage.keep(TwoSites.open(Qemu.probe(images), stage.labs(), images.guest(),
                new TwoSites.Plan(VmSize.SMALL, bandwidthsMbit.getFirst(), Optional.empty(),
                        EnumSet.of(TwoSites.Part.NEIGHBOUR, TwoSites.Part.DISK), diskMib),
                stage.work(), stage::narrate));
        return trials(scene, scene.measure(stage.work()), stage);
    }

    /** In a scene whose VM has a disk of this size, and is at host-a. A mirror needs a neighbour. */
    public List<Trial<RowDiskRun>> trials(TwoSites scene, Meter meter, Stage stage) {
        Journeys journeys = new Journeys(scene, meter, new QemuEvents(scene.hosts()), stage);
        List<Trial<RowDiskRun>> trials = new ArrayList<>();
        for (int mbit : bandwidthsMbit) {
            for (Writing writing : Writing.values()) {
                List<Way> ways = new ArrayList<>(List.of(Way.values()));
                if (trials.size() / ways.size() % 2 == 1) {
                    // Layers lead back to where a mirror can begin.
                    Collections.reverse(ways);
                }
                for (Way way : ways) {
                    String label = label(way, writing, mbit);
                    trials.add(new Trial<>(label,
                            (run, _) -> journeys.take(new Turn(run, label, way, writing, mbit))));
                }
            }
        }
        return trials;
    }

    private record Turn(int run, String label, Way way, Writing writing, int mbit) {

        String name() {
            return "run-" + run + "-" + label.toLowerCase(Locale.ROOT).replaceAll("[^0-9a-z]+", "-");
        }
    }

    /** What was sent of a disk and of its VM, as {@link RowDiskRun} has it. */
    private record Sent(double firstMb, double updateMb, double updateWireMb, Double lateMb, String lastWrites,
            Double rounds, double memoryMb) {}

    /** When something was sent and the VM stood still, as {@link RowDiskRun} has it. */
    private record Times(double load, double totalMs, double sendingMs, double pauseMs, Double outageVmToPeerMs,
            Double outagePeerToVmMs) {

        private static Times of(Landing landing, double preparationMs) {
            return new Times(landing.load(), landing.allMs(),
                    Landing.ms(landing.orderedUs(), landing.stopUs()) - preparationMs, landing.pauseMs(),
                    landing.at().outageMs().vmToPeer(), landing.at().outageMs().peerToVm());
        }
    }

    /** How many writes a second the disk took. */
    private record Rates(double before, double during) {

        private static Rates of(Writes writes, long orderedUs, long stoppedUs) {
            List<Count> counts = writes.counts();
            return new Rates(Writes.rate(counts, orderedUs - WINDOW_US, orderedUs),
                    Writes.rate(counts, orderedUs, stoppedUs));
        }

        private static Rates of(Writes writes, Landing landing) {
            return of(writes, landing.orderedUs(), landing.stopUs());
        }
    }

    /** Of one VM, from wherever it is. */
    private final class Journeys {

        private final TwoSites scene;
        private final Meter meter;
        private final QemuEvents events;
        private final Stage stage;
        private Host here;

        private Journeys(TwoSites scene, Meter meter, QemuEvents events, Stage stage) {
            this.scene = scene;
            this.meter = meter;
            this.events = events;
            this.stage = stage;
            this.here = scene.hostA();
        }

        private List<RowDiskRun> take(Turn turn) {
            try {
                if (turn.way() == Way.MIRROR && here != scene.hostA()) {
                    scene.hosts().forEach(host -> host.limit(FAST_MBIT));
                    scene.house().migrate(scene.vm().name(), scene.hostA()).ordered(scene.hostA());
                    awaitWhole(scene.hostA());
                    here = scene.hostA();
                }
                scene.hosts().forEach(host -> host.limit(turn.mbit()));
                try (Writes writes = Writes.start(scene, turn.writing())) {
                    return switch (turn.way()) {
                        // There and back: Godwit knows nothing of it.
                        case MIRROR -> Stream.of(scene.neighbour(), scene.hostA())
                                .map(target -> mirror(turn, target, writes)).toList();
                        case BITMAPS -> List.of(bitmaps(turn, writes));
                        case LAYERS -> List.of(layers(turn, writes));
                    };
                }
            } catch (LabException e) {
                scene.saveLogs(stage.work());
                throw e;
            }
        }

        private Host otherSite() {
            return here == scene.hostB() ? scene.hostA() : scene.hostB();
        }

        private RowDiskRun mirror(Turn turn, Host target, Writes writes) {
            String vm = scene.vm().name().text();
            Host source = here;
            long firstBytes = usedBytes(source);
            target.run("qemu-img", "create", "-q", "-f", "qcow2", TwoSites.DISK.toString(), diskMib + "M");
            try (PortBytes ports = PortBytes.count(source, target)) {
                Landing landing = landing(turn, target,
                        () -> source.migrateByLibvirt(vm, target, List.of("--copy-storage-all")));
                here = target;
                Map<Integer, Long> sent = ports.byPort();
                source.run("rm", TwoSites.DISK.toString());
                double updateMb = Math.max(0, PortBytes.mirrored(sent) - firstBytes) / BYTES_PER_MB;
                return done(turn, target, new Sent(firstBytes / BYTES_PER_MB, updateMb, updateMb, null, null, null,
                        PortBytes.memory(sent) / BYTES_PER_MB), Times.of(landing, 0), Rates.of(writes, landing));
            }
        }

        private RowDiskRun layers(Turn turn, Writes writes) {
            Host source = here;
            Host target = otherSite();
            Passages passages = new Passages(
                    scene.lab().folder().logs().resolve(source.name().text() + ".host-agent.log"));
            AtomicReference<Resources.Migration> flown = new AtomicReference<>();
            try (PortBytes ports = PortBytes.count(source, target)) {
                Landing landing = landing(turn, target, () -> {
                    flown.set(scene.house().migrate(scene.vm().name(), target).arrival(target));
                    return Instant.parse(flown.get().createdAt());
                });
                here = target;
                Map<Integer, Long> sent = ports.byPort();
                List<Passage> all = passages.all();
                List<Passage> rounds = all.subList(1, all.size());
                long rest = PortBytes.mirrored(sent);
                if (!sent.containsKey(MOVER_PORT)) {
                    throw new LabException("nothing went to port " + MOVER_PORT + " of " + target);
                }
                RowDiskRun done = done(turn, target, new Sent(all.getFirst().bytes() / BYTES_PER_MB,
                        (rounds.stream().mapToLong(Passage::bytes).sum() + rest) / BYTES_PER_MB,
                        (rounds.stream().mapToLong(Passage::wireBytes).sum() + rest) / BYTES_PER_MB,
                        rest / BYTES_PER_MB, passages.lastWrites(), (double) rounds.size(),
                        PortBytes.memory(sent) / BYTES_PER_MB),
                        Times.of(landing, scene.house().report(flown.get().id()).preparationMs()),
                        Rates.of(writes, landing));
                awaitWhole(target);
                return done;
            }
        }

        private void awaitWhole(Host target) {
            new Patience(InstantSource.system()).until(SETTLING_LIMIT,
                    () -> target.run("ls", TwoSites.DISK.getParent().toString()).strip().equals("vm1.qcow2"),
                    () -> "the disk is not put together at " + target);
        }

        private Landing landing(Turn turn, Host target, Supplier<Instant> move) {
            Processes.rest(WINDOW);
            return Landing.of(meter, events, turn.name() + "-to-" + target.name(), here, target, move);
        }

        private RowDiskRun done(Turn turn, Host target, Sent sent, Times times, Rates rates) {
            return new RowDiskRun(turn.run(), turn.label(), turn.way(), turn.writing(), turn.mbit(), diskMib,
                    target.name().text(), times.load(), sent.firstMb(), sent.updateMb(), sent.updateWireMb(),
                    sent.lateMb(), sent.lastWrites(), sent.rounds(), sent.memoryMb(), times.totalMs(),
                    times.sendingMs(), times.pauseMs(), times.outageVmToPeerMs(), times.outagePeerToVmMs(),
                    rates.before(), rates.during(), wrong());
        }

        private RowDiskRun bitmaps(Turn turn, Writes writes) {
            double load = Machine.loadNow();
            Host target = otherSite();
            Processes.rest(WINDOW);
            try (PortBytes ports = PortBytes.count(here, target)) {
                BitmapRounds.Outcome outcome = BitmapRounds.run(scene.vm().name().text(), here, target, events, diskMib,
                        scene.lab().folder().path(), turn.name());
                List<Round> update = Stream.concat(outcome.rounds().stream(), Stream.of(outcome.last())).toList();
                return done(turn, target, new Sent(outcome.first().bytes() / BYTES_PER_MB,
                        update.stream().mapToLong(Round::bytes).sum() / BYTES_PER_MB,
                        update.stream().mapToLong(Round::wireBytes).sum() / BYTES_PER_MB,
                        outcome.last().bytes() / BYTES_PER_MB, null, (double) outcome.rounds().size(),
                        PortBytes.memory(ports.byPort()) / BYTES_PER_MB),
                        new Times(load, outcome.totalMs(), Landing.ms(outcome.orderedUs(), outcome.suspendedUs()),
                                outcome.last().ms(), null, null),
                        Rates.of(writes, outcome.orderedUs(), outcome.suspendedUs()));
            }
        }

        private double wrong() {
            Matcher wrong = WRONG.matcher(scene.ledger());
            if (!wrong.find()) {
                throw new LabException("the writer in the VM does not tell whether its disk is right");
            }
            return Double.parseDouble(wrong.group(1));
        }

        private static long usedBytes(Host host) {
            Matcher used = USED.matcher(
                    host.run("qemu-img", "info", "-U", "--output=json", TwoSites.DISK.toString()));
            // The file's own node comes first in newer versions, and takes as much.
            return used.results().mapToLong(one -> Long.parseLong(one.group(1))).max()
                    .orElseThrow(() -> new LabException("qemu-img does not tell what the disk takes"));
        }
    }

    @Override
    public Report report(List<RowDiskRun> runs) {
        return new RowDiskReport(runs).report();
    }
}
