package org.godwit.mcs.store;

/**
 * Addresses as they stand in the database, in the text form of RFC 5952: we have written them, so reading needs none of the care,
 * and none of the microseconds, that what an operator types needs.
 */
final class StoredAddress {

    private static final int LENGTH = 16;
    private static final int RADIX = 16;

    private StoredAddress() {}

    /** @throws IllegalArgumentException when it is not hexadecimal groups with at most one gap */
    static byte[] bytes(String text) {
        byte[] address = new byte[LENGTH];
        int at = 0;
        int gap = -1;
        int group = 0;
        int digits = 0;
        for (int i = 0; i <= text.length(); i++) {
            char c = i < text.length() ? text.charAt(i) : ':';
            int digit = Character.digit(c, RADIX);
            if (digit >= 0 && digits < 4) {
                group = group << 4 | digit;
                digits++;
            } else if (c == ':' && digits > 0 && at < LENGTH) {
                address[at++] = (byte) (group >> Byte.SIZE);
                address[at++] = (byte) group;
                group = 0;
                digits = 0;
                if (i + 1 < text.length() && text.charAt(i + 1) == ':' && gap < 0) {
                    gap = at;
                    i++;
                }
            } else if (c != ':' || i < text.length() || gap != at) {
                throw malformed(text);
            }
        }
        if (gap < 0 ? at != LENGTH : at == LENGTH) {
            throw malformed(text);
        }
        if (gap >= 0) {
            System.arraycopy(address, gap, address, LENGTH - at + gap, at - gap);
            java.util.Arrays.fill(address, gap, LENGTH - at + gap, (byte) 0);
        }
        return address;
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException("an address in the database must be in the form of RFC 5952, got \"" + text
                + "\": was it written by hand?");
    }
}
