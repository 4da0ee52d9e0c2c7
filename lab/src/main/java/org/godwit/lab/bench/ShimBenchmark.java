package org.godwit.lab.bench;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.godwit.lab.LabFolder;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What translation costs: the same traffic by each {@link Way} in turn. */
@Command(name = "shim", mixinStandardHelpOptions = true, sortOptions = false, description = "Throughput with the MAT shim beside plain addresses, VXLAN and nftables, between two nodes with a router; and the time that each BPF program takes.")
final class ShimBenchmark implements Callable<Integer> {

    private static final int UDP_BYTES = 64;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "7", description = "turns of each way, 1 to 100 (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "4", description = "of TCP, and of UDP, in each turn, 1 to 60 (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = "out/benchmarks", description = "where shim.json and shim.csv go (default: ${DEFAULT-VALUE})")
    private Path out;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        check(rounds >= 1 && rounds <= 100, "--rounds must be 1 to 100, got " + rounds);
        check(seconds >= 1 && seconds <= 60, "--seconds must be 1 to 60, got " + seconds);
        Progress progress = new Progress(spec.commandLine().getOut(), InstantSource.system());
        Results<ShimRun> results = new Results<>(out, "shim", Machine.here().andVersionOf("iperf3"),
                Map.of("rounds", rounds, "seconds", seconds, "udp_bytes", UDP_BYTES), ShimRun.class);
        List<ProgramCost> costs = run(LabFolder.STANDARD_ROOT, rounds, seconds, results, progress);
        progress.say("");
        progress.say(ShimTable.render(results.runs(), costs));
        progress.say("Results: " + results.folder().resolve("shim.json"));
        return 0;
    }

    /** Takes all the turns, then one more with the kernel's accounting of BPF programs. */
    static List<ProgramCost> run(Path labs, int rounds, int seconds, Results<ShimRun> results, Progress progress) {
        progress.narrate("two nodes and a router");
        try (Pair pair = Pair.open(labs)) {
            Iperf iperf = new Iperf(pair.left(), pair.right(), seconds);
            List<Way> ways = new ArrayList<>(List.of(Way.values()));
            progress.runsBegin();
            for (int round = 1; round <= rounds; round++) {
                for (Way way : ways) {
                    ShimRun run = turn(pair, iperf, round, way);
                    results.add(run);
                    progress.ran(results.runs().size(), rounds * ways.size(),
                            "%s: TCP %.1f Gbit/s, UDP %.0f of %.0f kpps".formatted(way, run.tcpGbitPerS(),
                                    run.udpDeliveredKpps(), run.udpSentKpps()));
                }
                // Nobody is always the one who comes first, or after the same other.
                Collections.rotate(ways, 1);
            }
            progress.narrate("the time of each BPF program, by the kernel's own accounting");
            try (Pair.Opened shim = pair.open(Way.SHIM); ProgramCosts costs = new ProgramCosts()) {
                iperf.udp(shim.right(), UDP_BYTES);
                return costs.of(shim.shims());
            }
        }
    }

    private static ShimRun turn(Pair pair, Iperf iperf, int round, Way way) {
        try (Pair.Opened opened = pair.open(way)) {
            Iperf.Tcp tcp = iperf.tcp(opened.right());
            Iperf.Udp udp = iperf.udp(opened.right(), UDP_BYTES);
            return new ShimRun(round, way, tcp.gbitPerS(), tcp.retransmits(), udp.sentKpps(), udp.deliveredKpps());
        }
    }

    private void check(boolean isGood, String complaint) {
        if (!isGood) {
            throw new CommandLine.ParameterException(spec.commandLine(), complaint);
        }
    }
}
