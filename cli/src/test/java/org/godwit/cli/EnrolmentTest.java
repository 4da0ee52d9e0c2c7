package org.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.godwit.protocol.identity.Pem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnrolmentTest {

    private static final String ENROLLED = "{\"name\": \"a-1\", \"site\": \"a\", \"token\": \"s3cret\"}";

    private final FakeMcs mcs = new FakeMcs();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        mcs.close();
    }

    @Test
    void aTokenGoesToAFileThatOnlyItsOwnerReads() throws IOException {
        mcs.on("POST /v1/hosts", FakeMcs.Answer.of(201, ENROLLED));
        Path file = folder.resolve("token");
        Trial trial = Trial.against(mcs).run("host", "add", "a-1", "--site", "a", "--token-file", file.toString());
        assertThat(trial.exitCode()).isZero();
        assertThat(file).hasContent("s3cret");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        assertThat(trial.out()).isEqualTo("host a-1 added; the token is in " + file + "\n");
    }

    @Test
    void aTokenInAFileIsNotInTheJsonToo() {
        mcs.on("POST /v1/hosts", FakeMcs.Answer.of(201, ENROLLED));
        Path file = folder.resolve("token");
        Trial trial = Trial.against(mcs).run("host", "add", "a-1", "--site", "a", "-o", "json", "--token-file",
                file.toString());
        assertThat(trial.out()).contains("\"token_file\"").doesNotContain("s3cret");
    }

    @Test
    void withoutAFileTheTokenIsPrintedOnce() {
        mcs.on("POST /v1/hosts", FakeMcs.Answer.of(201, ENROLLED));
        Trial trial = Trial.against(mcs).run("host", "add", "a-1", "--site", "a");
        assertThat(trial.out()).isEqualTo("host a-1 added\ntoken (shown this once): s3cret\n");
    }

    @Test
    void aHostsNewTokenGoesToAFileToo() {
        mcs.on("POST /v1/hosts/a-1/token", ENROLLED);
        Path file = folder.resolve("token");
        Trial trial = Trial.against(mcs).run("host", "token", "a-1", "--token-file", file.toString());
        assertThat(trial.out()).isEqualTo("host a-1 has a new token; the token is in " + file + "\n");
        assertThat(file).hasContent("s3cret");
    }

    @Test
    void aHostIsRevoked() {
        mcs.on("DELETE /v1/hosts/a-1/certificates", FakeMcs.Answer.of(204, ""));
        Trial trial = Trial.against(mcs).run("host", "revoke", "a-1");
        assertThat(trial.exitCode()).isZero();
        assertThat(trial.out()).isEqualTo("the certificates of host a-1 are worthless\n");
    }

    @Test
    void aMappingServersKeyStaysInItsFile() throws Exception {
        mcs.on("PUT /v1/mapping-server/certificate", """
                {"address": "::1", "expires_at": "2030-01-01T00:00:00Z", "chain": "the certificate\\n"}
                """);
        Path file = folder.resolve("identity.pem");
        Trial trial = Trial.against(mcs).run("ims", "enrol", "--address", "::1", "--identity-file", file.toString());
        assertThat(trial.out())
                .isEqualTo("the mapping server at ::1 is enrolled until 2030-01-01T00:00:00Z; its key and"
                        + " certificate are in " + file + "\n");
        assertThat(Files.readString(file)).endsWith("the certificate\n");
        assertThat(Pem.privateKey(Files.readString(file)).getAlgorithm()).isEqualTo("EC");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
    }

    @Test
    void aPeersKeyIsTreatedAlike() {
        mcs.on("POST /v1/peers",
                FakeMcs.Answer.of(201, "{\"name\": \"client\", \"hoa\": \"2001:db8:face::c\", \"key\": \"c0ffee\"}"));
        Path file = folder.resolve("key");
        Trial trial = Trial.against(mcs).run("peer", "add", "client", "--hoa", "2001:db8:face::c", "--key-file",
                file.toString());
        assertThat(trial.exitCode()).isZero();
        assertThat(file).hasContent("c0ffee");
    }

    @Test
    void aPeersNewKeyGoesToAFileToo() {
        mcs.on("POST /v1/peers/client/key",
                FakeMcs.Answer.of(200, "{\"name\": \"client\", \"hoa\": \"2001:db8:face::c\", \"key\": \"beef\"}"));
        Path file = folder.resolve("key");
        Trial trial = Trial.against(mcs).run("peer", "rotate-key", "client", "--key-file", file.toString());
        assertThat(trial.out()).isEqualTo("peer client has a new key; the key is in " + file + "\n");
        assertThat(file).hasContent("beef");
    }

    @Test
    void aVmsNewKeyIsShownToNobody() {
        mcs.on("POST /v1/vms/web/key", FakeMcs.Answer.of(204, ""));
        Trial trial = Trial.against(mcs).run("vm", "rotate-key", "web");
        assertThat(trial.exitCode()).isZero();
        assertThat(trial.out()).isEqualTo("VM web has a new key\n");
    }

    @ParameterizedTest
    @CsvSource({"vm, vms, VM", "peer, peers, peer" })
    void aKeyIsRevoked(String command, String path, String word) {
        mcs.on("DELETE /v1/" + path + "/web/key", FakeMcs.Answer.of(204, ""));
        Trial trial = Trial.against(mcs).run(command, "revoke-key", "web");
        assertThat(trial.exitCode()).isZero();
        assertThat(trial.out()).isEqualTo("the key of " + word + " web is worthless\n");
        assertThat(mcs.requests()).containsExactly("DELETE /v1/" + path + "/web/key");
    }

    @Test
    void aFileThatExistsIsNotOverwrittenAndNothingIsSent() throws IOException {
        Path file = Files.writeString(folder.resolve("token"), "older");
        Trial trial = Trial.against(mcs).run("host", "add", "a-1", "--site", "a", "--token-file", file.toString());
        assertThat(trial.exitCode()).isEqualTo(1);
        assertThat(trial.err()).contains("exists already");
        assertThat(file).hasContent("older");
        assertThat(mcs.requests()).isEmpty();
    }

    @Test
    void aRefusalLeavesNoEmptyFile() {
        Path file = folder.resolve("token");
        Trial trial = Trial.against(mcs).run("host", "add", "a-1", "--site", "a", "--token-file", file.toString());
        assertThat(trial.exitCode()).isEqualTo(3);
        assertThat(file).doesNotExist();
    }
}
