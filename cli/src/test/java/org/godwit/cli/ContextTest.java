package org.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Map;
import org.godwit.protocol.identity.AccessToken;
import org.godwit.protocol.identity.CaFingerprint;
import org.godwit.protocol.identity.Pem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContextTest {

    @TempDir
    Path home;

    private final FakeMcs mcs = new FakeMcs().on("GET /v1/sites", "{\"items\": []}");

    @AfterEach
    void close() {
        mcs.close();
    }

    private Trial run(String... arguments) {
        return new Trial().runIn(Map.of("HOME", home.toString()), arguments);
    }

    @Test
    void theFirstContextIsInUseUntilAnotherIsChosen() throws IOException {
        assertThat(run("context", "set", "lab", "--server", mcs.address()).exitCode()).isZero();
        run("context", "set", "far", "--server", "http://[::1]:1");
        assertThat(run("site", "list").exitCode()).isZero();
        assertThat(run("context", "list").out().replaceAll(" +", " ")).isEqualTo("""
                NAME IN USE SERVER CA FILE TOKEN FILE
                far - http://[::1]:1 - -
                lab yes %s - -
                """.formatted(mcs.address()));
        run("context", "use", "far");
        assertThat(run("site", "list").exitCode()).isEqualTo(6);
        assertThat(run("site", "list", "--context", "lab").exitCode()).isZero();
        assertThat(run("context", "remove", "far").exitCode()).isZero();
        assertThat(run("context", "list", "-o", "name").out()).isEqualTo("lab\n");
        Path file = home.resolve(".config/godwit/contexts.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
                .isEqualTo("rwx------");
    }

    @Test
    void programsReadContextsToo() {
        run("context", "set", "lab", "--server", "https://[::1]:8440", "--auth-file", "/home/alice/lab.token");
        assertThat(run("context", "list", "-o", "json").out()).isEqualTo("""
                {
                  "items": [
                    {
                      "name": "lab",
                      "in_use": true,
                      "server": "https://[::1]:8440",
                      "ca_file": null,
                      "token_file": "/home/alice/lab.token"
                    }
                  ]
                }
                """);
        assertThat(run("context", "use", "lab", "-o", "json").out()).isEmpty();
    }

    @Test
    void whatIsNamedComesBeforeTheContext() {
        run("context", "set", "far", "--server", "http://[::1]:1");
        assertThat(run("site", "list", "--server", mcs.address()).exitCode()).isZero();
        assertThat(new Trial().runIn(Map.of("HOME", home.toString(), "GODWIT_SERVER", mcs.address()), "site", "list")
                .exitCode()).isZero();
    }

    @Test
    void aContextThatIsNoneAndAnAddressThatIsNoneAreRefused() {
        assertThat(run("site", "list", "--context", "nowhere").exitCode()).isEqualTo(2);
        assertThat(run("context", "use", "nowhere").err()).contains("there is no context nowhere");
        assertThat(run("context", "set", "x", "--server", "lab").exitCode()).isEqualTo(2);
        assertThat(run("context", "set", "x").err()).contains("'--server=URL'");
        assertThat(run("context", "list", "-o", "name").out()).isEmpty();
    }

    @Test
    void theTokenIsSentAndMustBeForItsOwnerOnly() throws IOException {
        Path token = Files.writeString(home.resolve("token"), "secret-token\n");
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-r--r--"));
        Trial open = run("site", "list", "--server", mcs.address(), "--auth-file", token.toString());
        assertThat(open.exitCode()).isEqualTo(2);
        assertThat(open.err()).contains("chmod 600").doesNotContain("secret-token");
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
        assertThat(run("site", "list", "--server", mcs.address(), "--auth-file", token.toString()).exitCode())
                .isZero();
        assertThat(mcs.lastAuthorization()).isEqualTo("Bearer secret-token");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://[2001:db8::1]:8440", "http://mcs.example:8440", "http://192.0.2.1" })
    void aTokenIsToldInClearToThisMachineAlone(String server) throws IOException {
        Trial trial = run("site", "list", "--server", server, "--auth-file", token("secret-token").toString());
        assertThat(trial.exitCode()).isEqualTo(2);
        assertThat(trial.err()).contains("use https").doesNotContain("secret-token");
    }

    @Test
    void aFileOfCertificatesMustHaveTheAuthorityThatTheTokenIsFor() throws Exception {
        Path file = Path.of("src/test/resources/certificates/authority.pem");
        CaFingerprint authority = CaFingerprint.of(Pem.certificates(Files.readString(file)).getFirst());
        assertThat(listed(authority, file).exitCode()).isZero();
        Trial other = listed(new CaFingerprint("0".repeat(64)), file);
        assertThat(other.exitCode()).isEqualTo(2);
        assertThat(other.err()).contains("does not have the authority that the token is for");
    }

    private Trial listed(CaFingerprint authority, Path caFile) throws IOException {
        Path token = token(AccessToken.make(authority, new SecureRandom()).text());
        return run("site", "list", "--server", mcs.address(), "--auth-file", token.toString(), "--ca-file",
                caFile.toString());
    }

    private Path token(String text) throws IOException {
        Path token = Files.writeString(home.resolve("token"), text);
        return Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void certificatesThatAreNoneAreRefused() throws IOException {
        Path ca = Files.writeString(home.resolve("ca.pem"), "no certificate");
        assertThat(run("site", "list", "--server", mcs.address(), "--ca-file", ca.toString()).exitCode()).isEqualTo(2);
    }
}
