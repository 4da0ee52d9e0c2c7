package org.godwit.lab.experiment.sharedmemory;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.godwit.lab.Correspondent;
import org.godwit.lab.Lab;
import org.godwit.lab.LabException;
import org.godwit.lab.bench.Landing;
import org.godwit.lab.bench.LinkBytes;
import org.godwit.lab.bench.Machine;
import org.godwit.lab.experiment.Stage;
import org.godwit.lab.experiment.sharedmemory.MemoryMover.Pass;
import org.godwit.lab.hypervisor.Qemu;
import org.godwit.lab.image.GuestImage;
import org.godwit.lab.image.GuestImages;
import org.godwit.lab.network.Shape;
import org.godwit.lab.process.Patience;
import org.godwit.lab.process.Processes;
import org.godwit.model.DowntimeLadder;

/** Two nodes with a link between them; every migration has QEMUs of its own. For one thread. */
final class Scene implements AutoCloseable {

    /** QEMU ends its copy when what is left takes no longer; host agents begin with as much. */
    static final long PAUSE_MAX_MS = DowntimeLadder.STANDARD.first().toMillis();

    private static final int PASSES_MAX = 10;
    /** What takes more than this share of the time of the pass before gains nothing. */
    private static final double WORTH_ANOTHER = 0.75;
    private static final double BYTES_PER_MB = 1e6;
    private static final String PORT = "7003";
    private static final Duration STEP_LIMIT = Duration.ofSeconds(30);
    private static final Duration COPY_LIMIT = Duration.ofMinutes(10);

    private final InstantSource clock = InstantSource.system();
    private final Patience patience = new Patience(clock);
    private final Map<Load, GuestImage> images = new EnumMap<>(Load.class);
    private final Qemu qemu;
    private final Lab lab;
    private final Correspondent source;
    private final Correspondent target;
    private final Path mover;
    private int turns;

    /** The parts of what is measured that the two ways have in common, or only one of them has. */
    private record Outcome(Double passes, double copyMs, double pauseMs, Double lastPassMs, Double deviceMs,
            Double startMs) {}

    /** @param bandwidthMbit 0 for as fast as the machine goes */
    Scene(Stage stage, int bandwidthMbit) {
        GuestImages standard = GuestImages.standard();
        qemu = Qemu.probe(standard);
        for (Load load : Load.values()) {
            images.put(load, standard.guest().with(stage.work().resolve(load.name()),
                    Map.of(GuestImage.WORKLOAD, load.script()), List.of(), Map.of()));
        }
        lab = Lab.open(stage.labs());
        try {
            source = lab.correspondent("source");
            target = lab.correspondent("target");
            lab.start();
            mover = lab.folder().path().resolve("memorymover");
            GuestImages.compileMemoryMover(mover);
            for (Correspondent node : List.of(source, target)) {
                node.run("mount", "-t", "tmpfs", "tmpfs", "/dev/shm");
                Processes.run(STEP_LIMIT, node.enter(List.of("tc", "-batch", "-")), String.join("\n",
                        new Shape(bandwidthMbit, Duration.ZERO).lines(Correspondent.DEVICE)) + "\n", Map.of());
            }
        } catch (RuntimeException e) {
            lab.close();
            throw e;
        }
    }

    /** One turn: a VM that boots, works, and moves. @throws LabException when it fails, or does not work at the target */
    SharedMemoryRun migrate(int run, String label, int mib, Load work, Copy copy) {
        String name = "vm-" + ++turns;
        Path folder = lab.folder().path();
        try (MemoryVm from = MemoryVm.boot(source, name, qemu, images.get(work), mib, folder, patience);
                MemoryVm to = MemoryVm.waiting(target, name, qemu, images.get(work), mib, folder, patience)) {
            double load = Machine.loadNow();
            for (MemoryVm vm : List.of(from, to)) {
                vm.monitor().command("migrate-set-capabilities", """
                        {"capabilities": [{"capability": "events", "state": true},
                            {"capability": "x-ignore-shared", "state": %s}]}
                        """.replace("\n", " ").formatted(copy == Copy.FROM_OUTSIDE));
                vm.monitor().command("migrate-set-parameters",
                        "{\"max-bandwidth\": 10000000000, \"downtime-limit\": %d}".formatted(PAUSE_MAX_MS));
            }
            to.monitor().command("migrate-incoming", "{\"uri\": \"tcp:[::]:" + PORT + "\"}");
            long sentBefore = LinkBytes.soFar(source, Correspondent.DEVICE);
            Outcome outcome = switch (copy) {
                case PRE_COPY -> preCopy(from, to);
                case FROM_OUTSIDE -> fromOutside(name, from, to);
            };
            double sentMb = (LinkBytes.soFar(source, Correspondent.DEVICE) - sentBefore) / BYTES_PER_MB;
            to.awaitWork();
            return new SharedMemoryRun(run, label, mib, work.toString(), load, outcome.passes(), outcome.copyMs(),
                    outcome.pauseMs(), outcome.lastPassMs(), outcome.deviceMs(), outcome.startMs(), sentMb);
        }
    }

    private Outcome preCopy(MemoryVm from, MemoryVm to) {
        long orderedUs = nowUs();
        send(from);
        long resumedUs = to.await("RESUME", COPY_LIMIT);
        return new Outcome(null, Landing.ms(orderedUs, resumedUs),
                Landing.ms(from.await("STOP", STEP_LIMIT), resumedUs), null, null, null);
    }

    private Outcome fromOutside(String name, MemoryVm from, MemoryVm to) {
        try (MemoryMover memory = MemoryMover.connect(mover, name, source, target, patience)) {
            long orderedUs = nowUs();
            double passes = 1;
            Pass before = memory.pass();
            Pass last = memory.pass();
            while (++passes < PASSES_MAX && last.ms() < WORTH_ANOTHER * before.ms()) {
                before = last;
                last = memory.pass();
            }
            from.monitor().command("stop", "{}");
            Pass rest = memory.pass();
            long sentUs = nowUs();
            send(from);
            double deviceMs = Landing.ms(sentUs, to.await("MIGRATION/completed", STEP_LIMIT));
            long comparedFromUs = nowUs();
            if (!memory.areSame()) {
                throw new LabException("what has arrived at the target is not what the VM had");
            }
            long startedUs = nowUs();
            to.monitor().command("cont", "{}");
            long resumedUs = to.await("RESUME", STEP_LIMIT);
            double startMs = Landing.ms(startedUs, resumedUs);
            return new Outcome(passes, Landing.ms(orderedUs, resumedUs) - Landing.ms(comparedFromUs, startedUs),
                    rest.ms() + deviceMs + startMs, rest.ms(), deviceMs, startMs);
        }
    }

    private void send(MemoryVm from) {
        from.monitor().command("migrate",
                "{\"uri\": \"tcp:[" + target.address().toCanonicalString() + "]:" + PORT + "\"}");
    }

    private long nowUs() {
        return Landing.micros(clock.instant());
    }

    @Override
    public void close() {
        lab.close();
    }
}
