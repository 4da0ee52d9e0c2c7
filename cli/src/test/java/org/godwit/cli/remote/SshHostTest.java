package org.godwit.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against the sshd that hosts have. */
@Tag("netns")
class SshHostTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private static Path folder;
    private static SshServer server;

    @TempDir
    private Path mine;

    @BeforeAll
    static void start() {
        Tier.NETNS.needs(SshServer.lack());
        server = new SshServer(folder);
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void aCommandHasItsWordsItsInputItsOutputAndItsStatus() {
        try (SshHost host = enter(key())) {
            assertThat(host.identity()).startsWith(server.fingerprint());
            RemoteResult result = host.run(RemoteCommand
                    .script(LIMIT, "printf '%s|' \"$@\"; cat; echo no >&2; exit 7", "it's", "$(id)", "")
                    .reading(RemoteCommand.Input.of("read")));
            assertThat(result).isEqualTo(new RemoteResult(7, "it's|$(id)||read", "no\n"));
            assertThat(host.run(RemoteCommand.script(LIMIT, "cat")).out()).isEmpty();
            assertThat(host.run(RemoteCommand.script(LIMIT, "kill -9 $$")).status()).isNotZero();
        }
    }

    @Test
    void aLongFileArrivesWhole() throws Exception {
        Path file = mine.resolve("long");
        byte[] some = new byte[20 << 20];
        new Random(1).nextBytes(some);
        Files.write(file, some);
        try (SshHost host = enter(key())) {
            RemoteResult result = host
                    .run(RemoteCommand.script(LIMIT, "sha256sum; head -c 2000000 /dev/zero | tr '\\0' x")
                            .reading(RemoteCommand.Input.of(file)));
            assertThat(result.status()).as(result.err()).isZero();
            assertThat(result.out())
                    .startsWith(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(some)))
                    .hasSize(1 << 20);
        }
    }

    @Test
    void aCommandThatDoesNotEndIsGivenUp() {
        try (SshHost host = enter(key())) {
            assertThatThrownBy(() -> host.run(RemoteCommand.script(Duration.ofMillis(500), "sleep 20")))
                    .isInstanceOf(RemoteException.class).hasMessageContaining("did not end");
            assertThat(host.run(RemoteCommand.script(LIMIT, "echo on")).out()).isEqualTo("on\n");
        }
    }

    @Test
    void aPasswordIsAskedForWhereNoKeyIsTaken() {
        try (SshHost host = SshHost.enter(server.login(), keyring(List.of()), typing(server.password()))) {
            assertThat(host.run(RemoteCommand.script(LIMIT, "id -u")).out()).isEqualTo("0\n");
        }
    }

    @Test
    void whoHasNoKeyAndNobodyToAskIsToldWhatToDo() {
        assertThatThrownBy(() -> SshHost.enter(server.login(), keyring(List.of()), typing(null)))
                .isInstanceOfSatisfying(RemoteException.class, problem -> {
                    assertThat(problem).hasMessageContaining("does not let root in");
                    assertThat(problem.remedy()).contains("authorized_keys", "--identity", "ssh-agent");
                });
    }

    @Test
    void anSshAgentIsAsked() throws Exception {
        Path socket = mine.resolve("agent");
        Process agent = new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString()).start();
        try {
            agent.inputReader().readLine();
            ProcessBuilder add = new ProcessBuilder("ssh-add", "-q", server.userKey().toString());
            add.environment().put("SSH_AUTH_SOCK", socket.toString());
            assertThat(add.start().waitFor()).isZero();
            try (SshHost host = SshHost.enter(server.login(), new Keyring(mine.resolve("known_hosts"),
                    Optional.of(server.fingerprint()), Optional.of(socket), List.of()), typing(null))) {
                assertThat(host.run(RemoteCommand.script(LIMIT, "id -u")).out()).isEqualTo("0\n");
            }
        } finally {
            agent.destroyForcibly();
        }
    }

    @Test
    void aHostWithAnUnknownKeyIsNotEntered() {
        Keyring keys = new Keyring(mine.resolve("known_hosts"), Optional.empty(), Optional.empty(), key());
        assertThatThrownBy(() -> SshHost.enter(server.login(), keys, typing(null)))
                .isInstanceOf(RemoteException.class).hasMessageContaining(server.fingerprint());
    }

    @Test
    void nobodyThereIsSaidSo() {
        // Nothing is served there: it is the discard port.
        assertThatThrownBy(() -> SshHost.enter(new Login("root", "::1", 9), keyring(key()), typing(null)))
                .isInstanceOf(RemoteException.class).hasMessageContaining("no SSH server answers at [::1] port 9");
    }

    private SshHost enter(List<Path> identities) {
        return SshHost.enter(server.login(), keyring(identities), typing(null));
    }

    private static List<Path> key() {
        return List.of(server.userKey());
    }

    private Keyring keyring(List<Path> identities) {
        return new Keyring(mine.resolve("known_hosts"), Optional.of(server.fingerprint()), Optional.empty(),
                identities);
    }

    private static Questions typing(String password) {
        return new Questions() {
            @Override
            public boolean agreed(String question) {
                return false;
            }

            @Override
            public Optional<char[]> secret(String question) {
                return Optional.ofNullable(password).map(String::toCharArray);
            }
        };
    }
}
