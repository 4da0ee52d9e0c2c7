package org.godwit.protocol.lisp;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * HMAC-SHA256-128+HKDF-SHA256 of RFC 9301, section 5.6: each message has its own key,
 * {@code HKDF(salt = text that names the message type, IKM = nonce + secret, info = empty, L = 32)}, and its MAC is cut to
 * 16 bytes (RFC 4868).
 */
final class MessageAuthentication {

    /** RFC 9301, section 12.5. */
    static final int ALGORITHM_ID = 3;

    static final int MAC_LENGTH = 16;

    private static final int MESSAGE_KEY_LENGTH = 32;

    private MessageAuthentication() {}

    static byte[] mac(MappingKey key, LispMessage.Signed message, byte[] authenticated) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(messageKey(key, message));
            return Arrays.copyOf(mac.doFinal(authenticated), MAC_LENGTH);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime lacks HmacSHA256 or HKDF-SHA256", e);
        }
    }

    static boolean verify(MappingKey key, LispMessage.Signed message, byte[] authenticated, byte[] mac) {
        return MessageDigest.isEqual(mac(key, message, authenticated), mac);
    }

    private static SecretKey messageKey(MappingKey key, LispMessage.Signed message) throws GeneralSecurityException {
        byte[] nonce = ByteBuffer.allocate(Long.BYTES).putLong(message.nonce()).array();
        return KDF.getInstance("HKDF-SHA256").deriveKey("HmacSHA256",
                HKDFParameterSpec.ofExtract().addIKM(nonce).addIKM(key.secret())
                        .addSalt(message.salt().getBytes(US_ASCII)).thenExpand(null, MESSAGE_KEY_LENGTH));
    }
}
