package org.godwit.lab.bench;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.godwit.lab.Host;
import org.godwit.lab.LabException;
import org.godwit.lab.LabFolder;
import org.godwit.lab.VmSize;
import org.godwit.lab.hypervisor.Qemu;
import org.godwit.lab.image.GuestImage;
import org.godwit.lab.image.GuestImages;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What a global migration adds to the hypervisor's pause, beside what an ordinary one of the same VM adds. */
@Command(name = "outage", mixinStandardHelpOptions = true, sortOptions = false, description = "One VM migrates in turn to another site, by Godwit, and to another host of its own site, by libvirt alone, there and back; probes of 1 ms measure the outage in both directions.")
final class OutageBenchmark implements Callable<Integer> {

    /** More than this many scenes in a row that fail are not bad luck. */
    private static final int FAILURES_IN_A_ROW_MAX = 3;

    @Option(names = "--runs", paramLabel = "N", defaultValue = "30", description = "migrations of each kind, an even number of 2 to 1000 (default: ${DEFAULT-VALUE})")
    private int runs;

    @Option(names = "--bandwidth", paramLabel = "MBIT", defaultValue = "0", description = "of each host's link, Mbit/s (default: not limited)")
    private int bandwidthMbit;

    @Option(names = "--memory", paramLabel = "MIB", defaultValue = "256", description = "memory of the VM, 192 to 4096 (default: ${DEFAULT-VALUE})")
    private int memoryMib;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = "out/benchmarks", description = "where outage.json and outage.csv go (default: ${DEFAULT-VALUE})")
    private Path out;

    @Spec
    private CommandSpec spec;

    private Progress progress;
    private Results<OutageRun> results;
    private GuestImage image;
    private Qemu qemu;
    private ThreeHosts scene;
    private int failuresInARow;

    @Override
    public Integer call() {
        check(runs >= 2 && runs <= 1000 && runs % 2 == 0, "--runs must be an even number of 2 to 1000, got " + runs);
        check(bandwidthMbit >= 0 && bandwidthMbit <= 100_000,
                "--bandwidth must be 0 (not limited) to 100000 Mbit/s, got " + bandwidthMbit);
        check(memoryMib >= 192 && memoryMib <= 4096, "--memory must be 192 to 4096 MiB, got " + memoryMib);
        progress = new Progress(spec.commandLine().getOut(), InstantSource.system());
        progress.narrate("guest image");
        GuestImages images = GuestImages.standard();
        image = images.guest();
        qemu = Qemu.probe(images);
        qemu.warning().ifPresent(warning -> progress.say("Warning: " + warning));
        results = new Results<>(out, "outage", Machine.here().andHypervisor(qemu),
                Map.of("runs", runs, "bandwidth_mbit", bandwidthMbit, "memory_mib", memoryMib), OutageRun.class);
        Thread tellAtExit = new Thread(this::tell, "results-so-far");
        Runtime.getRuntime().addShutdownHook(tellAtExit);
        try {
            scene();
            progress.runsBegin();
            for (int round = 1; round <= runs / 2; round++) {
                // Each has its turn at being first.
                round(round, round % 2 == 1 ? Subject.ORDINARY : Subject.GLOBAL);
                round(round, round % 2 == 1 ? Subject.GLOBAL : Subject.ORDINARY);
            }
        } finally {
            closeScene();
        }
        Runtime.getRuntime().removeShutdownHook(tellAtExit);
        tell();
        return 0;
    }

    /** There and back. When the way there fails there is none back: the next scene begins at home again. */
    private void round(int round, Subject subject) {
        Host home = scene().home();
        Host away = scene().awayFor(subject);
        if (run(round, subject, home, away)) {
            run(round, subject, away, home);
        } else {
            keep(OutageRun.failed(round, subject, away.name().text(), home.name().text(), "the VM was not there"));
        }
    }

    private boolean run(int round, Subject subject, Host source, Host target) {
        try {
            keep(measure(round, subject, source, target));
            failuresInARow = 0;
            return true;
        } catch (LabException e) {
            if (isEnding()) {
                throw e;
            }
            keep(OutageRun.failed(round, subject, source.name().text(), target.name().text(), e.getMessage()));
            Path logs = results.folder().resolve("failed-" + results.runs().size());
            scene.saveLogs(logs);
            progress.narrate("it failed: " + e.getMessage().lines().findFirst().orElse("") + " (logs: " + logs + ")");
            closeScene();
            if (++failuresInARow >= FAILURES_IN_A_ROW_MAX) {
                throw e;
            }
            return false;
        }
    }

    private OutageRun measure(int round, Subject subject, Host source, Host target) {
        String name = "%03d-%s-to-%s".formatted(round, subject, target.name());
        Landing landing = Landing.of(scene.meter(), scene.events(), name, source, target,
                () -> scene.move(subject, source, target));
        return OutageRun.of(round, subject, source.name().text(), target.name().text(), landing,
                scene.statistics(target));
    }

    private void keep(OutageRun run) {
        results.add(run);
        progress.ran(results.runs().size(), 2 * runs, run.isMeasured() ? told(run) : run.subject() + " failed");
    }

    private static String told(OutageRun run) {
        return String.format(Locale.ROOT, "%s, %s to %s: outage %.1f and %.1f ms, pause %.1f ms, TCP stall %.1f ms",
                run.subject(), run.source(), run.target(), run.outageVmToPeerMs(), run.outagePeerToVmMs(),
                run.pauseMs(), run.tcpStallMs());
    }

    /** Also when the benchmark is interrupted: what there is by then. */
    private void tell() {
        if (!results.runs().isEmpty()) {
            progress.say("");
            progress.say(OutageTable.render(results.runs()));
            progress.say("Results: " + results.folder().resolve("outage.json"));
        }
    }

    private ThreeHosts scene() {
        if (scene == null) {
            scene = ThreeHosts.open(qemu, LabFolder.STANDARD_ROOT, image, new VmSize(memoryMib, 1), bandwidthMbit,
                    results.folder().resolve("meter"), progress::narrate);
        }
        return scene;
    }

    private void closeScene() {
        if (scene != null) {
            scene.close();
            scene = null;
        }
    }

    /** Whether this process has been told to end: then whatever fails fails because of that. */
    private static boolean isEnding() {
        Thread probe = new Thread(() -> {});
        try {
            Runtime.getRuntime().addShutdownHook(probe);
            Runtime.getRuntime().removeShutdownHook(probe);
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }

    private void check(boolean isGood, String complaint) {
        if (!isGood) {
            throw new CommandLine.ParameterException(spec.commandLine(), complaint);
        }
    }
}
