package org.godwit.lab.bench;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.godwit.lab.LabException;
import org.godwit.lab.house.Programs;
import org.godwit.lab.process.Patience;
import org.godwit.lab.process.Processes;
import org.godwit.lab.process.Running;
import org.godwit.protocol.identity.AccessToken;

/**
 * A control server and all the agents of its fleet, as two processes. On a real site each agent has a processor of its own to dial
 * with; here they all share the server's, so they are told to be nice.
 */
final class LoadRig implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofMinutes(5);
    private static final Duration CONNECT_LIMIT = Duration.ofMinutes(15);
    private static final Duration COMMAND_LIMIT = Duration.ofMinutes(1);
    private static final Pattern PORTS = Pattern.compile("listens: rest=(\\d+) agents=(\\d+) ims=\\S+ status=(\\d+)");
    private static final Pattern CONNECTED = Pattern.compile("(?m)^godwit_mcs_agents_connected (\\d+)");
    private static final Pattern HEAP_USED = Pattern.compile("total \\d+K, used (\\d+)K");
    private static final int PORT_MIN = 18_000;
    private static final int PORT_MAX = 28_000;
    private static final double CALM_S = 5;
    private static final int CALM_LOOKS_MAX = 30;
    /** Once the server uses no less than this share of what it used before, it has come to rest. */
    private static final double CALM_SHARE = 0.9;

    /** @param heapMb of the server; {@code migrations} that it lets run at a time; {@code copySeconds} that each copy takes */
    record Setting(LoadFleet fleet, int heapMb, int migrations, int copySeconds) {}

    /** How long something took, and the seconds of processors that it took. */
    record Cost(double seconds, double serverCpuS, double agentsCpuS) {}

    private final Setting setting;
    private final Path folder;
    private final InstantSource clock;
    private final Patience patience;
    private final int agentsPort = freePort();
    private Running server;
    private MatchResult ports;
    private Running agents;

    /** @param folder with the server's {@code data} and the agents' {@code tokens}; logs go there */
    LoadRig(Setting setting, Path folder, InstantSource clock) {
        this.setting = requireNonNull(setting, "setting is null");
        this.folder = requireNonNull(folder, "folder is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.patience = new Patience(clock);
    }

    /** @return seconds until the server listened */
    double startServer() {
        Instant start = clock.instant();
        // Compiled as well as an installed one is.
        server = Processes.start(Programs.command("org.godwit.mcs.Main",
                List.of(Programs.FULLY_COMPILED, "-Xmx" + setting.heapMb() + "m"),
                List.of("--data", folder.resolve("data").toString(), "--rest", "[::1]:0", "--agents",
                        "[::1]:" + agentsPort, "--ims", "[::1]:0", "--status", "[::1]:0", "--hoa-space",
                        LoadFleet.HOA_SPACE, "--migrations-max", Integer.toString(setting.migrations()),
                        "--migrations-per-link-max", Integer.toString(setting.migrations()))),
                folder.resolve("server.log"), Programs.environment());
        server.awaitReady(patience, START_LIMIT, () -> server.find(PORTS).isPresent(), "does not listen");
        ports = server.find(PORTS).orElseThrow();
        return since(start);
    }

    /** All agents dial at once. Until each has a session. */
    Cost connect() {
        double serverBefore = ProcessorTime.of(server.pid());
        List<String> command = new ArrayList<>(List.of("nice"));
        LoadFleet fleet = setting.fleet();
        // A collection that stops thousands of agents for longer than their lease is nothing that a real one has.
        command.addAll(Programs.command(LoadAgents.class.getName(),
                List.of(Programs.FULLY_COMPILED, "-XX:-UseSerialGC", "-XX:+UseG1GC", "-Xmx6g"),
                List.of(Integer.toString(agentsPort), Integer.toString(fleet.hosts()),
                        Integer.toString(fleet.vmsPerHost()), Integer.toString(setting.copySeconds()),
                        folder.resolve("tokens").toString())));
        Instant dialled = clock.instant();
        agents = Processes.start(command, folder.resolve("agents.log"), Programs.environment());
        return untilConnected(dialled, serverBefore, 0);
    }

    /** The server is killed and started anew; meanwhile all agents dial. @return until it listened, then until all were there */
    List<Cost> restartServer() {
        server.crash();
        double agentsBefore = ProcessorTime.of(agents.pid());
        double restarted = startServer();
        Instant listens = clock.instant();
        double agentsAfter = ProcessorTime.of(agents.pid());
        double serverBefore = ProcessorTime.of(server.pid());
        return List.of(new Cost(restarted, serverBefore, agentsAfter - agentsBefore),
                untilConnected(listens, serverBefore, agentsAfter));
    }

    private Cost untilConnected(Instant from, double serverBefore, double agentsBefore) {
        URI metrics = URI.create("http://[::1]:" + ports.group(3) + "/metrics");
        try (HttpClient client = HttpClient.newHttpClient()) {
            Instant[] last = {Instant.EPOCH };
            agents.awaitReady(patience, CONNECT_LIMIT, () -> {
                // A server with many hosts has better things to do than to tell how many.
                if (since(last[0]) < 1) {
                    return false;
                }
                last[0] = clock.instant();
                return connected(client, metrics) >= setting.fleet().hosts();
            }, "has not connected all hosts; the server's log is " + server.log());
        }
        return new Cost(since(from), ProcessorTime.of(server.pid()) - serverBefore,
                ProcessorTime.of(agents.pid()) - agentsBefore);
    }

    private static long connected(HttpClient client, URI metrics) {
        try {
            String text = client.send(HttpRequest.newBuilder(metrics).timeout(COMMAND_LIMIT).build(),
                    BodyHandlers.ofString()).body();
            return CONNECTED.matcher(text).results().mapToLong(found -> Long.parseLong(found.group(1))).findFirst()
                    .orElse(0);
        } catch (IOException e) {
            throw new LabException("the server's metrics are not answered: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted", e);
        }
    }

    /** What is used while nothing happens but heartbeats; VMs are asked for after their agents have connected, so later. */
    Cost beating(double seconds) {
        Cost last = look(seconds);
        for (int i = 0; i < CALM_LOOKS_MAX; i++) {
            Cost now = look(seconds);
            if (now.serverCpuS() > last.serverCpuS() * CALM_SHARE) {
                return now;
            }
            last = now;
        }
        return last;
    }

    private Cost look(double seconds) {
        double serverBefore = ProcessorTime.of(server.pid());
        double agentsBefore = ProcessorTime.of(agents.pid());
        Instant from = clock.instant();
        Processes.rest(Duration.ofMillis((long) (Math.min(CALM_S, seconds) * 1000)));
        return new Cost(since(from), ProcessorTime.of(server.pid()) - serverBefore,
                ProcessorTime.of(agents.pid()) - agentsBefore);
    }

    /** Operators. To be closed before the server is restarted: it will be elsewhere. */
    LoadClients clients() throws IOException {
        return new LoadClients(setting.fleet(), URI.create("https://[::1]:" + ports.group(1)),
                AccessToken.parse(Files.readString(folder.resolve("data/admin.token")).strip()), clock);
    }

    int liveHeapMb() {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        String pid = Long.toString(server.pid());
        Processes.run(COMMAND_LIMIT, List.of(jcmd, pid, "GC.run"));
        String heap = Processes.run(COMMAND_LIMIT, List.of(jcmd, pid, "GC.heap_info")).text();
        return HEAP_USED.matcher(heap).results().mapToInt(part -> Integer.parseInt(part.group(1)) / 1024).sum();
    }

    int residentMb() {
        return Memory.highestMb(server.pid());
    }

    int agentsResidentMb() {
        return Memory.highestMb(agents.pid());
    }

    /** Below those that the kernel gives to clients: of thousands that dial a server that is away, one would get the server's. */
    private static int freePort() {
        for (int port = PORT_MIN; port < PORT_MAX; port++) {
            try (ServerSocket free = new ServerSocket()) {
                free.bind(new InetSocketAddress(InetAddress.getByName("::1"), port));
                return port;
            } catch (BindException _) {
                // somebody's
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        throw new LabException("there is no free port from " + PORT_MIN + " to " + PORT_MAX);
    }

    private double since(Instant start) {
        return Duration.between(start, clock.instant()).toNanos() / 1e9;
    }

    @Override
    public void close() {
        if (agents != null) {
            agents.close();
        }
        if (server != null) {
            server.close();
        }
    }
}
