package org.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.godwit.cli.remote.SshHost;
import org.godwit.cli.remote.SshServer;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the sshd, the dpkg and the apt-get of a real Debian; only systemd is played, and the package is a small one. */
@Tag("netns")
class EnrolmentOverSshTest {

    private static final String TOKEN = "0a".repeat(32) + "." + "5e".repeat(32);

    @TempDir
    private static Path folder;
    private static SshServer server;

    @TempDir
    private Path home;

    @BeforeAll
    static void start() {
        Tier.NETNS.needs(SshServer.lack());
        server = new SshServer(folder);
        play("/usr/bin/systemctl", "echo \"systemctl $*\" >> /tmp/systemctl.log");
        play("/usr/bin/journalctl", "echo 'says nothing of use'");
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void aMachineBecomesAHostAndStaysOne() throws IOException {
        Path deb = smallPackage();
        try (FakeMcs mcs = new FakeMcs()) {
            FakeMcs.Answer connected = FakeMcs.Answer.of(200,
                    "{\"name\": \"a-1\", \"site\": \"a\", \"connected\": true}");
            mcs.on("GET /v1/sites/a", "{\"name\": \"a\"}")
                    .on("GET /v1/hosts/a-1", FakeMcs.Answer.of(404, ""), connected).on("POST /v1/hosts",
                            FakeMcs.Answer.of(201,
                                    "{\"name\": \"a-1\", \"site\": \"a\", \"token\": \"" + TOKEN + "\"}"));
            Trial first = enrol(mcs, "--package", deb.toString(), "--accept-host-key", server.fingerprint());
            assertThat(first.exitCode()).as(first.err()).isZero();
            assertThat(first.out()).contains("log in ... " + server.fingerprint() + " as told",
                    "\ninstall godwit-host-agent ... 7.7\n",
                    "host a-1 is enrolled and connected");
            assertThat(server.inside("cat", "/etc/godwit/host-agent.conf"))
                    .contains("\nname = a-1\n", "\n#status = [::1]:8444\n");
            assertThat(server.inside("stat", "-c", "%a %U", "/etc/godwit/host-agent.conf")).isEqualTo("644 root\n");
            assertThat(server.inside("cat", "/tmp/token-was")).isEqualTo("600 root " + TOKEN + "\n");
            assertThat(server.inside("sh", "-c", "ls /etc/godwit /var/tmp")).doesNotContain("token", "godwit-enrol");
            assertThat(server.inside("cat", "/tmp/systemctl.log")).contains("systemctl enable godwit-host-agent\n",
                    "systemctl restart godwit-host-agent\n");

            // Its agent would have made that by now.
            server.inside("install", "-D", "/dev/null", "/var/lib/godwit/host-agent/identity/identity.pem");
            Trial second = enrol(mcs);
            assertThat(second.exitCode()).as(second.err()).isZero();
            assertThat(second.out()).contains("log in ... " + server.fingerprint() + " as in",
                    "they are right already", "not needed: it is enrolled");
            assertThat(server.inside("grep", "-c", "restart", "/tmp/systemctl.log")).isEqualTo("1\n");
        }
    }

    @Test
    void aFileThatIsNoPackageOfTheAgentChangesNothing() throws IOException {
        try (FakeMcs mcs = new FakeMcs()) {
            mcs.on("GET /v1/sites/a", "{\"name\": \"a\"}");
            Path file = Files.writeString(home.resolve("x.deb"), "no package");
            Trial trial = enrol(mcs, "--package", file.toString(), "--accept-host-key", server.fingerprint());
            assertThat(trial.exitCode()).isEqualTo(1);
            assertThat(trial.err()).contains("install godwit-host-agent: the host answers",
                    "the file is no package of godwit-host-agent",
                    "  done      ask the control server; log in; look at the host\n");
            assertThat(server.inside("ls", "/var/tmp")).doesNotContain("godwit-enrol");
            assertThat(mcs.requests()).noneMatch(request -> request.startsWith("POST"));
        }
    }

    private Trial enrol(FakeMcs mcs, String... more) {
        List<String> arguments = new ArrayList<>(List.of("host", "enrol", server.login().toString(), "--name", "a-1",
                "--site", "a", "--mcs", "[2001:db8:100::5]:8441", "--reachable-bridge", "br0", "--identity",
                server.userKey().toString()));
        arguments.addAll(List.of(more));
        return new Trial().reaching(SshHost::enter).runIn(
                Map.of("GODWIT_SERVER", mcs.address(), "HOME", home.toString()), arguments.toArray(String[]::new));
    }

    private static void play(String program, String script) {
        server.inside("sh", "-euc", "printf '#!/bin/sh\\n%s\\n' \"$2\" > \"$1.new\"; chmod 755 \"$1.new\";"
                + " mv -f \"$1.new\" \"$1\"", "sh", program, script);
    }

    /** Its agent says what it finds of its token, as far as --check-config goes. */
    private Path smallPackage() throws IOException {
        Path root = home.resolve("package");
        write(root.resolve("DEBIAN/control"), "Package: godwit-host-agent\nVersion: 7.7\nArchitecture: all\n"
                + "Maintainer: nobody <nobody@localhost>\nDescription: plays the agent\n", "rw-r--r--");
        write(root.resolve("DEBIAN/conffiles"), "/etc/godwit/host-agent.conf\n", "rw-r--r--");
        write(root.resolve("etc/godwit/host-agent.conf"),
                Files.readString(Path.of("../packaging/conf/host-agent.conf")), "rw-r--r--");
        write(root.resolve("usr/bin/godwit-host-agent"),
                """
                        #!/bin/sh
                        [ -e /var/lib/godwit/host-agent/identity/identity.pem ] ||
                            echo "$(stat -c '%a %U' /etc/godwit/host-agent.token) $(cat /etc/godwit/host-agent.token)" > /tmp/token-was
                        """,
                "rwxr-xr-x");
        Path deb = home.resolve("agent.deb");
        SshServer.succeed("dpkg-deb", "--root-owner-group", "-Znone", "--build", root.toString(), deb.toString());
        return deb;
    }

    private static void write(Path file, String text, String mode) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }
}
