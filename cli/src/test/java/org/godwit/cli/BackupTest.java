package org.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupTest {

    private static final String CONTENT = "all that the server knows";

    private final FakeMcs mcs = new FakeMcs();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        mcs.close();
    }

    @Test
    void aBackupIsKeptForItsOwnerAlone() throws Exception {
        mcs.on("POST /v1/backup", FakeMcs.Answer.of(200, CONTENT).with("Repr-Digest", digest(CONTENT)));
        Trial trial = fetch();
        assertThat(trial.exitCode()).as(trial.err()).isZero();
        assertThat(file()).hasContent(CONTENT);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file()))).isEqualTo("rw-------");
        assertThat(trial.out()).contains("the backup is in " + file(), "SHA-256", "ca.key");
    }

    @Test
    void whatIsNotWhatTheServerSaidIsNotKept() throws Exception {
        mcs.on("POST /v1/backup", FakeMcs.Answer.of(200, CONTENT).with("Repr-Digest", digest("something else")));
        Trial trial = fetch();
        assertThat(trial.exitCode()).isEqualTo(1);
        assertThat(trial.err()).contains("nothing is kept");
        assertThat(file()).doesNotExist();
    }

    @Test
    void aRefusalIsARefusal() {
        mcs.on("POST /v1/backup", FakeMcs.Answer.of(403, "{\"detail\": \"this needs the role admin\"}"));
        Trial trial = fetch();
        assertThat(trial.exitCode()).isEqualTo(3);
        assertThat(trial.err()).contains("this needs the role admin");
        assertThat(file()).doesNotExist();
    }

    @Test
    void aFileThatExistsStaysAsItIs() throws Exception {
        Files.writeString(file(), "older");
        assertThat(fetch().exitCode()).isEqualTo(1);
        assertThat(file()).hasContent("older");
        assertThat(mcs.requests()).isEmpty();
    }

    private Trial fetch() {
        return Trial.against(mcs).run("backup", file().toString());
    }

    private Path file() {
        return folder.resolve("monday.backup");
    }

    private static String digest(String text) throws Exception {
        return "sha-256=:" + Base64.getEncoder().encodeToString(
                MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8))) + ":";
    }
}
