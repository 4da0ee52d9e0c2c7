package org.godwit.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.godwit.protocol.identity.AccessToken;
import org.godwit.protocol.identity.PinnedCa;

/**
 * How the server is known, and how we are.
 *
 * @param trust whose certificates we believe, by a file or by the token; empty: those that the Java run-time believes
 * @param token what we prove ourselves with
 */
record Access(Optional<SSLContext> trust, Optional<String> token) {

    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE);

    static Access of(Optional<Path> caFile, Optional<Path> tokenFile) {
        Optional<String> token = tokenFile.map(Access::token);
        return new Access(caFile.map(Access::trust).or(() -> token.flatMap(Access::pinned)
                .map(it -> new PinnedCa(it.authority()).context())), token);
    }

    /** A token that says whom it may be told to: then no other file is needed. */
    static Optional<AccessToken> pinned(String token) {
        try {
            return Optional.of(AccessToken.parse(token));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static SSLContext trust(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore believed = KeyStore.getInstance(KeyStore.getDefaultType());
            believed.load(null, null);
            for (Certificate certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                believed.setCertificateEntry("ca-" + believed.size(), certificate);
            }
            if (believed.size() == 0) {
                throw unusable(file, "has no certificate", null);
            }
            TrustManagerFactory managers = TrustManagerFactory
                    .getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(believed);
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw unusable(file, "cannot be read as certificates in PEM", e);
        }
    }

    private static String token(Path file) {
        try {
            if (Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS::contains)) {
                throw unusable(file, "can be read by others than you: chmod 600 " + file, null);
            }
            String token = Files.readString(file).strip();
            if (!token.matches("[!-~]{1,4096}")) {
                throw unusable(file, "holds no token", null);
            }
            return token;
        } catch (IOException e) {
            throw unusable(file, "cannot be read", e);
        }
    }

    private static CommandFailure unusable(Path file, String what, Exception cause) {
        return new CommandFailure(ExitStatus.BAD_USAGE, file + " " + what, cause);
    }
}
