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
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.godwit.protocol.identity.AccessToken;
import org.godwit.protocol.identity.CaFingerprint;
import org.godwit.protocol.identity.Pem;
import org.godwit.protocol.identity.PrivateFile;

/**
 * What this host proves itself with, in files that only root reads: the token that an operator put there, and the key and
 * certificate that the agent got for it. Its methods block on the disk.
 */
public final class Credentials {

    private static final Pattern TOKEN_HASH = Pattern.compile("token-sha256: ([0-9a-f]{64})\n");

    /** A key with its certificate and, last, the authority's. @param tokenHash of the token that it was enrolled with */
    record Held(String tokenHash, PrivateKey key, List<X509Certificate> chain) {

        CaFingerprint authority() {
            return CaFingerprint.of(chain.getLast());
        }

        /** When two thirds of the certificate's life are over. */
        Instant renewal() {
            Instant end = chain.getFirst().getNotAfter().toInstant();
            Duration life = Duration.between(chain.getFirst().getNotBefore().toInstant(), end);
            return end.minus(life.dividedBy(3));
        }
    }

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
        return Files.exists(identity());
    }

    /** Empty before the host is enrolled. @throws IOException also when the file does not hold what it should */
    Optional<Held> held() throws IOException {
        if (Files.notExists(identity())) {
            return Optional.empty();
        }
        String text = Files.readString(identity());
        try {
            Matcher hash = TOKEN_HASH.matcher(text);
            return Optional.of(new Held(hash.find() ? hash.group(1) : "", Pem.privateKey(text),
                    Pem.certificates(text)));
        } catch (GeneralSecurityException e) {
            throw new IOException(identity() + " does not hold a key and its certificate: remove it and enrol this host"
                    + " anew", e);
        }
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
            Matcher of = TOKEN_HASH.matcher(text);
            if (of.find() && of.group(1).equals(hash)) {
                try {
                    return new Invitation(token, Pem.privateKey(text), Pem.publicKeyIn(text));
                } catch (GeneralSecurityException e) {
                    throw new IOException(pending() + " does not hold a key: remove it", e);
                }
            }
        }
        KeyPair pair = Pem.newKeyPair();
        PrivateFile.write(pending(), line(hash) + Pem.of(pair.getPrivate()) + Pem.of(pair.getPublic()));
        return new Invitation(token, pair.getPrivate(), pair.getPublic());
    }

    /** @throws IOException when the certificate is not for this key or of another authority, or the disk refuses it */
    Held enrolled(Invitation invitation, List<X509Certificate> chain) throws IOException {
        Held held = keep(hash(invitation.token()), invitation.key(), invitation.publicKey(),
                invitation.token().authority(), chain);
        Files.deleteIfExists(pending());
        return held;
    }

    /** @throws IOException as {@link #enrolled} */
    Held renewed(Held before, KeyPair pair, List<X509Certificate> chain) throws IOException {
        return keep(before.tokenHash(), pair.getPrivate(), pair.getPublic(), before.authority(), chain);
    }

    private Held keep(String tokenHash, PrivateKey key, PublicKey publicKey, CaFingerprint authority,
            List<X509Certificate> chain) throws IOException {
        if (chain.size() != 2 || !chain.getFirst().getPublicKey().equals(publicKey)
                || !CaFingerprint.of(chain.getLast()).equals(authority)) {
            throw new IOException("the MCS answered a certificate that is not for this host's key");
        }
        PrivateFile.write(identity(), line(tokenHash) + Pem.of(key) + Pem.of(chain));
        return new Held(tokenHash, key, chain);
    }

    private void makeFolder() throws IOException {
        Files.createDirectories(folder,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    private Path identity() {
        return folder.resolve("identity.pem");
    }

    private Path pending() {
        return folder.resolve("enrolling.pem");
    }

    private static String line(String tokenHash) {
        return "token-sha256: " + tokenHash + "\n";
    }

    private static String hash(AccessToken token) {
        return HexFormat.of().formatHex(AccessToken.hash(token.text()));
    }
}
