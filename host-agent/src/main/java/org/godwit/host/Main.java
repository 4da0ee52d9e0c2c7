package org.godwit.host;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.godwit.host.command.HostIdentity;
import org.godwit.host.disk.GoldenImages;
import org.godwit.host.hypervisor.EmulatorCapabilities;
import org.godwit.host.hypervisor.MigrationPki;
import org.godwit.host.hypervisor.Transport;
import org.godwit.host.network.KernelPacketRelay;
import org.godwit.host.network.LinuxLinkFacts;
import org.godwit.host.network.LinuxNetwork;
import org.godwit.host.program.Programs;
import org.godwit.host.session.Credentials;
import org.godwit.host.session.HypervisorCertificate;
import org.godwit.host.session.McsAddress;
import org.godwit.model.Name;
import org.godwit.operation.configuration.ConfigurationException;
import org.godwit.operation.configuration.Findings;
import org.godwit.operation.log.LogLines;
import org.godwit.operation.program.ConfigurationOptions;
import org.godwit.operation.program.ConfiguredProgram;
import org.godwit.operation.program.LogOptions;
import org.godwit.operation.program.ProductVersion;
import org.godwit.operation.status.StatusServer;
import org.godwit.shim.LinkFrame;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The host agent's command line. */
@Command(name = "godwit-host-agent", mixinStandardHelpOptions = true, versionProvider = ProductVersion.class, sortOptions = false, description = {
        "Stages gateways for the VMs of this host and moves them, as the Migration Control Server (MCS) says.",
        "Runs as root." })
public final class Main implements Callable<Integer>, ConfiguredProgram.Checked {

    private static final String STATE_FOLDER = "/var/lib/godwit/host-agent";
    private static final Path PKI = Path.of("/etc/pki");
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);
    private static final Duration PROGRAM_TIME_MAX = Duration.ofSeconds(10);

    @Mixin
    private ConfigurationOptions configurationOptions;

    // A group, so that what is required to run is not required to clean.
    @ArgGroup(exclusive = false, multiplicity = "0..1")
    private Place place;

    @Option(names = "--libvirt", defaultValue = "qemu:///system", paramLabel = "URI", description = "The local libvirt daemon, by default ${DEFAULT-VALUE}.")
    private String libvirt;

    @Option(names = "--transport", defaultValue = "tls", paramLabel = "tls|tcp", description = "Of migrations between hosts, by default ${DEFAULT-VALUE}: with certificates of the MCS's authority. tcp encrypts nothing and asks nobody who he is.")
    private String transport;

    @Option(names = "--state-folder", scope = ScopeType.INHERIT, defaultValue = STATE_FOLDER, paramLabel = "DIR", description = "What the agent must not forget, by default ${DEFAULT-VALUE}.")
    private Path stateFolder;

    @Option(names = "--status", defaultValue = "[::1]:8444", paramLabel = "[ADDR]:PORT", description = "/metrics, /livez and /readyz, by default ${DEFAULT-VALUE}. Plain HTTP, open to all who reach it.")
    private InetSocketAddress status;

    @Option(names = "--disk-port", defaultValue = "8446", paramLabel = "PORT", description = "On which hosts take disks that travel with their VMs, by default ${DEFAULT-VALUE}: the same on all hosts.")
    private int diskPort;

    @Option(names = "--golden-images", paramLabel = "DIR", description = "A folder with images that disks were made from, 8 at most, by name: NAME.qcow2, NAME.raw or NAME.img. What they have does not travel to this host. They are only read.")
    private Path goldenImages;

    @Mixin
    private LogOptions logOptions;

    @Spec
    private CommandSpec spec;

    /** Who this host is. */
    static final class Place {

        @Option(names = "--mcs", required = true, paramLabel = "[ADDR]:PORT", description = "Where the MCS listens for agents.")
        private String mcs;

        @Option(names = "--name", required = true, paramLabel = "HOST", description = "The name under which the MCS knows this host.")
        private String name;

        @Option(names = "--token-file", paramLabel = "FILE", description = "Holds the token that the MCS gave out for this host; used once, for its certificate.")
        private Path tokenFile;

        @Option(names = "--reachable-bridge", required = true, paramLabel = "BRIDGE", description = "The bridge with the uplink to the site's network.")
        private String reachableBridge;

        @Option(names = "--libvirt-uri", required = true, paramLabel = "URI", description = "Where other hosts reach this host's libvirt daemon.")
        private String libvirtUri;
    }

    public static void main(String... arguments) {
        System.exit(ConfiguredProgram.run(commandLine(), arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main()).registerConverter(InetSocketAddress.class, StatusServer::address)
                .setExecutionExceptionHandler((e, line, _) -> {
                    line.getErr().println("godwit-host-agent cannot start: " + e.getMessage());
                    return e instanceof ConfigurationException ? ExitCode.USAGE : ExitCode.SOFTWARE;
                });
    }

    @Override
    public Integer call() throws Exception {
        Sound sound = sound();
        LogLines.always("host", place.name);
        Files.createDirectories(stateFolder);
        HostAgent agent = new HostAgent(sound.host(), sound.mcs(), credentials(), certificate(sound), libvirt,
                new EmulatorCapabilities(programs()),
                network(place.reachableBridge, stateFolder), new LinuxLinkFacts(programs(), place.reachableBridge),
                new DiskTraffic.Place(programs(), diskPort, stateFolder.resolve("disks"), sound.golden()), stateFolder,
                status,
                InstantSource.system(), System::nanoTime, new SecureRandom());
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(agent::close));
        // Until a signal: the hook closes the agent while this thread waits on.
        Thread.currentThread().join();
        return 0;
    }

    @Override
    public void check() {
        sound();
    }

    private record Sound(HostIdentity host, McsAddress mcs, Transport transport, GoldenImages golden) {}

    private Sound sound() {
        if (place == null) {
            throw new ParameterException(spec.commandLine(),
                    "to run, --mcs, --name, --reachable-bridge and --libvirt-uri must be given");
        }
        Findings findings = new Findings();
        Name name = findings.in("name", () -> Name.of(place.name));
        McsAddress mcs = findings.in("mcs", () -> McsAddress.parse(place.mcs));
        findings.in("token-file", this::token);
        Transport way = findings.in("transport", this::transport);
        findings.in("libvirt-uri", () -> {
            if (way != null) {
                way.check(place.libvirtUri);
            }
            return place.libvirtUri;
        });
        GoldenImages golden = findings.in("golden-images",
                () -> goldenImages == null ? GoldenImages.none() : GoldenImages.in(goldenImages));
        findings.refuseAny();
        return new Sound(new HostIdentity(name, place.libvirtUri, place.reachableBridge), mcs, way, golden);
    }

    private Transport transport() {
        return switch (transport) {
            case "tls" -> Transport.TLS;
            case "tcp" -> Transport.TCP;
            case String other -> throw new IllegalArgumentException("is tls or tcp, got \"" + other + "\"");
        };
    }

    private Optional<HypervisorCertificate> certificate(Sound sound) {
        return switch (sound.transport()) {
            case TLS -> Optional.of(new HypervisorCertificate(stateFolder.resolve("identity"),
                    sound.host().libvirtUri(), new MigrationPki(PKI, programs())::install));
            case TCP -> {
                LOG.warn("transport is tcp: the memory of migrating VMs crosses the network in plain text, and whoever"
                        + " reaches libvirt at {} commands this host", sound.host().libvirtUri());
                yield Optional.empty();
            }
        };
    }

    /** Needed once; may be gone afterwards. */
    private boolean token() {
        boolean enrolled = credentials().areThere();
        if (!enrolled && place.tokenFile == null) {
            throw new IllegalArgumentException("is missing: this host has no certificate yet");
        }
        if (!enrolled && !Files.isReadable(place.tokenFile)) {
            throw new IllegalArgumentException("the file " + place.tokenFile + " cannot be read");
        }
        return enrolled;
    }

    private Credentials credentials() {
        return new Credentials(stateFolder.resolve("identity"), Optional.ofNullable(place.tokenFile));
    }

    @Command(name = "clean", mixinStandardHelpOptions = true, description = "Removes every bridge, filter, relay and radvd that an agent with this state folder ever made here.")
    int clean() {
        KernelPacketRelay.removeLeftovers();
        network("", stateFolder).cleanUp();
        return 0;
    }

    private static LinuxNetwork network(String reachableBridge, Path stateFolder) {
        return new LinuxNetwork(programs(), LinkFrame::send, reachableBridge, stateFolder);
    }

    private static Programs programs() {
        return new Programs(List.of(), PROGRAM_TIME_MAX);
    }
}
