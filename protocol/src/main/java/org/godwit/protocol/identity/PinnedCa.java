package org.godwit.protocol.identity;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts control servers whose certificate is of one authority, known by its fingerprint alone: the server sends the authority's
 * certificate along. All else is checked as usual: signatures, times, use, and the server's name where TLS is told to. Other servers
 * of the authority have a unit in their name, and are not taken for the control server, wherever they answer; nor it for them.
 */
public final class PinnedCa extends X509ExtendedTrustManager {

    /** The unit in the name of a hypervisor: OU=hypervisor. */
    public static final String HYPERVISOR_UNIT = "hypervisor";

    private static final Pattern UNIT = Pattern.compile("(^|,)OU=");

    /** Which of the authority's servers is meant. */
    @FunctionalInterface
    public interface Choice {

        /** @throws CertificateException when it is another; its message says so */
        void check(X509Certificate server) throws CertificateException;
    }

    private final CaFingerprint authority;
    private final Choice choice;

    /** Trusts control servers. */
    public PinnedCa(CaFingerprint authority) {
        this(authority, PinnedCa::refuseOthers);
    }

    /** Trusts the servers of this choice. */
    public PinnedCa(CaFingerprint authority, Choice choice) {
        this.authority = requireNonNull(authority, "authority is null");
        this.choice = requireNonNull(choice, "choice is null");
    }

    private static void refuseOthers(X509Certificate server) throws CertificateException {
        String name = server.getSubjectX500Principal().getName();
        if (UNIT.matcher(name).find()) {
            throw new CertificateException("that is not the control server but " + name);
        }
    }

    /** For clients that are given a context. @param own what they prove themselves with, if at all */
    public SSLContext context(KeyManager... own) {
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(own, new TrustManager[]{this }, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java platform has no TLS 1.3", e);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
            throws CertificateException {
        trusting(chain).checkServerTrusted(chain, type, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        trusting(chain).checkServerTrusted(chain, type, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        trusting(chain).checkServerTrusted(chain, type);
    }

    private X509ExtendedTrustManager trusting(X509Certificate[] chain) throws CertificateException {
        X509Certificate last = chain[chain.length - 1];
        if (!CaFingerprint.of(last).equals(authority)) {
            throw new CertificateException("the server is not of the authority " + authority + " but of "
                    + CaFingerprint.of(last) + ": is it another server, or another token?");
        }
        choice.check(chain[0]);
        return trusting(last);
    }

    /** A trust manager for whatever this authority has signed. */
    public static X509ExtendedTrustManager trusting(X509Certificate authority) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry("authority", authority);
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("this Java platform checks no certificates", e);
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
            throws CertificateException {
        checkClientTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        checkClientTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        throw new CertificateException("only servers are trusted here");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
