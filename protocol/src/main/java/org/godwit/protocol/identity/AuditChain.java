package org.godwit.protocol.identity;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.HexFormat;

/**
 * How entries of the audit hold each other: each has the SHA-256 of the one before and of all that it says, and the authority's
 * signature (ECDSA, SHA-256) of that. So no entry can be changed, taken out or put in without all after it being made anew, and
 * none of them can be made without the authority's key. That the last ones are missing, the chain alone cannot show.
 */
public final class AuditChain {

    /** Before the first entry. */
    public static final String BEGINNING = "0".repeat(64);

    private static final byte[] PURPOSE = "godwit audit 1\n".getBytes(StandardCharsets.US_ASCII);

    private AuditChain() {}

    /**
     * The hash of an entry, in hexadecimal.
     *
     * @param previous that of the entry before
     * @param fields what the entry says, in the order in which it is always given
     */
    public static String hash(String previous, long number, String... fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.write(HexFormat.of().parseHex(previous));
            out.writeLong(number);
            for (String field : fields) {
                byte[] text = field.getBytes(StandardCharsets.UTF_8);
                // The length keeps two fields from being read as other two.
                out.writeInt(text.length);
                out.write(text);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not take bytes", e);
        }
        return HexFormat.of().formatHex(CaFingerprint.sha256(bytes.toByteArray()));
    }

    /** In hexadecimal. */
    public static String sign(String hash, PrivateKey key) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(key);
            signature.update(PURPOSE);
            signature.update(HexFormat.of().parseHex(hash));
            return HexFormat.of().formatHex(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the authority's key does not sign", e);
        }
    }

    /** Whether this is the authority's signature; false also for what is none. */
    public static boolean isSigned(String hash, String signed, PublicKey authority) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initVerify(authority);
            signature.update(PURPOSE);
            signature.update(HexFormat.of().parseHex(hash));
            return signature.verify(HexFormat.of().parseHex(signed));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }
}
