package org.godwit.protocol.lisp;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The secret that the owner of a HoA shares with the mapping server: the pre-shared secret of RFC 9301, section 5.6. It
 * never shows in text, and it is compared in constant time.
 */
public final class MappingKey {

    /** The bounds, in bytes. */
    public static final int LENGTH_MIN = 16;
    public static final int LENGTH_MAX = 64;

    private final byte[] secret;

    private MappingKey(byte[] secret) {
        if (secret.length < LENGTH_MIN || secret.length > LENGTH_MAX) {
            throw new IllegalArgumentException(
                    "a mapping key must have 16 to 64 bytes (32 are recommended), got " + secret.length);
        }
        this.secret = secret;
    }

    /** @throws IllegalArgumentException when there are not 16 to 64 bytes */
    public static MappingKey of(byte[] secret) {
        return new MappingKey(secret.clone());
    }

    /** @throws IllegalArgumentException when the text is not hexadecimal of 16 to 64 bytes; the message does not repeat it */
    public static MappingKey ofHex(String text) {
        try {
            return new MappingKey(HexFormat.of().parseHex(text));
        } catch (NumberFormatException e) {
            // Not NumberFormatException's own message, which quotes what it could not read.
            throw new IllegalArgumentException("a mapping key must be an even number of hexadecimal digits");
        } catch (IllegalArgumentException e) {
            throw text.length() % 2 == 0
                    ? e
                    : new IllegalArgumentException("a mapping key must be an even number of hexadecimal digits");
        }
    }

    /** For storing it, and for handing it to its owner. */
    public byte[] secret() {
        return secret.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MappingKey key && MessageDigest.isEqual(secret, key.secret);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(secret);
    }

    @Override
    public String toString() {
        return "MappingKey[" + secret.length + " bytes]";
    }
}
