package org.godwit.protocol.identity;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** SHA-256 of an authority's certificate (DER), in 64 lower-case hexadecimal digits. No secret. */
public record CaFingerprint(String text) {

    private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");

    /** @throws IllegalArgumentException when it is not of this form */
    public CaFingerprint {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("an authority's fingerprint has 64 hexadecimal digits in lower case");
        }
    }

    public static CaFingerprint of(X509Certificate certificate) {
        try {
            return new CaFingerprint(HexFormat.of().formatHex(sha256(certificate.getEncoded())));
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException("a certificate without an encoding has no fingerprint", e);
        }
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
