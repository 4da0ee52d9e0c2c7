package org.godwit.protocol.guest;

import static java.util.Objects.requireNonNull;

import java.util.HexFormat;

/** The secret that a guest shares with the mapping server for its HoA: 16 to 64 bytes, in lower-case hex. */
public record ImsKey(String hex) {

    /** @throws IllegalArgumentException when it is not such hex; the message does not repeat it */
    public ImsKey {
        requireNonNull(hex, "ims_key is null");
        if (hex.length() < 32 || hex.length() > 128 || hex.length() % 2 != 0 || !isLowerCaseHex(hex)) {
            throw new IllegalArgumentException("ims_key must be 32 to 128 lower-case hex digits, two a byte");
        }
    }

    public static ImsKey of(byte[] bytes) {
        return new ImsKey(HexFormat.of().formatHex(bytes));
    }

    public byte[] bytes() {
        return HexFormat.of().parseHex(hex);
    }

    private static boolean isLowerCaseHex(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }

    /** Says that there is a key, not which. */
    @Override
    public String toString() {
        return "ImsKey[***]";
    }
}
