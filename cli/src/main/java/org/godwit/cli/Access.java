package org.godwit.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.godwit.protocol.identity.AccessToken;
import org.godwit.protocol.identity.CaFingerprint;
import org.godwit.protocol.identity.PinnedCa;

/**
 * How the server is known, and how we are.
 *
 * @param trust whose certificates we believe, by the token or else by a file; empty: those that the Java run-time believes
 * @param token what we prove ourselves with
 */
record Access(Optional<SSLContext> trust, Optional<String> token) {

    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE);

    static Access of(Optional<Path> caFile, Optional<Path> tokenFile) {
        Optional<String> token = tokenFile.map(Access::token);
        Optional<CaFingerprint> authority = token.flatMap(Access::pinned).map(AccessToken::authority);
        Optional<List<X509Certificate>> believed = caFile.map(Access::certificates);
        authority.ifPresent(it -> believed.ifPresent(among -> requireOneOf(among, it, caFile.get())));
        return new Access(authority.map(it -> new PinnedCa(it).context()).or(() -> believed.map(Access::trust)), token);
    }

    /** A file adds to what the token demands; it takes nothing from it. */
    private static void requireOneOf(List<X509Certificate> believed, CaFingerprint authority, Path file) {
        if (believed.stream().map(CaFingerprint::of).noneMatch(authority::equals)) {
            throw unusable(file, "does not have the authority that the token is for, " + authority
                    + ": is it another server's token, or its file?", null);
        }
    }

    /** A token that says whom it may be told to: then no other file is needed. */
    static Optional<AccessToken> pinned(String token) {
        try {
            return Optional.of(AccessToken.parse(token));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static List<X509Certificate> certificates(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            List<X509Certificate> certificates = CertificateFactory.getInstance("X.509").generateCertificates(in)
                    .stream().map(X509Certificate.class::cast).toList();
            if (certificates.isEmpty()) {
                throw unusable(file, "has no certificate", null);
            }
            return certificates;
        } catch (IOException | CertificateException e) {
            throw unusable(file, "cannot be read as certificates in PEM", e);
        }
    }

    private static SSLContext trust(List<X509Certificate> certificates) {
        try {
            KeyStore believed = KeyStore.getInstance(KeyStore.getDefaultType());
            believed.load(null, null);
            for (X509Certificate certificate : certificates) {
                believed.setCertificateEntry("ca-" + believed.size(), certificate);
            }
            TrustManagerFactory managers = TrustManagerFactory
                    .getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(believed);
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("this Java platform has no TLS 1.3", e);
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
