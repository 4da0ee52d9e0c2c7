package org.godwit.lab.bench;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Callable;
import org.godwit.lab.LabFolder;
import org.godwit.lab.bench.MoverRig.Moved;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How fast a disk gets to another host. */
@Command(name = "mover", mixinStandardHelpOptions = true, sortOptions = false, description = "Throughput of the disk mover, beside qemu-img over NBD and rsync, for disks of different contents.")
final class MoverBenchmark implements Callable<Integer> {

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "moves of each disk by each of them, 1 to 100 (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--mib", paramLabel = "N", defaultValue = "2048", description = "size of each disk, 64 to 65536 (default: ${DEFAULT-VALUE})")
    private int mib;

    @Option(names = "--disks", paramLabel = "DIR", defaultValue = "${sys:java.io.tmpdir}", description = "where four disks have room (default: ${DEFAULT-VALUE})")
    private Path disks;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = "out/benchmarks", description = "where mover.json and mover.csv go (default: ${DEFAULT-VALUE})")
    private Path out;

    @Spec
    private CommandSpec spec;

    private final InstantSource clock = InstantSource.system();

    @Override
    public Integer call() {
        check(rounds >= 1 && rounds <= 100, "--rounds must be 1 to 100, got " + rounds);
        check(mib >= 64 && mib <= 65_536, "--mib must be 64 to 65536, got " + mib);
        Progress progress = new Progress(spec.commandLine().getOut(), clock);
        Results<MoverRun> results = new Results<>(out, "mover",
                Machine.here().andVersionOf("qemu-img").andVersionOf("rsync"),
                Map.of("rounds", rounds, "mib", mib), MoverRun.class);
        int all = rounds * Stuff.values().length * Transport.values().length;
        try (MoverRig rig = new MoverRig(LabFolder.STANDARD_ROOT, disks, clock)) {
            progress.runsBegin();
            for (int round = 1; round <= rounds; round++) {
                for (Stuff stuff : Stuff.values()) {
                    Path source = rig.source(stuff, mib);
                    for (Transport transport : Transport.values()) {
                        Moved moved = rig.move(source, transport);
                        results.add(new MoverRun(round, stuff, transport, moved.seconds(), mib / moved.seconds(),
                                moved.linkMib(), moved.senderMb(), moved.receiverMb()));
                        progress.ran(results.runs().size(), all, "%s, %s: %.1f s, %.0f MiB over the link"
                                .formatted(stuff, transport, moved.seconds(), moved.linkMib()));
                    }
                }
            }
        }
        progress.say("");
        progress.say(MoverTable.render(results.runs()));
        progress.say("Results: " + results.folder().resolve("mover.json"));
        return 0;
    }

    private void check(boolean isGood, String complaint) {
        if (!isGood) {
            throw new CommandLine.ParameterException(spec.commandLine(), complaint);
        }
    }
}
