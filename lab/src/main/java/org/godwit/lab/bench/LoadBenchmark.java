package org.godwit.lab.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
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
import java.util.function.BooleanSupplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.godwit.lab.bench.LoadClients.Kind;
import org.godwit.lab.house.Programs;
import org.godwit.lab.image.Folders;
import org.godwit.lab.process.Patience;
import org.godwit.lab.process.Processes;
import org.godwit.lab.process.Running;
import org.godwit.protocol.identity.AccessToken;
import org.godwit.protocol.rest.Resources;
import org.godwit.protocol.rest.RestJson;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What a control server takes: hosts that beat, VMs in its inventory, migrations at the same time. */
@Command(name = "load", mixinStandardHelpOptions = true, description = "Answer times and memory of a control server with many simulated hosts and VMs, with and without migrations.")
final class LoadBenchmark implements Callable<Integer> {

    private static final Duration START_LIMIT = Duration.ofMinutes(5);
    private static final Duration CONNECT_LIMIT = Duration.ofMinutes(10);
    private static final Duration MIGRATIONS_LIMIT = Duration.ofMinutes(5);
    private static final Duration COMMAND_LIMIT = Duration.ofMinutes(1);
    private static final Pattern PORTS = Pattern.compile("listens: rest=(\\d+) agents=(\\d+) ims=\\S+ status=(\\d+)");
    private static final Pattern CONNECTED = Pattern.compile("(?m)^godwit_mcs_agents_connected (\\d+)");
    private static final Pattern HEAP_USED = Pattern.compile("total \\d+K, used (\\d+)K");
    private static final double CALM_S = 5;
    private static final int CALM_LOOKS_MAX = 30;
    /** Once the server uses no less than this share of what it used before, it has come to rest. */
    private static final double CALM_SHARE = 0.9;
    private static final double LOOK_S = 2;

    @Option(names = "--hosts", paramLabel = "N", split = ",", defaultValue = "100,1000,10000", description = "sizes of the fleet, one after the other, 2 to 15000 each (default: ${DEFAULT-VALUE})")
    private List<Integer> sizes;

    @Option(names = "--vms-per-host", paramLabel = "N", defaultValue = "10", description = "1 to 1000 (default: ${DEFAULT-VALUE})")
    private int vmsPerHost;

    @Option(names = "--migrations", paramLabel = "N", defaultValue = "200", description = "at the same time, at most one for each host; 1 to 10000 (default: ${DEFAULT-VALUE})")
    private int migrations;

    @Option(names = "--copy", paramLabel = "S", defaultValue = "20", description = "seconds that a simulated copy takes, 1 to 600 (default: ${DEFAULT-VALUE})")
    private int copySeconds;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "20", description = "of requests without migrations, 1 to 600 (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Option(names = "--heap", paramLabel = "MB", defaultValue = "2048", description = "the bound of the server's heap (default: ${DEFAULT-VALUE})")
    private int heapMb;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = "out/benchmarks", description = "where load.json and load.csv go, and data and logs of a server that failed (default: ${DEFAULT-VALUE})")
    private Path out;

    @Spec
    private CommandSpec spec;

    private final InstantSource clock = InstantSource.system();
    private final Patience patience = new Patience(clock);

    @Override
    public Integer call() throws IOException {
        check(sizes.stream().allMatch(n -> n >= 2 && n <= 15_000), "--hosts must be 2 to 15000, got " + sizes);
        check(vmsPerHost >= 1 && vmsPerHost <= 1000, "--vms-per-host must be 1 to 1000, got " + vmsPerHost);
        check(migrations >= 1 && migrations <= 10_000, "--migrations must be 1 to 10000, got " + migrations);
        check(copySeconds >= 1 && copySeconds <= 600, "--copy must be 1 to 600, got " + copySeconds);
        check(seconds >= 1 && seconds <= 600, "--seconds must be 1 to 600, got " + seconds);
        Progress progress = new Progress(spec.commandLine().getOut(), clock);
        Results<LoadRun> results = new Results<>(out, "load", Machine.here(),
                Map.of("vms_per_host", vmsPerHost, "migrations", migrations, "copy_s", copySeconds, "heap_mb", heapMb),
                LoadRun.class);
        for (int hosts : sizes) {
            LoadFleet fleet = new LoadFleet(hosts, vmsPerHost);
            progress.narrate("writing " + hosts + " hosts and " + fleet.vms() + " VMs");
            Path folder = Files.createTempDirectory(Files.createDirectories(out.toAbsolutePath()),
                    "load-" + hosts + "-");
            fleet.write(folder.resolve("data"), folder.resolve("tokens"));
            measure(fleet, folder, progress).forEach(results::add);
            Folders.delete(folder);
        }
        progress.say("");
        progress.say(table(results.runs()));
        progress.say("Results: " + results.folder().resolve("load.json"));
        return 0;
    }

    private List<LoadRun> measure(LoadFleet fleet, Path folder, Progress progress) throws IOException {
        Instant start = clock.instant();
        try (Running server = server(folder)) {
            server.awaitReady(patience, START_LIMIT, () -> server.find(PORTS).isPresent(), "does not listen");
            double startS = since(start);
            MatchResult ports = server.find(PORTS).orElseThrow();
            progress.narrate("the server listens; agents dial");
            Instant dialled = clock.instant();
            try (Running agents = agents(fleet, folder, ports.group(2));
                    LoadClients clients = new LoadClients(fleet, URI.create("https://[::1]:" + ports.group(1)),
                            token(folder), clock)) {
                URI metrics = URI.create("http://[::1]:" + ports.group(3) + "/metrics");
                agents.awaitReady(patience, CONNECT_LIMIT,
                        everySecond(() -> connected(clients, metrics) >= fleet.hosts()),
                        "has not connected all hosts");
                Fleet up = new Fleet(fleet, server, startS, since(dialled), beatingCores(server));
                progress.narrate("all are connected; requests");
                Instant quiet = clock.instant();
                clients.run(() -> since(quiet) >= seconds);
                LoadRun idle = up.run("heartbeats", clients, List.of(), 0);
                int count = Math.min(migrations, fleet.hosts() / 2);
                progress.narrate("requests beside " + count + " migrations");
                return List.of(idle, up.run("migrations", clients, migrate(fleet, clients, count), count));
            }
        }
    }

    /** When nothing happens but heartbeats; the agents' VMs are asked for after they have connected. */
    private double beatingCores(Running server) {
        double last = Double.MAX_VALUE;
        for (int look = 0; look < CALM_LOOKS_MAX; look++) {
            double before = ProcessorTime.of(server.pid());
            Instant from = clock.instant();
            patience.until(COMMAND_LIMIT, () -> since(from) >= Math.min(CALM_S, seconds), () -> "time stands still");
            double cores = (ProcessorTime.of(server.pid()) - before) / since(from);
            if (cores > last * CALM_SHARE) {
                return cores;
            }
            last = cores;
        }
        return last;
    }

    /** A fleet that is up, and what is known of it before any request. */
    private record Fleet(LoadFleet size, Running server, double startS, double connectS, double beatingCores) {

        private LoadRun run(String load, LoadClients clients, List<Resources.Migration> done, int begun) {
            Sample read = clients.sample(Kind.READ);
            Sample page = clients.sample(Kind.PAGE);
            Sample write = clients.sample(Kind.WRITE);
            List<Double> times = done.stream().filter(it -> it.outcome().equals("completed"))
                    .map(Resources.Migration::tAllMs).toList();
            Sample all = Sample.of(times.isEmpty() ? List.of(0) : times);
            return new LoadRun(size.hosts(), size.vms(), startS, connectS, beatingCores, liveHeapMb(server.pid()),
                    Memory.highestMb(server.pid()), load, clients.requests(), clients.refused(), read.median(),
                    read.p99(),
                    page.median(), page.p99(), write.median(), write.p99(), begun, times.size(), all.median(),
                    all.p99());
        }
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
                Instant look = clock.instant();
                patience.until(COMMAND_LIMIT, () -> since(look) >= LOOK_S, () -> "time stands still");
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

    private Running server(Path folder) {
        // Compiled as well as an installed one is.
        return Processes.start(Programs.command("org.godwit.mcs.Main",
                List.of("-XX:TieredStopAtLevel=4", "-Xmx" + heapMb + "m"),
                List.of("--data", folder.resolve("data").toString(), "--rest", "[::1]:0", "--agents", "[::1]:0",
                        "--ims", "[::1]:0", "--status", "[::1]:0", "--hoa-space", LoadFleet.HOA_SPACE,
                        "--migrations-max", Integer.toString(migrations), "--migrations-per-link-max",
                        Integer.toString(migrations))),
                folder.resolve("server.log"), Programs.environment());
    }

    private Running agents(LoadFleet fleet, Path folder, String port) {
        return Processes.start(Programs.command(LoadAgents.class.getName(), List.of("-Xmx4g"),
                List.of(port, Integer.toString(fleet.hosts()), Integer.toString(vmsPerHost),
                        Integer.toString(copySeconds), folder.resolve("tokens").toString())),
                folder.resolve("agents.log"), Programs.environment());
    }

    /** A server with many hosts has better things to do than to tell how many. */
    private BooleanSupplier everySecond(BooleanSupplier question) {
        Instant[] last = {Instant.EPOCH };
        return () -> {
            if (since(last[0]) < 1) {
                return false;
            }
            last[0] = clock.instant();
            return question.getAsBoolean();
        };
    }

    private static long connected(LoadClients clients, URI metrics) {
        return CONNECTED.matcher(clients.send(HttpRequest.newBuilder(metrics).build()).body()).results()
                .mapToLong(found -> Long.parseLong(found.group(1))).findFirst().orElse(0);
    }

    /** The server made it at its first start. */
    private static AccessToken token(Path folder) throws IOException {
        return AccessToken.parse(Files.readString(folder.resolve("data/admin.token")).strip());
    }

    private static int liveHeapMb(long pid) {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        Processes.run(COMMAND_LIMIT, List.of(jcmd, Long.toString(pid), "GC.run"));
        String heap = Processes.run(COMMAND_LIMIT, List.of(jcmd, Long.toString(pid), "GC.heap_info")).text();
        return HEAP_USED.matcher(heap).results().mapToInt(part -> Integer.parseInt(part.group(1)) / 1024).sum();
    }

    /** ASCII. */
    static String table(List<LoadRun> runs) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%6s %7s %-10s %13s %13s %13s %11s %15s%n",
                "hosts", "VMs", "beside", "read p50/p99", "page p50/p99", "write p50/p99", "migrations",
                "T_ALL p50/p99 s"));
        runs.forEach(run -> text.append(String.format(Locale.ROOT, "%6d %7d %-10s %13s %13s %13s %11s %15s%n",
                run.hosts(), run.vms(), run.load(), pair(run.readP50Ms(), run.readP99Ms()),
                pair(run.pageP50Ms(), run.pageP99Ms()), pair(run.writeP50Ms(), run.writeP99Ms()),
                run.completed() + "/" + run.migrations(),
                pair(run.migrationP50Ms() / 1000, run.migrationP99Ms() / 1000))));
        text.append(String.format(Locale.ROOT, "%n%6s %7s %9s %11s %13s %12s %12s%n", "hosts", "VMs", "start s",
                "connect s", "beating cores", "live heap MB", "resident MB"));
        runs.stream().filter(run -> run.migrations() > 0)
                .forEach(run -> text.append(String.format(Locale.ROOT, "%6d %7d %9.1f %11.1f %13.2f %12d %12d%n",
                        run.hosts(), run.vms(), run.startS(), run.connectS(), run.beatingCores(), run.liveHeapMb(),
                        run.residentMb())));
        return text.toString();
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
