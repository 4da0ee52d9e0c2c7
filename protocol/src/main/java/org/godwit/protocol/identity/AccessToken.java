package org.godwit.protocol.identity;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a host enrols with, or an operator asks with: {@code FINGERPRINT.SECRET}. It carries the fingerprint of the authority
 * whose server it is for, so that it is told to no other; 256 random bits follow.
 */
public final class AccessToken {

    private static final int SECRET_BYTES = 32;
    private static final Pattern FORM = Pattern.compile("(?<ca>[0-9a-f]{64})\\.[0-9a-f]{64}");

    private final String text;
    private final CaFingerprint authority;

    private AccessToken(String text, CaFingerprint authority) {
        this.text = text;
        this.authority = authority;
    }

    /** A new one. @param random a cryptographically strong source */
    public static AccessToken make(CaFingerprint authority, RandomGenerator random) {
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        return new AccessToken(authority + "." + HexFormat.of().formatHex(secret), authority);
    }

    /** @throws IllegalArgumentException when it is not of this form; the message does not repeat the text */
    public static AccessToken parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException(
                    "a token is two times 64 hexadecimal digits with a dot between, as the control server gave it out");
        }
        return new AccessToken(text, new CaFingerprint(form.group("ca")));
    }

    public CaFingerprint authority() {
        return authority;
    }

    /** The secret itself. */
    public String text() {
        return text;
    }

    /** What a server keeps of a token: with 256 random bits in it, it needs no salt. */
    public static byte[] hash(String text) {
        return CaFingerprint.sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "AccessToken[for " + authority + "]";
    }
}
