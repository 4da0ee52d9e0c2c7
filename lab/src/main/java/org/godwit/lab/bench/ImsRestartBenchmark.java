package org.godwit.lab.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.godwit.lab.LabException;
import org.godwit.lab.LabFolder;
import org.godwit.lab.process.Running;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How long a mapping server is away when it is started anew with many bindings. */
@Command(name = "ims-restart", mixinStandardHelpOptions = true, sortOptions = false, description = "Time from the start of a godwit-ims to its first answer, and its memory, with many bindings on its disk.")
final class ImsRestartBenchmark implements Callable<Integer> {

    private static final Path DROP_CACHES = Path.of("/proc/sys/vm/drop_caches");

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "starts with the database in the kernel's cache, and as many without; 1 to 100 (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--bindings", paramLabel = "N", defaultValue = "1000000", description = "HoAs, 1000 to 5000000 (default: ${DEFAULT-VALUE})")
    private int bindings;

    @Option(names = "--heap", paramLabel = "MB", defaultValue = "400", description = "the bound of the Java heap (default: ${DEFAULT-VALUE})")
    private int heapMb;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = "out/benchmarks", description = "where ims-restart.json and ims-restart.csv go (default: ${DEFAULT-VALUE})")
    private Path out;

    @Spec
    private CommandSpec spec;

    private final InstantSource clock = InstantSource.system();

    @Override
    public Integer call() {
        check(rounds >= 1 && rounds <= 100, "--rounds must be 1 to 100, got " + rounds);
        check(bindings >= 1_000 && bindings <= 5_000_000, "--bindings must be 1000 to 5000000, got " + bindings);
        Progress progress = new Progress(spec.commandLine().getOut(), clock);
        Results<RestartRun> results = new Results<>(out, "ims-restart", Machine.here(),
                Map.of("rounds", rounds, "bindings", bindings, "heap_mb", heapMb), RestartRun.class);
        try (ImsRig rig = new ImsRig(LabFolder.STANDARD_ROOT)) {
            progress.narrate("writing " + bindings + " bindings");
            ImsBindings all = new ImsBindings(bindings);
            Path data = rig.folder().resolve("data");
            all.write(data, bindings);
            UdpLoad load = UdpLoad.on(rig.node(), ImsRig.GENERATOR, rig.folder());
            UdpLoad.Questions questions = UdpLoad.Questions.write(rig.folder().resolve("plain"), ImsRig.IMS_PORT, 4, 8,
                    all.lookups(1_000, Optional.empty()));
            progress.runsBegin();
            for (int round = 1; round <= rounds; round++) {
                for (boolean cold : new boolean[]{false, true }) {
                    RestartRun run = start(rig, data, load, questions, round, cold);
                    results.add(run);
                    progress.ran(results.runs().size(), 2 * rounds,
                            "%s: answers after %.1f s, %.1f s of processor, %d MB".formatted(name(cold),
                                    run.answeringAfterS(), run.processorS(), run.residentMb()));
                }
            }
        }
        progress.say("");
        progress.say(table(results.runs()));
        progress.say("Results: " + results.folder().resolve("ims-restart.json"));
        return 0;
    }

    private RestartRun start(ImsRig rig, Path data, UdpLoad load, UdpLoad.Questions questions, int round,
            boolean cold) {
        if (cold) {
            forget();
        }
        Instant start = clock.instant();
        try (Running ims = rig.ims(data, heapMb, false)) {
            double passed = Duration.between(start, clock.instant()).toNanos() / 1e9;
            double processor = ProcessorTime.of(ims.pid());
            if (load.capacity(questions, 1).answered() == 0) {
                throw new LabException("the mapping server says that it listens, but does not answer");
            }
            return new RestartRun(round, cold, passed, processor, Memory.highestMb(ims.pid()));
        }
    }

    /** What the kernel has of any file. */
    private static void forget() {
        try {
            Files.writeString(DROP_CACHES, "1\n");
        } catch (IOException e) {
            throw new UncheckedIOException(DROP_CACHES + " cannot be written", e);
        }
    }

    /** ASCII. */
    static String table(List<RestartRun> runs) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%-28s %4s %10s %10s %10s %12s %6s%n",
                "seconds to the first answer", "n", "median", "lowest", "highest", "processor s", "MB"));
        for (boolean cold : new boolean[]{false, true }) {
            List<RestartRun> some = runs.stream().filter(run -> run.cold() == cold).toList();
            if (!some.isEmpty()) {
                Sample passed = Sample.of(some.stream().map(RestartRun::answeringAfterS).toList());
                text.append(String.format(Locale.ROOT, "  %-26s %4d %10.1f %10.1f %10.1f %12.1f %6.0f%n", name(cold),
                        passed.n(), passed.median(), passed.lowest(), passed.highest(),
                        Sample.of(some.stream().map(RestartRun::processorS).toList()).median(),
                        Sample.of(some.stream().map(RestartRun::residentMb).toList()).highest()));
            }
        }
        return text.toString();
    }

    private static String name(boolean cold) {
        return cold ? "database on disk" : "database in memory";
    }

    private void check(boolean isGood, String complaint) {
        if (!isGood) {
            throw new CommandLine.ParameterException(spec.commandLine(), complaint);
        }
    }
}
