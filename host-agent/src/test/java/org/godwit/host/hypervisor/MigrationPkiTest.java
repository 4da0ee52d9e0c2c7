package org.godwit.host.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.godwit.host.program.Programs;
import org.godwit.host.session.FakeAuthority;
import org.godwit.protocol.identity.Pem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationPkiTest {

    @TempDir
    Path folder;
    private MigrationPki pki;
    private final FakeAuthority authority = new FakeAuthority();
    private final KeyPair pair = Pem.newKeyPair();

    @BeforeEach
    void telling() {
        pki = telling("true");
    }

    /** In the place of virt-admin: notes that it was called, and how. @param ends as this does */
    private MigrationPki telling(String ends) {
        return new MigrationPki(folder.resolve("pki"), new Programs(
                List.of("sh", "-c", "cd " + folder + "; echo \"$@\" >> told; " + ends, "sh"),
                Duration.ofSeconds(30)));
    }

    @Test
    void keysAreSecretAndCertificatesAreNot() throws IOException {
        install(certificate());
        assertThat(files()).containsExactly("CA/cacert.pem rw-r--r--", "libvirt/clientcert.pem rw-r--r--",
                "libvirt/private/clientkey.pem rw-------", "libvirt/private/serverkey.pem rw-------",
                "libvirt/servercert.pem rw-r--r--", "qemu/ca-cert.pem rw-r--r--", "qemu/client-cert.pem rw-r--r--",
                "qemu/client-key.pem rw-r-----", "qemu/server-cert.pem rw-r--r--", "qemu/server-key.pem rw-r-----");
    }

    @Test
    void libvirtIsToldOfWhatIsNewAndOfNothingElse() throws IOException {
        List<X509Certificate> first = certificate();
        install(first);
        install(first);
        assertThat(told()).containsExactly("virt-admin -c libvirtd:///system server-update-tls libvirtd");
        List<X509Certificate> second = certificate();
        install(second);
        assertThat(told()).hasSize(2);
        assertThat(Files.readString(folder.resolve("pki/qemu/server-cert.pem")))
                .endsWith(Pem.of(List.of(second.getFirst())));
    }

    @Test
    void libvirtIsToldUntilItHasHeard() throws IOException {
        pki = telling("test $(wc -l < told) -gt 2");
        List<X509Certificate> own = certificate();
        for (int i = 0; i < 5; i++) {
            install(own, authority.revocations());
        }
        assertThat(told()).as("refused twice").hasSize(3);
        pki = telling("true");
        install(own, authority.revocations());
        install(own, authority.revocations());
        assertThat(told()).as("the agent before may have ended before it could tell").hasSize(4);
    }

    @Test
    void whoIsRevokedIsToldWhenThatChangesAndNotWhenItIsSignedAnew() throws IOException {
        List<X509Certificate> own = certificate();
        install(own);
        X509Certificate other = certificate().getFirst();
        install(own, authority.revocations());
        String none = Files.readString(folder.resolve("pki/CA/cacrl.pem"));
        install(own, authority.revocations());
        assertThat(folder.resolve("pki/CA/cacrl.pem")).hasContent(none);
        install(own, authority.revocations(other));
        install(own, authority.revocations(other));
        install(own);
        assertThat(told()).hasSize(3);
        assertThat(Files.readString(folder.resolve("pki/qemu/ca-crl.pem"))).isNotEqualTo(none)
                .startsWith("Written by godwit-host-agent").contains("-----BEGIN X509 CRL-----");
        assertThat(files()).contains("CA/cacrl.pem rw-r--r--", "qemu/ca-crl.pem rw-r--r--");
    }

    @Test
    void whatSomebodyElseHasPutThereStays() throws IOException {
        Path theirs = folder.resolve("pki/CA/cacert.pem");
        Files.createDirectories(theirs.getParent());
        Files.writeString(theirs, "theirs");
        assertThatThrownBy(() -> install(certificate())).isInstanceOf(IOException.class)
                .hasMessageContaining(theirs + " is somebody else's");
        assertThat(theirs).hasContent("theirs");
    }

    private List<X509Certificate> certificate() {
        return authority.host("a1", pair.getPublic(), Duration.ofHours(1));
    }

    private void install(List<X509Certificate> chain) throws IOException {
        pki.install(pair.getPrivate(), chain.getFirst(), chain.getLast(), Optional.empty());
    }

    private void install(List<X509Certificate> chain, X509CRL revoked) throws IOException {
        pki.install(pair.getPrivate(), chain.getFirst(), chain.getLast(), Optional.of(revoked));
    }

    private List<String> told() throws IOException {
        return Files.readAllLines(folder.resolve("told"));
    }

    private List<String> files() throws IOException {
        Path root = folder.resolve("pki");
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile).map(file -> root.relativize(file) + " " + permissions(file))
                    .sorted().toList();
        }
    }

    private static String permissions(Path file) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
