package org.godwit.protocol.identity;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CRLException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Keys on the curve P-256, which Java, GnuTLS and browsers all take, and certificates: made, written and read (RFC 7468). */
public final class Pem {

    private static final int LINE_LENGTH = 64;
    private static final int COORDINATE_BYTES = 32;
    private static final int PAIR_BYTES = 121;
    /** DER of RFC 5915, whose lengths are the same for all keys on P-256: version 1, then 32 bytes. */
    private static final String BEFORE_SECRET = "30770201010420";
    /** The curve's name, then an uncompressed point. */
    private static final String BEFORE_POINT = "a00a06082a8648ce3d030107a14403420004";
    private static final Pattern KEY = Pattern
            .compile(
                    "-----BEGIN (?<kind>PRIVATE|PUBLIC) KEY-----(?<base64>[A-Za-z0-9+/=\\s]+)-----END \\k<kind> KEY-----");

    private Pem() {}

    public static KeyPair newKeyPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java platform has no P-256", e);
        }
    }

    public static String of(PrivateKey key) {
        return block("PRIVATE KEY", key.getEncoded());
    }

    /** With the public key inside (RFC 5915), which GnuTLS cannot do without. Both must be on P-256. */
    public static String of(PrivateKey key, PublicKey publicKey) {
        ECPoint point = ((ECPublicKey) publicKey).getW();
        return block("EC PRIVATE KEY",
                ByteBuffer.allocate(PAIR_BYTES).put(HexFormat.of().parseHex(BEFORE_SECRET))
                        .put(coordinate(((ECPrivateKey) key).getS())).put(HexFormat.of().parseHex(BEFORE_POINT))
                        .put(coordinate(point.getAffineX())).put(coordinate(point.getAffineY())).array());
    }

    /** 32 bytes, the most significant first. */
    private static byte[] coordinate(BigInteger number) {
        byte[] bytes = number.toByteArray();
        byte[] padded = new byte[COORDINATE_BYTES];
        int length = Math.min(bytes.length, COORDINATE_BYTES);
        System.arraycopy(bytes, bytes.length - length, padded, COORDINATE_BYTES - length, length);
        return padded;
    }

    public static String of(PublicKey key) {
        return block("PUBLIC KEY", key.getEncoded());
    }

    /** One after the other. */
    public static String of(List<X509Certificate> certificates) {
        StringBuilder text = new StringBuilder();
        try {
            for (X509Certificate certificate : certificates) {
                text.append(block("CERTIFICATE", certificate.getEncoded()));
            }
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException("a certificate has no encoding", e);
        }
        return text.toString();
    }

    /** The first key of the text. @throws GeneralSecurityException when there is none, or no EC key */
    public static PrivateKey privateKey(String text) throws GeneralSecurityException {
        return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key("PRIVATE", text)));
    }

    /** The first public key of the text. @throws GeneralSecurityException when there is none, or no EC key */
    public static PublicKey publicKeyIn(String text) throws GeneralSecurityException {
        return KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(key("PUBLIC", text)));
    }

    private static byte[] key(String kind, String text) throws GeneralSecurityException {
        Matcher block = KEY.matcher(text);
        while (block.find()) {
            if (block.group("kind").equals(kind)) {
                return Base64.getMimeDecoder().decode(block.group("base64"));
            }
        }
        throw new GeneralSecurityException("there is no PEM block of a key: " + kind);
    }

    /** All certificates of the text, in order. @throws CertificateException when there is none, or one cannot be read */
    public static List<X509Certificate> certificates(String text) throws CertificateException {
        int begin = text.indexOf("-----BEGIN CERTIFICATE-----");
        if (begin < 0) {
            throw new CertificateException("there is no PEM block of a certificate");
        }
        return certificates(text.substring(begin).getBytes(StandardCharsets.UTF_8));
    }

    private static List<X509Certificate> certificates(byte[] bytes) throws CertificateException {
        return CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(bytes)).stream()
                .map(X509Certificate.class::cast).toList();
    }

    /** A list of revoked certificates (RFC 5280). */
    public static String of(X509CRL list) {
        try {
            return block("X509 CRL", list.getEncoded());
        } catch (CRLException e) {
            throw new IllegalArgumentException("a list of revoked certificates has no encoding", e);
        }
    }

    /** @param bytes DER. @throws CRLException when it is no list */
    public static X509CRL revocations(byte[] bytes) throws CRLException {
        try {
            return (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(bytes));
        } catch (CertificateException e) {
            throw new CRLException("this Java platform reads no certificates", e);
        }
    }

    /** The first list of the text. @throws CRLException when there is none, or it cannot be read */
    public static X509CRL revocationsIn(String text) throws CRLException {
        int begin = text.indexOf("-----BEGIN X509 CRL-----");
        if (begin < 0) {
            throw new CRLException("there is no PEM block of a list of revoked certificates");
        }
        return revocations(text.substring(begin).getBytes(StandardCharsets.UTF_8));
    }

    /** @param bytes a SubjectPublicKeyInfo. @throws IllegalArgumentException when it is no EC key's */
    public static PublicKey publicKey(byte[] bytes) {
        try {
            return KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("that is no public key on a curve", e);
        }
    }

    private static String block(String what, byte[] bytes) {
        String lines = Base64.getMimeEncoder(LINE_LENGTH, new byte[]{'\n' }).encodeToString(bytes);
        return "-----BEGIN " + what + "-----\n" + lines + "\n-----END " + what + "-----\n";
    }
}
