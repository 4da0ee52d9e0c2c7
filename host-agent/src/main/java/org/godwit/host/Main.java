package org.godwit.host;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import org.godwit.host.command.HostIdentity;
import org.godwit.host.network.KernelPacketRelay;
import org.godwit.host.network.LinuxLinkFacts;
import org.godwit.host.network.LinuxNetwork;
import org.godwit.host.program.Programs;
import org.godwit.host.session.McsAddress;
import org.godwit.model.Name;
import org.godwit.shim.LinkFrame;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The host agent's command line. */
@Command(name = "godwit-host-agent", mixinStandardHelpOptions = true, sortOptions = false, description = {
        "Stages gateways for the VMs of this host and moves them, as the Migration Control Server (MCS) says.",
        "Runs as root. The connection to the MCS is not encrypted yet: use a network that you trust." })
public final class Main implements Callable<Integer> {

    private static final String STATE_FOLDER = "/var/lib/godwit/host-agent";
    private static final Duration PROGRAM_TIME_MAX = Duration.ofSeconds(10);

    // A group, so that what is required to run is not required to clean.
    @ArgGroup(exclusive = false, multiplicity = "0..1")
    private Place place;

    @Option(names = "--libvirt", defaultValue = "qemu:///system", description = "The local libvirt daemon (${DEFAULT-VALUE}).")
    private String libvirt;

    @Option(names = "--state-folder", defaultValue = STATE_FOLDER, description = "What the agent must not forget (${DEFAULT-VALUE}).")
    private Path stateFolder;

    @Spec
    private CommandSpec spec;

    /** Where this host stands. */
    static final class Place {

        @Option(names = "--mcs", required = true, paramLabel = "[ADDR]:PORT", description = "Where the MCS listens for agents.")
        private String mcs;

        @Option(names = "--name", required = true, paramLabel = "HOST", description = "The name under which the MCS knows this host.")
        private String name;

        @Option(names = "--token-file", required = true, paramLabel = "FILE", description = "Holds the token that the MCS gave out for this host.")
        private Path tokenFile;

        @Option(names = "--reachable-bridge", required = true, paramLabel = "BRIDGE", description = "The bridge with the uplink to the site's network.")
        private String reachableBridge;

        @Option(names = "--libvirt-uri", required = true, paramLabel = "URI", description = "Where other hosts reach this host's libvirt daemon.")
        private String libvirtUri;
    }

    public static void main(String... arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        if (place == null) {
            throw new ParameterException(spec.commandLine(),
                    "to run, --mcs, --name, --token-file, --reachable-bridge and --libvirt-uri must be given");
        }
        Files.createDirectories(stateFolder);
        HostIdentity host = new HostIdentity(Name.of(place.name), place.libvirtUri, place.reachableBridge);
        HostAgent agent = new HostAgent(host, McsAddress.parse(place.mcs), place.tokenFile, libvirt,
                network(place.reachableBridge, stateFolder), new LinuxLinkFacts(programs(), place.reachableBridge),
                stateFolder, InstantSource.system(), System::nanoTime, new SecureRandom());
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(agent::close));
        // Until a signal: the hook closes the agent while this thread waits on.
        Thread.currentThread().join();
        return 0;
    }

    @Command(name = "clean", mixinStandardHelpOptions = true, description = "Removes every bridge, filter, relay and radvd that an agent with this state folder ever made here.")
    int clean(
            @Option(names = "--state-folder", defaultValue = STATE_FOLDER, description = "The agent's state folder (${DEFAULT-VALUE}).") Path folder) {
        KernelPacketRelay.removeLeftovers();
        network("", folder).cleanUp();
        return 0;
    }

    private static LinuxNetwork network(String reachableBridge, Path stateFolder) {
        return new LinuxNetwork(programs(), LinkFrame::send, reachableBridge, stateFolder);
    }

    private static Programs programs() {
        return new Programs(List.of(), PROGRAM_TIME_MAX);
    }
}
