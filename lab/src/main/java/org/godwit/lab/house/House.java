package org.godwit.lab.house;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.godwit.lab.Correspondent;
import org.godwit.lab.HomeGateway;
import org.godwit.lab.Host;
import org.godwit.lab.Lab;
import org.godwit.lab.LabException;
import org.godwit.lab.Node;
import org.godwit.lab.Site;
import org.godwit.lab.Vm;
import org.godwit.lab.process.Patience;
import org.godwit.lab.process.Processes;
import org.godwit.lab.process.Running;
import org.godwit.model.Gateway;
import org.godwit.model.HomeAddress;
import org.godwit.model.Name;
import org.godwit.protocol.rest.Resources;
import org.godwit.protocol.rest.RestJson;

/**
 * The control server, the agents and the command that an operator types, as they would run on machines of their own. All that
 * the lab says to Godwit goes through the {@code godwit} command, so that it is used every day.
 */
public final class House {

    /** Where all HoAs of the lab lie. No site has this prefix: a HoA is never on the wire. */
    public static final String HOA_SPACE = "2001:db8:face::/64";

    /** A guest of the lab has nothing to save. */
    private static final String SHUTDOWN_SECONDS_MAX = "30";

    private static final Pattern PRIVATE_KEY = Pattern.compile("PRIVATE KEY-----\\s+([A-Za-z0-9+/=]+)");
    private static final String REST = "[::1]:8440";
    private static final int AGENTS_PORT = 8441;
    private static final int IMS_PORT = 4342;
    private static final Duration START_LIMIT = Duration.ofSeconds(120);
    private static final Duration GUEST_LIMIT = Duration.ofMinutes(4);
    private static final Duration COMMAND_LIMIT = Duration.ofSeconds(120);
    private static final Duration MIGRATION_LIMIT = Duration.ofMinutes(15);

    private final Lab lab;
    private final Node control;
    private final Patience patience = new Patience(InstantSource.system());
    private final TrainedPrograms programs = TrainedPrograms.ofThisBuild();
    private final Path secrets;
    private final List<HomeGateway> homeGateways;
    private final Map<Name, Running> agents = new ConcurrentHashMap<>();
    private List<String> agentOptions = List.of();
    private Running server;

    private House(Lab lab, Node control, List<HomeGateway> homeGateways) {
        this.lab = requireNonNull(lab, "lab is null");
        this.control = requireNonNull(control, "control is null");
        this.homeGateways = List.copyOf(homeGateways);
        this.secrets = lab.folder().path().resolve("secrets");
    }

    /**
     * Starts the control server on a node and waits until it answers.
     *
     * @param homeGateways which it will let speak for plain correspondents, once they are {@link #know known}
     */
    public static House open(Lab lab, Node control, HomeGateway... homeGateways) {
        House house = new House(lab, control, List.of(homeGateways));
        try {
            Files.createDirectories(house.secrets);
        } catch (IOException e) {
            throw new UncheckedIOException(house.secrets + " cannot be made", e);
        }
        house.startControlServer();
        return house;
    }

    /** Registers a site with its gateway. */
    public void know(Site site) {
        Gateway gateway = site.gateway();
        godwit("site", "add", site.name().text());
        godwit("gateway", "add", site.name().text(), "--link-local", gateway.linkLocal().toString(), "--mac",
                gateway.mac().toString(), "--prefix", gateway.prefix().toString());
    }

    /** Registers hosts, starts their agents and waits until all are connected. */
    public void know(Host... hosts) {
        for (Host host : hosts) {
            Path token = tokenFile(host);
            godwit("host", "add", host.name().text(), "--site", host.site().name().text(), "--token-file",
                    token.toString());
            startAgent(host);
        }
        for (Host host : hosts) {
            awaitAgent(host);
        }
        Stream.of(hosts).parallel().forEach(Host::listenToOtherHosts);
    }

    /** Waits until a host's agent has a session with the control server. */
    public void awaitAgent(Host host) {
        agents.get(host.name()).awaitReady(patience, START_LIMIT, () -> isConnected(host),
                "did not connect to the control server");
    }

    /** The same for several; one question is enough when all are connected already. */
    public void awaitAgents(Host... hosts) {
        Answer all = ask("host", "list", "-o", "json");
        List<String> connected = all.exitCode() != 0
                ? List.of()
                : all.as(new TypeReference<Resources.Items<Resources.Host>>() {
                }).items().stream().filter(Resources.Host::connected).map(Resources.Host::name).toList();
        Stream.of(hosts).filter(host -> !connected.contains(host.name().text())).forEach(this::awaitAgent);
    }

    /** Host agents that are started from now on will move disks, as fast as installed ones. */
    public void expectDisks() {
        agentOptions = Programs.MOVING_DISKS;
    }

    /** Ends a host's agent as a crash would. */
    public void crashAgent(Host host) {
        agents.get(host.name()).crash();
    }

    /** Starts the agent of a registered host, also after it has been ended. */
    public void startAgent(Host host) {
        agents.put(host.name(),
                start(host, "host-agent", programs.command("org.godwit.host.Main", agentOptions, List.of("--mcs",
                        "[" + control.address() + "]:" + AGENTS_PORT, "--name", host.name().text(), "--token-file",
                        tokenFile(host).toString(), "--reachable-bridge", Host.REACHABLE_BRIDGE,
                        "--libvirt", "qemu:///system", "--libvirt-uri", host.libvirtUri(), "--state-folder",
                        lab.folder().path().resolve("agents").resolve(host.name().text()).toString()))));
    }

    /** Where a host's agent looks for a token. */
    public Path tokenFile(Host host) {
        return secrets.resolve(host.name() + ".token");
    }

    /** Registers a correspondent and starts its guest agent, which makes it MAT-capable. */
    public void know(Correspondent correspondent, HomeAddress hoa) {
        Path key = key(correspondent);
        godwit("peer", "add", correspondent.name().text(), "--hoa", hoa.toString(), "--key-file", key.toString());
        Running agent = start(correspondent, "guest-agent",
                programs.command("org.godwit.guest.Main", List.of("--peer", "--hoa", hoa.toString(), "--hoa-space",
                        HOA_SPACE, "--interface", Correspondent.DEVICE, "--ims",
                        "[" + control.address() + "]:" + IMS_PORT, "--key-file", key.toString())));
        agent.awaitReady(patience, START_LIMIT, () -> isBound(hoa),
                "did not register " + hoa + " at the mapping server");
    }

    /** Registers a home gateway and starts its agent. */
    public Running know(HomeGateway gateway) {
        godwit("peer", "add", gateway.name().text(), "--hoa", gateway.hoa().toString(), "--key-file",
                key(gateway).toString());
        return startAgent(gateway);
    }

    /** Starts the agent of a registered home gateway, also after it has been ended; waits until it translates. */
    public Running startAgent(HomeGateway gateway) {
        List<String> arguments = new ArrayList<>(List.of("--home-gateway", "--hoa", gateway.hoa().toString(),
                "--hoa-space", HOA_SPACE, "--interface", HomeGateway.DEVICE, "--ims",
                "[" + control.address() + "]:" + IMS_PORT, "--key-file", key(gateway).toString(),
                "--proxy-prefix", gateway.proxyPrefix().toString(), "--proxy-key-file",
                secrets.resolve(gateway.name() + ".proxy-key").toString(), "--pin", "/sys/fs/bpf/godwit"));
        if (!gateway.named().isEmpty()) {
            arguments.addAll(List.of("--correspondents", gateway.named().stream()
                    .map(plain -> plain.address().toCanonicalString()).collect(Collectors.joining(","))));
        }
        Running agent = start(gateway, "guest-agent", programs.command("org.godwit.guest.Main", arguments));
        agent.awaitReady(patience, START_LIMIT, () -> agent.hasSaid("event=installed"), "did not install the gateway");
        return agent;
    }

    private Path key(Node node) {
        return secrets.resolve(node.name() + ".key");
    }

    /** Registers a VM that boots; waits until its guest agent answers. */
    public void know(Vm vm, Host host, HomeAddress hoa) {
        AtomicReference<Answer> last = new AtomicReference<>();
        patience.until(GUEST_LIMIT, () -> {
            last.set(ask("vm", "add", vm.name().text(), "--host", host.name().text(), "--hoa", hoa.toString()));
            return last.get().exitCode() == 0;
        }, () -> "the VM " + vm.name() + " could not be registered: " + last.get().errors() + "; its console: "
                + vm.console());
    }

    /**
     * Registers a VM before it boots as a mobile node that no host helps: to Godwit it is a peer, wherever it is.
     *
     * @param interfaces on any of which it may get its address
     */
    public void knowAlone(Vm vm, HomeAddress hoa, String... interfaces) {
        Path key = secrets.resolve(vm.name() + ".key");
        godwit("peer", "add", vm.name().text(), "--hoa", hoa.toString(), "--key-file", key.toString());
        try {
            vm.files(Map.of("/etc/godwit/guest-agent.conf", """
                    peer = true
                    hoa = %s
                    hoa-space = %s
                    interface = %s
                    ims = [%s]:%d
                    key-file = /etc/godwit/key
                    pin = /sys/fs/bpf/godwit
                    """.formatted(hoa, HOA_SPACE, String.join(",", interfaces), control.address(), IMS_PORT),
                    "/etc/godwit/key", Files.readString(key)));
        } catch (IOException e) {
            throw new UncheckedIOException(key + " cannot be read", e);
        }
    }

    /** Waits until a node that registers by itself has done so. */
    public void awaitBound(HomeAddress hoa) {
        patience.until(GUEST_LIMIT, () -> isBound(hoa), () -> hoa + " has not been registered at the mapping server");
    }

    /**
     * Moves a VM and waits for the end, whatever it is.
     *
     * @param options of the godwit command
     */
    public Answer migrate(Name vm, Host target, String... options) {
        return run(MIGRATION_LIMIT,
                Stream.concat(Stream.of("migrate", vm.text(), "--to", target.name().text(), "-o", "json"),
                        Stream.of(options)).toArray(String[]::new));
    }

    /** Where the time of a migration went, and what the hypervisor counted. */
    public Resources.Report report(String migration) {
        return godwit("why", migration, "-o", "json").as(Resources.Report.class);
    }

    /** Waits for the end of a migration that runs, whatever it is. */
    public Answer watch(String migration) {
        return run(MIGRATION_LIMIT, "migration", "watch", migration, "-o", "json");
    }

    /** Where the VM runs and at which MoA it is reached, as the control server knows. */
    public Resources.Vm vm(Name name) {
        return godwit("vm", "show", name.text(), "-o", "json").as(Resources.Vm.class);
    }

    /** Looks for every secret that this house has: tokens, private keys, mapping keys. */
    public SecretScan secretScan() {
        SecretScan scan = new SecretScan();
        try {
            for (Path file : files()) {
                String name = file.getFileName().toString();
                if (name.endsWith(".token") || file.startsWith(secrets)) {
                    // Of a token also the half that is no fingerprint.
                    String text = Files.readString(file).strip();
                    scan.add(name, text.substring(text.indexOf('.') + 1));
                } else if (name.endsWith(".key") || name.endsWith(".pem")) {
                    Matcher key = PRIVATE_KEY.matcher(Files.readString(file));
                    if (key.find()) {
                        scan.add(lab.folder().path().relativize(file).toString(), key.group(1));
                    }
                }
            }
            mappingKeys(scan);
        } catch (IOException | SQLException e) {
            throw new LabException("the secrets of the house cannot be read", e);
        }
        return scan;
    }

    /** All that the house has. Its programs run: a file that gets its final name meanwhile may have been seen under neither. */
    private List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(lab.folder().path(), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (Files.isRegularFile(file)) {
                    files.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }
        });
        return files;
    }

    private void mappingKeys(SecretScan scan) throws SQLException {
        try (Connection database = DriverManager.getConnection("jdbc:sqlite:" + serverData().resolve("mcs.db"));
                Statement statement = database.createStatement();
                ResultSet keys = statement
                        .executeQuery("SELECT hoa, mapping_key FROM ims_enrolments WHERE mapping_key IS NOT NULL")) {
            while (keys.next()) {
                String name = "the mapping key of " + keys.getString("hoa");
                byte[] key = keys.getBytes("mapping_key");
                scan.add(name, HexFormat.of().formatHex(key));
                scan.add(name + " in base64", Base64.getEncoder().withoutPadding().encodeToString(key));
            }
        }
    }

    /** Runs the godwit command, which must succeed. @throws LabException when it does not */
    public Answer godwit(String... arguments) {
        Answer answer = ask(arguments);
        if (answer.exitCode() != 0) {
            throw new LabException("godwit " + String.join(" ", arguments) + " ended with " + answer.exitCode() + ": "
                    + answer.errors() + answer.text());
        }
        return answer;
    }

    /** Runs the godwit command and answers what came of it. */
    public Answer ask(String... arguments) {
        return run(COMMAND_LIMIT, arguments);
    }

    private Answer run(Duration limit, String... arguments) {
        List<String> command = control.enter(programs.command("org.godwit.cli.Main", List.of(arguments)));
        return Answer.of(Processes.finish(limit, command, "", godwitEnvironment()));
    }

    private Running start(Node node, String label, List<String> command) {
        return node.start(label, command, programs.environment());
    }

    private Map<String, String> godwitEnvironment() {
        Map<String, String> environment = new HashMap<>(programs.environment());
        environment.put("GODWIT_SERVER", "https://" + REST);
        environment.put("GODWIT_TOKEN_FILE", serverData().resolve("admin.token").toString());
        return environment;
    }

    /** What the control server writes, whichever process it is. */
    public Path controlServerLog() {
        return server.log();
    }

    /** Ends the control server as a crash would. */
    public void crashControlServer() {
        server.crash();
    }

    /** Starts the control server, which goes on with what its disk says; waits until it answers. */
    public void startControlServer() {
        List<String> arguments = new ArrayList<>(
                List.of("--data", serverData().toString(), "--rest", REST, "--agents",
                        "[" + control.address() + "]:" + AGENTS_PORT, "--ims",
                        "[" + control.address() + "]:" + IMS_PORT, "--hoa-space", HOA_SPACE, "--shutdown-seconds-max",
                        SHUTDOWN_SECONDS_MAX));
        homeGateways.forEach(gateway -> arguments
                .addAll(List.of("--home-gateway", gateway.hoa() + "=" + gateway.proxyPrefix())));
        server = start(control, "mcs-server", programs.command("org.godwit.mcs.Main", arguments));
        server.awaitReady(patience, START_LIMIT, () -> ask("site", "list").exitCode() == 0, "does not answer");
    }

    private Path serverData() {
        return lab.folder().path().resolve("mcs");
    }

    private boolean isConnected(Host host) {
        // On a busy machine a server that has much to do may leave a question unanswered: it is asked again.
        Answer answer = ask("host", "show", host.name().text(), "-o", "json");
        return answer.exitCode() == 0 && answer.as(Resources.Host.class).connected();
    }

    private boolean isBound(HomeAddress hoa) {
        return ask("binding", "list", "-o", "json").text().contains("\"" + hoa + "\"");
    }

    /** What a command ended with. */
    public record Answer(int exitCode, String text, String errors) {

        static Answer of(Processes.Finished finished) {
            return new Answer(finished.exitCode(), finished.text(), finished.errors());
        }

        /** Of {@link #migrate}. @throws LabException when the VM is not at that host now */
        public Resources.Migration arrival(Host target) {
            if (exitCode != 0 || !as(Resources.Migration.class).target().equals(target.name().text())) {
                throw new LabException("the VM did not arrive at " + target.name() + " (exit code " + exitCode + "): "
                        + errors + text);
            }
            return as(Resources.Migration.class);
        }

        /** When the {@link #arrival} was asked for. @throws LabException when the VM is not at that host now */
        public Instant ordered(Host target) {
            return Instant.parse(arrival(target).createdAt());
        }

        /** @throws LabException when the command did not answer such a body */
        public <T> T as(TypeReference<T> body) {
            try {
                return RestJson.lenient().readValue(text, body);
            } catch (JsonProcessingException e) {
                throw new LabException("not a " + body.getType() + ": " + text + errors, e);
            }
        }

        /** @throws LabException when the command did not answer such a body */
        public <T> T as(Class<T> body) {
            try {
                return RestJson.lenient().readValue(text, body);
            } catch (JsonProcessingException e) {
                throw new LabException("not a " + body.getSimpleName() + ": " + text + errors, e);
            }
        }
    }
}
