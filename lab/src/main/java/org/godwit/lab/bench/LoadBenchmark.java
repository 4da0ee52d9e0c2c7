package org.godwit.lab.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.godwit.lab.bench.LoadClients.Kind;
import org.godwit.lab.bench.LoadRig.Cost;
import org.godwit.lab.image.Folders;
import org.godwit.lab.process.Processes;
import org.godwit.protocol.rest.Resources;
import org.godwit.protocol.rest.RestJson;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What a control server takes: hosts that beat, VMs in its inventory, migrations at the same time, and all agents at once. */
@Command(name = "load", mixinStandardHelpOptions = true, description = "Answer times and memory of a control server with many simulated hosts and VMs, with and without migrations, and how long all agents take to come and to come back.")
final class LoadBenchmark implements Callable<Integer> {

    private static final Duration MIGRATIONS_LIMIT = Duration.ofMinutes(5);
    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(2);

    @Option(names = "--hosts", paramLabel = "N", split = ",", defaultValue = "100,1000,10000", description = "sizes of the fleet, one after the other, 2 to 15000 each (default: ${DEFAULT-VALUE})")
    private List<Integer> sizes;

    @Option(names = "--vms-per-host", paramLabel = "N", defaultValue = "10", description = "1 to 1000 (default: ${DEFAULT-VALUE})")
    private int vmsPerHost;

    @Option(names = "--enrolling", paramLabel = "N", defaultValue = "1000", description = "so many of the agents at most come with a token, the others with the certificate that they have; 0 to 15000 (default: ${DEFAULT-VALUE})")
    private int enrolling;

    @Option(names = "--migrations", paramLabel = "N", defaultValue = "200", description = "at the same time, at most one for each host; 1 to 10000 (default: ${DEFAULT-VALUE})")
    private int migrations;

    @Option(names = "--copy", paramLabel = "S", defaultValue = "20", description = "seconds that a simulated copy takes, 1 to 600 (default: ${DEFAULT-VALUE})")
    private int copySeconds;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "20", description = "of requests without migrations, 1 to 600 (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Option(names = "--heap", paramLabel = "MB", defaultValue = "2048", description = "the bound of the server's heap (default: ${DEFAULT-VALUE})")
    private int heapMb;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = "out/benchmarks", description = "where load.json and load-fleet.json go, each as CSV too, and data and logs of a server that failed (default: ${DEFAULT-VALUE})")
    private Path out;

    @Spec
    private CommandSpec spec;

    private final InstantSource clock = InstantSource.system();

    @Override
    public Integer call() throws IOException {
        check(sizes.stream().allMatch(n -> n >= 2 && n <= 15_000), "--hosts must be 2 to 15000, got " + sizes);
        check(vmsPerHost >= 1 && vmsPerHost <= 1000, "--vms-per-host must be 1 to 1000, got " + vmsPerHost);
        check(enrolling >= 0 && enrolling <= 15_000, "--enrolling must be 0 to 15000, got " + enrolling);
        check(migrations >= 1 && migrations <= 10_000, "--migrations must be 1 to 10000, got " + migrations);
        check(copySeconds >= 1 && copySeconds <= 600, "--copy must be 1 to 600, got " + copySeconds);
        check(seconds >= 1 && seconds <= 600, "--seconds must be 1 to 600, got " + seconds);
        Progress progress = new Progress(spec.commandLine().getOut(), clock);
        Map<String, Object> options = Map.of("vms_per_host", vmsPerHost, "enrolling", enrolling, "migrations",
                migrations, "copy_s", copySeconds, "heap_mb", heapMb);
        Results<LoadRun> requests = new Results<>(out, "load", Machine.here(), options, LoadRun.class);
        Results<FleetRun> fleets = new Results<>(out, "load-fleet", Machine.here(), options, FleetRun.class);
        for (int hosts : sizes) {
            LoadFleet fleet = new LoadFleet(hosts, vmsPerHost);
            progress.narrate("writing " + hosts + " hosts and " + fleet.vms() + " VMs");
            Path folder = Files.createTempDirectory(Files.createDirectories(out.toAbsolutePath()),
                    "load-" + hosts + "-");
            fleet.write(folder.resolve("data"), folder.resolve("tokens"), Math.min(enrolling, hosts));
            try (LoadRig rig = new LoadRig(new LoadRig.Setting(fleet, heapMb, migrations, copySeconds), folder,
                    clock)) {
                measure(fleet, rig, progress, requests, fleets);
            }
            Folders.delete(folder);
        }
        progress.say("");
        progress.say(requestTable(requests.runs()));
        progress.say(fleetTable(fleets.runs()));
        progress.say("Results: " + requests.folder().resolve("load.json") + " and load-fleet.json");
        return 0;
    }

    private void measure(LoadFleet fleet, LoadRig rig, Progress progress, Results<LoadRun> requests,
            Results<FleetRun> fleets) throws IOException {
        double loadBefore = Machine.loadNow();
        double startS = rig.startServer();
        progress.narrate("the server listens; all agents dial");
        Cost connect = rig.connect();
        progress.narrate("all are connected");
        Cost beating = rig.beating(seconds);
        int liveHeapMb = rig.liveHeapMb();
        try (LoadClients clients = rig.clients()) {
            progress.narrate("requests");
            Instant quiet = clock.instant();
            clients.run(() -> since(quiet) >= seconds);
            requests.add(run(fleet, "heartbeats", clients, List.of(), 0));
            int count = Math.min(migrations, fleet.hosts() / 2);
            progress.narrate("requests beside " + count + " migrations");
            requests.add(run(fleet, "migrations", clients, migrate(fleet, clients, count), count));
        }
        int residentMb = rig.residentMb();
        progress.narrate("the server is killed and started anew");
        List<Cost> restart = rig.restartServer();
        fleets.add(new FleetRun(fleet.hosts(), fleet.vms(), Math.min(enrolling, fleet.hosts()), startS,
                connect.seconds(), connect.serverCpuS(), connect.agentsCpuS(),
                beating.serverCpuS() / beating.seconds(), beating.agentsCpuS() / beating.seconds(), liveHeapMb,
                residentMb, rig.agentsResidentMb(), restart.getFirst().seconds(), restart.getLast().seconds(),
                restart.getLast().serverCpuS(), restart.getLast().agentsCpuS(), loadBefore));
    }

    private static LoadRun run(LoadFleet fleet, String load, LoadClients clients, List<Resources.Migration> done,
            int begun) {
        Sample read = clients.sample(Kind.READ);
        Sample page = clients.sample(Kind.PAGE);
        Sample write = clients.sample(Kind.WRITE);
        List<Double> times = done.stream().filter(it -> it.outcome().equals("completed"))
                .map(Resources.Migration::tAllMs).toList();
        Sample all = Sample.of(times.isEmpty() ? List.of(0) : times);
        return new LoadRun(fleet.hosts(), fleet.vms(), load, clients.requests(), clients.refused(), read.median(),
                read.p99(), page.median(), page.p99(), write.median(), write.p99(), begun, times.size(), all.median(),
                all.p99());
    }

    /** Each VM is the first one of its host, and goes to a host in the other half of the fleet. */
    private List<Resources.Migration> migrate(LoadFleet fleet, LoadClients clients, int count) {
        AtomicBoolean isOver = new AtomicBoolean();
        Thread requests = Thread.ofVirtual().start(() -> clients.run(isOver::get));
        try {
            List<String> paths = IntStream.range(0, count)
                    .mapToObj(i -> clients.migrate(i * vmsPerHost, i + fleet.hosts() / 2))
                    .filter(path -> !path.isEmpty()).toList();
            Instant begun = clock.instant();
            List<String> running = new ArrayList<>(paths);
            while (!running.isEmpty() && since(begun) < MIGRATIONS_LIMIT.toSeconds()) {
                Processes.rest(LOOK_INTERVAL);
                running.removeIf(path -> !migration(clients, path).outcome().equals("running"));
            }
            return paths.stream().map(path -> migration(clients, path)).toList();
        } finally {
            isOver.set(true);
            LoadClients.join(requests);
        }
    }

    private static Resources.Migration migration(LoadClients clients, String path) {
        try {
            return RestJson.lenient().readValue(clients.get(path), Resources.Migration.class);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** ASCII. */
    static String requestTable(List<LoadRun> runs) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%6s %7s %-10s %13s %13s %13s %11s %15s%n",
                "hosts", "VMs", "beside", "read p50/p99", "page p50/p99", "write p50/p99", "migrations",
                "T_ALL p50/p99 s"));
        runs.forEach(run -> text.append(String.format(Locale.ROOT, "%6d %7d %-10s %13s %13s %13s %11s %15s%n",
                run.hosts(), run.vms(), run.load(), pair(run.readP50Ms(), run.readP99Ms()),
                pair(run.pageP50Ms(), run.pageP99Ms()), pair(run.writeP50Ms(), run.writeP99Ms()),
                run.completed() + "/" + run.migrations(),
                pair(run.migrationP50Ms() / 1000, run.migrationP99Ms() / 1000))));
        return text.toString();
    }

    /** ASCII; the agents' process behind the server's. */
    static String fleetTable(List<FleetRun> runs) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%6s %9s %7s %16s %16s %14s %9s %13s%n",
                "hosts", "enrolling", "start s", "connect s (cpu)", "return s (cpu)", "beating cores", "live MB",
                "resident MB"));
        runs.forEach(run -> text.append(String.format(Locale.ROOT, "%6d %9d %7.1f %16s %16s %14s %9d %13s%n",
                run.hosts(), run.enrolling(), run.startS(),
                cost(run.connectS(), run.connectServerCpuS(), run.connectAgentsCpuS()),
                cost(run.returnS(), run.returnServerCpuS(), run.returnAgentsCpuS()),
                String.format(Locale.ROOT, "%.2f %.2f", run.beatingCores(), run.agentsBeatingCores()),
                run.liveHeapMb(), run.residentMb() + " " + run.agentsResidentMb())));
        return text.toString();
    }

    private static String cost(double seconds, double server, double agents) {
        return String.format(Locale.ROOT, "%.1f (%.0f %.0f)", seconds, server, agents);
    }

    private static String pair(double p50, double p99) {
        return String.format(Locale.ROOT, "%.1f/%.1f", p50, p99);
    }

    private double since(Instant start) {
        return Duration.between(start, clock.instant()).toNanos() / 1e9;
    }

    private void check(boolean isGood, String complaint) {
        if (!isGood) {
            throw new CommandLine.ParameterException(spec.commandLine(), complaint);
        }
    }
}
