package org.godwit.host.disk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.stream.Stream;
import org.godwit.disk.mover.DiskReceiver;
import org.godwit.host.session.FakeAuthority;
import org.godwit.host.session.HypervisorCertificate;
import org.godwit.protocol.identity.Pem;

/** What hosts of a test show each other; and what they need of the machine. */
final class Identities {

    private final FakeAuthority authority = new FakeAuthority();
    private final Path folder;

    Identities(Path folder) {
        this.folder = folder;
    }

    /** @param name and unit, as {@code a,OU=hypervisor} */
    DiskReceiver.Identity of(String name) {
        try {
            KeyPair pair = Pem.newKeyPair();
            Path own = Files.createDirectories(folder.resolve(name));
            Files.writeString(own.resolve("hypervisor.pem"), Pem.of(pair.getPrivate())
                    + Pem.of(authority.host(name, pair.getPublic(), Duration.ofDays(1))));
            return new HypervisorCertificate(own, "qemu+tls://[::1]/system", (_, _, _, _) -> {})::tls;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What somebody of this name shows. */
    X509Certificate certificate(String name) {
        return authority.host(name, Pem.newKeyPair().getPublic(), Duration.ofDays(1)).getFirst();
    }

    static String missing() {
        boolean installed = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(path -> Files.isExecutable(Path.of(path, "qemu-nbd")));
        return installed ? "" : "needs this Debian package: qemu-utils";
    }
}
