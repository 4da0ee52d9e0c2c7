package org.godwit.host.session;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.godwit.host.session.IdentityFile.Held;
import org.godwit.protocol.identity.AccessToken;
import org.godwit.protocol.identity.Pem;
import org.godwit.protocol.identity.PrivateFile;

/**
 * What this host proves itself with, in files that only root reads: the token that an operator put there, and the key and
 * certificate that the agent got for it. Its methods block on the disk.
 */
public final class Credentials {

    /** A token that no certificate has been got for yet, and the key to be certified. */
    record Invitation(AccessToken token, PrivateKey key, PublicKey publicKey) {}

    private final Path folder;
    private final Optional<Path> tokenFile;

    /** @param tokenFile needed until the host is enrolled, and when it must be enrolled anew */
    public Credentials(Path folder, Optional<Path> tokenFile) {
        this.folder = requireNonNull(folder, "folder is null");
        this.tokenFile = requireNonNull(tokenFile, "tokenFile is null");
    }

    /** Whether the host is enrolled. */
    public boolean areThere() {
        return identity().exists();
    }

    /** Empty before the host is enrolled. @throws IOException also when the file does not hold what it should */
    Optional<Held> held() throws IOException {
        return identity().read();
    }

    /** Present while the token file holds a token that has not been used here. */
    Optional<Invitation> invitation() throws IOException {
        if (tokenFile.isEmpty() || Files.notExists(tokenFile.get())) {
            return Optional.empty();
        }
        AccessToken token;
        try {
            token = AccessToken.parse(Files.readString(tokenFile.get()).strip());
        } catch (IllegalArgumentException e) {
            throw new IOException(tokenFile.get() + " holds no token: " + e.getMessage(), e);
        }
        String hash = hash(token);
        if (held().filter(it -> it.tokenHash().equals(hash)).isPresent()) {
            return Optional.empty();
        }
        return Optional.of(invitation(token, hash));
    }

    /** With the key of an attempt before, if there was one: the server answers the same key again. */
    private Invitation invitation(AccessToken token, String hash) throws IOException {
        makeFolder();
        if (Files.exists(pending())) {
            String text = Files.readString(pending());
            if (IdentityFile.tokenHashIn(text).filter(hash::equals).isPresent()) {
                try {
                    return new Invitation(token, Pem.privateKey(text), Pem.publicKeyIn(text));
                } catch (GeneralSecurityException e) {
                    throw new IOException(pending() + " does not hold a key: remove it", e);
                }
            }
        }
        KeyPair pair = Pem.newKeyPair();
        PrivateFile.write(pending(), IdentityFile.line(hash) + Pem.of(pair.getPrivate()) + Pem.of(pair.getPublic()));
        return new Invitation(token, pair.getPrivate(), pair.getPublic());
    }

    /** @throws IOException when the certificate is not for this key or of another authority, or the disk refuses it */
    Held enrolled(Invitation invitation, List<X509Certificate> chain) throws IOException {
        Held held = identity().write(hash(invitation.token()), invitation.key(), invitation.publicKey(),
                invitation.token().authority(), chain);
        Files.deleteIfExists(pending());
        return held;
    }

    /** @throws IOException as {@link #enrolled} */
    Held renewed(Held before, KeyPair pair, List<X509Certificate> chain) throws IOException {
        return identity().write(before.tokenHash(), pair.getPrivate(), pair.getPublic(), before.authority(), chain);
    }

    private void makeFolder() throws IOException {
        Files.createDirectories(folder,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    private IdentityFile identity() {
        return new IdentityFile(folder.resolve("identity.pem"));
    }

    private Path pending() {
        return folder.resolve("enrolling.pem");
    }

    private static String hash(AccessToken token) {
        return HexFormat.of().formatHex(AccessToken.hash(token.text()));
    }
}
