package org.godwit.host.session;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.godwit.protocol.identity.CaFingerprint;
import org.godwit.protocol.identity.Pem;
import org.godwit.protocol.identity.PrivateFile;

/** A key with its certificate, in one file that only root reads. */
record IdentityFile(Path path) {

    private static final Pattern TOKEN_HASH = Pattern.compile("token-sha256: ([0-9a-f]{64})\n");

    /** A key with its certificate and, last, the authority's. @param tokenHash of the token that the host was enrolled with */
    record Held(String tokenHash, PrivateKey key, List<X509Certificate> chain) {

        CaFingerprint authority() {
            return CaFingerprint.of(chain.getLast());
        }

        PublicKey publicKey() {
            return chain.getFirst().getPublicKey();
        }

        Instant end() {
            return chain.getFirst().getNotAfter().toInstant();
        }

        /** When two thirds of the certificate's life are over. */
        Instant renewal() {
            Duration life = Duration.between(chain.getFirst().getNotBefore().toInstant(), end());
            return end().minus(life.dividedBy(3));
        }
    }

    boolean exists() {
        return Files.exists(path);
    }

    /** Empty when there is none. @throws IOException also when the file does not hold what it should */
    Optional<Held> read() throws IOException {
        if (!exists()) {
            return Optional.empty();
        }
        String text = Files.readString(path);
        try {
            return Optional.of(new Held(tokenHashIn(text).orElse(""), Pem.privateKey(text), Pem.certificates(text)));
        } catch (GeneralSecurityException e) {
            throw new IOException(path + " does not hold a key and its certificate: remove it and enrol this host anew",
                    e);
        }
    }

    /** @throws IOException when the certificate is not for this key or of another authority, or the disk refuses it */
    Held write(String tokenHash, PrivateKey key, PublicKey publicKey, CaFingerprint authority,
            List<X509Certificate> chain) throws IOException {
        if (chain.size() != 2 || !chain.getFirst().getPublicKey().equals(publicKey)
                || !CaFingerprint.of(chain.getLast()).equals(authority)) {
            throw new IOException("the MCS answered a certificate that is not for this host's key");
        }
        PrivateFile.write(path, line(tokenHash) + Pem.of(key) + Pem.of(chain));
        return new Held(tokenHash, key, chain);
    }

    static String line(String tokenHash) {
        return "token-sha256: " + tokenHash + "\n";
    }

    static Optional<String> tokenHashIn(String text) {
        Matcher hash = TOKEN_HASH.matcher(text);
        return hash.find() ? Optional.of(hash.group(1)) : Optional.empty();
    }
}
