package org.godwit.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.godwit.cli.HostEnrolment.Wish;
import org.godwit.cli.remote.Keyring;
import org.godwit.cli.remote.Login;
import org.godwit.cli.remote.RemoteHost;
import org.godwit.cli.remote.SudoHost;
import org.godwit.model.Name;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "enrol", aliases = "enroll", description = {
        "Make a machine a host: over SSH, install its agent, hand it a one-time token, start it, wait for its session.",
        "May be run again; what is done is not done twice. The host needs Debian or Ubuntu with libvirt and QEMU." }, footerHeading = "%nExamples:%n", footer = {
                "  godwit host enrol root@a-1.example --name a-1 --site a --package godwit-host-agent_0.1.0_amd64.deb",
                "  godwit host enrol admin@a-1.example --name a-1 --site a",
                "  godwit host enrol root@[2001:db8:a::11]:2222 --name a-1 --site a --mcs [2001:db8:100::5]:8441 \\",
                "      --accept-host-key SHA256:6Zfk2hQ0W8m1mXoYb0x2Vt4wq2yHc7XyJm0Vn8sQ1rE" })
final class HostEnrolCommand implements Runnable {

    private static final int AGENTS_PORT = 8441;
    private static final List<String> IDENTITIES = List.of("id_ed25519", "id_ecdsa", "id_rsa");

    private final GodwitCommand godwit;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "USER@HOST[:PORT]", description = "where sshd answers: root, or somebody who may be root by sudo, whose password is asked for on a terminal if sudo wants one; IPv6 addresses in brackets")
    private String login;

    @Option(names = "--name", required = true, paramLabel = "NAME", description = "of the host in the inventory: a-z, 0-9 and inner hyphens")
    private String name;

    @Option(names = "--site", required = true, paramLabel = "SITE", description = "where it stands")
    private String site;

    @Option(names = "--package", paramLabel = "FILE", description = "the agent's package, to be copied and installed; else the installed one, else what apt finds there")
    private Path deb;

    @Option(names = "--mcs", paramLabel = "[ADDR]:PORT", description = "where the control server listens for agents; by default where --server is, port "
            + AGENTS_PORT)
    private String mcs;

    @Option(names = "--reachable-bridge", paramLabel = "BRIDGE", description = "the host's bridge with the uplink to the site's network; needed where it has several")
    private String reachableBridge;

    @Option(names = "--libvirt-uri", paramLabel = "URI", description = "where other hosts reach its libvirt; by default qemu+tls://HOST/system")
    private String libvirtUri;

    @Option(names = "--accept-host-key", paramLabel = "SHA256:...", description = "believe this key of the host though known_hosts does not have it")
    private String acceptedFingerprint;

    @Option(names = "--known-hosts", paramLabel = "FILE", description = "by default ~/.ssh/known_hosts")
    private Path knownHosts;

    @Option(names = "--identity", paramLabel = "FILE", description = "your private key; by default what the ssh-agent and ~/.ssh have. A password is asked for on a terminal")
    private Path identity;

    @Option(names = "--wait", defaultValue = "60", paramLabel = "SECONDS", description = "for the agent's session, by default ${DEFAULT-VALUE}")
    private int waitSeconds;

    HostEnrolCommand(GodwitCommand godwit) {
        this.godwit = godwit;
    }

    @Override
    public void run() {
        Login entrance = right(() -> Login.parse(login));
        Keyring keys = right(this::keys);
        Wish wish = right(() -> wish(entrance));
        try (Desk desk = godwit.desk()) {
            HostEnrolment enrolment = new HostEnrolment(desk, godwit.surroundings(), wish);
            var host = enrolment.carryOut(() -> enter(entrance, keys));
            desk.done(host, "host " + name + " is enrolled and connected");
        }
    }

    private RemoteHost enter(Login entrance, Keyring keys) {
        TerminalQuestions questions = new TerminalQuestions(godwit.surroundings());
        RemoteHost entered = godwit.surroundings().remote().enter(entrance, keys, questions);
        return entrance.isRoot() ? entered : SudoHost.become(entered, entrance, questions);
    }

    private Wish wish(Login entrance) {
        if (deb != null && !Files.isReadable(deb)) {
            throw new IllegalArgumentException("the package " + deb + " cannot be read");
        }
        if (waitSeconds < 1 || waitSeconds > 3600) {
            throw new IllegalArgumentException("--wait must be 1 to 3600 seconds");
        }
        return new Wish(Name.of(name), site, mcs == null ? agentsAddress() : mcs,
                libvirtUri == null ? "qemu+tls://" + entrance.hostInUri() + "/system" : libvirtUri,
                Optional.ofNullable(reachableBridge), Optional.ofNullable(deb), Duration.ofSeconds(waitSeconds));
    }

    /** On loopback it is this machine's, not the host's. */
    private String agentsAddress() {
        String host = godwit.serverAddress().getHost();
        if (List.of("[::1]", "127.0.0.1", "localhost").contains(host)) {
            throw new IllegalArgumentException("--mcs must say where the host reaches the control server for agents,"
                    + " such as [2001:db8:100::5]:" + AGENTS_PORT + ", since " + host + " is this machine alone");
        }
        return host + ":" + AGENTS_PORT;
    }

    private Keyring keys() {
        Map<String, String> environment = godwit.surroundings().environment();
        Path folder = Path.of(environment.getOrDefault("HOME", "."), ".ssh");
        Optional<Path> agent = Optional.ofNullable(environment.get("SSH_AUTH_SOCK")).filter(it -> !it.isEmpty())
                .map(Path::of);
        Stream<Path> usual = IDENTITIES.stream().map(folder::resolve).filter(Files::isReadable);
        return new Keyring(knownHosts == null ? folder.resolve("known_hosts") : knownHosts,
                Optional.ofNullable(acceptedFingerprint), identity == null ? agent : Optional.empty(),
                identity == null ? usual.toList() : List.of(identity));
    }

    private <T> T right(Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
    }
}
