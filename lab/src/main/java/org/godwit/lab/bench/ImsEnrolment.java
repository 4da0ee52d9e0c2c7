package org.godwit.lab.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.InstantSource;
import org.godwit.mcs.identity.CertificateAuthority;
import org.godwit.mcs.identity.ImsIdentities;
import org.godwit.mcs.identity.ImsIdentityFile;
import org.godwit.mcs.store.Database;
import org.godwit.mcs.store.ImsIdentityStore;
import org.godwit.protocol.identity.Pem;

/** Mapping servers that are enrolled by nothing but a control server's folder. */
public final class ImsEnrolment {

    private ImsEnrolment() {}

    /**
     * Gives a mapping server what {@code godwit ims enrol} would.
     *
     * @param control folder of an authority and a database, made when they are not there
     * @param data its own, which exists
     */
    public static void enrol(Path control, Path data) {
        try (Database database = Database.open(control)) {
            KeyPair key = Pem.newKeyPair();
            ImsIdentityFile.write(data, key.getPrivate(),
                    identities(control, database).enrol(key.getPublic(), InetAddress.ofLiteral("::1")));
        } catch (IOException e) {
            throw new UncheckedIOException("the mapping server in " + data + " cannot be enrolled", e);
        }
    }

    static ImsIdentities identities(Path control, Database database) {
        InstantSource clock = InstantSource.system();
        return new ImsIdentities(CertificateAuthority.open(control, clock), new ImsIdentityStore(database), clock);
    }
}
