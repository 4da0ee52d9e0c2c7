package org.godwit.cli.remote;

import static com.jcraft.jsch.HostKeyRepository.CHANGED;
import static com.jcraft.jsch.HostKeyRepository.NOT_INCLUDED;
import static com.jcraft.jsch.HostKeyRepository.OK;
import static org.assertj.core.api.Assertions.assertThat;

import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostKeysTest {

    private static final String HOST = "[2001:db8:a::11]:2222";
    private static final byte[] KEY = key("ssh-ed25519", 1);
    private static final byte[] OTHER = key("ssh-ed25519", 2);

    @TempDir
    private Path folder;
    private Path file;
    private String asked = "";
    private boolean agreeing;

    @BeforeEach
    void inAFolderThatIsNotThereYet() {
        file = folder.resolve(".ssh/known_hosts");
    }

    @Test
    void aKeyThatNobodyKnowsIsRefusedWithItsFingerprint() {
        HostKeys keys = keys(Optional.empty());
        assertThat(keys.check(HOST, KEY)).isEqualTo(NOT_INCLUDED);
        assertThat(asked).contains(HOST, "ssh-ed25519 " + HostKeys.fingerprint(KEY));
        assertThat(keys.refusal().orElseThrow()).hasMessageContaining(HostKeys.fingerprint(KEY));
        assertThat(keys.refusal().orElseThrow().remedy()).contains("ssh-keygen -lf", "--accept-host-key");
        assertThat(file).doesNotExist();
    }

    @Test
    void aKeyThatTheOperatorConfirmsIsKnownFromThenOn() throws IOException {
        agreeing = true;
        assertThat(keys(Optional.empty()).check(HOST, KEY)).isEqualTo(OK);
        assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
        agreeing = false;
        assertThat(keys(Optional.empty()).check(HOST, KEY)).isEqualTo(OK);
    }

    @Test
    void theFingerprintThatWasNamedIsBelievedWithoutAQuestion() throws IOException {
        Files.createDirectory(file.getParent());
        Files.writeString(file, "b-1.example ssh-ed25519 AAAA");
        assertThat(keys(Optional.of(HostKeys.fingerprint(KEY))).check(HOST, KEY)).isEqualTo(OK);
        assertThat(asked).isEmpty();
        assertThat(Files.readAllLines(file)).hasSize(2).last().asString().startsWith(HOST + " ssh-ed25519 ");
    }

    @Test
    void anotherFingerprintThanTheOneThatWasNamedIsRefused() {
        HostKeys keys = keys(Optional.of(HostKeys.fingerprint(KEY)));
        assertThat(keys.check(HOST, OTHER)).isEqualTo(NOT_INCLUDED);
        assertThat(keys.refusal()).isPresent();
        assertThat(asked).isEmpty();
    }

    @Test
    void aKeyThatContradictsKnownHostsIsRefusedWhoeverAgrees() {
        agreeing = true;
        keys(Optional.empty()).check(HOST, KEY);
        HostKeys keys = keys(Optional.of(HostKeys.fingerprint(OTHER)));
        assertThat(keys.check(HOST, OTHER)).isEqualTo(CHANGED);
        assertThat(keys.refusal().orElseThrow().remedy()).contains("ssh-keygen -R", "stands in between");
    }

    @Test
    void aKeyCannotWriteALineOfItsOwn() throws IOException {
        agreeing = true;
        keys(Optional.empty()).check(HOST, key("x\n* ssh-ed25519 AAAA\u001b[2J", 1));
        assertThat(Files.readAllLines(file)).hasSize(1);
        assertThat(asked).doesNotContain("\u001b");
    }

    private HostKeys keys(Optional<String> accepted) {
        try {
            JSch ssh = new JSch();
            if (Files.exists(file)) {
                ssh.setKnownHosts(file.toString());
            }
            return new HostKeys(ssh.getHostKeyRepository(), file, accepted, new Questions() {
                @Override
                public boolean agreed(String question) {
                    asked = question;
                    return agreeing;
                }

                @Override
                public Optional<char[]> secret(String question) {
                    return Optional.empty();
                }
            });
        } catch (JSchException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] key(String type, int fill) {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer key = ByteBuffer.allocate(4 + name.length + 4 + 32).putInt(name.length).put(name).putInt(32);
        while (key.hasRemaining()) {
            key.put((byte) fill);
        }
        return key.array();
    }
}
