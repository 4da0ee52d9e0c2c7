package org.godwit.lab.bench;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The compression that <i>ROW disk</i> uses, to be compared with: WKdm, of P. Wilson, S. Kaplan and Y. Smaragdakis, "The Case for
 * Compressed Caching in Virtual Memory Systems" (USENIX 1999), section 5. A word is zero, or equal to one of the last 16 different
 * ones, or equal in its upper 22 bits, or new. The layout of the output is ours. Not safe for several threads.
 */
final class Wkdm {

    /** Bytes that are compressed at a time. */
    static final int PAGE = 4096;

    /** Bytes that a page takes when nothing in it repeats; one word that does may be packed into four bytes and one more. */
    static final int LENGTH_MAX = 6 + PAGE / 16 + PAGE + 1;

    private static final int WORDS = PAGE / Integer.BYTES;
    private static final int TAGS = 6;
    private static final int NEW_WORDS = TAGS + WORDS / 4;
    private static final int LOW_BITS = 10;
    private static final int LOW_MASK = (1 << LOW_BITS) - 1;
    private static final int ENTRIES = 16;

    private static final int ZERO = 0;
    private static final int PARTIAL = 1;
    private static final int NEW = 2;
    private static final int EXACT = 3;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class,
            ByteOrder.LITTLE_ENDIAN);

    private final int[] dictionary = new int[ENTRIES];
    private final byte[] entries = new byte[WORDS];
    private final short[] lows = new short[WORDS];

    /** @return how many bytes of {@code to} it took, {@link #LENGTH_MAX} at most */
    int compress(byte[] from, int offset, byte[] to) {
        Arrays.fill(dictionary, 0);
        int next = NEW_WORDS;
        int known = 0;
        int partial = 0;
        for (int word = 0; word < WORDS; word += 4) {
            int tags = 0;
            for (int one = 0; one < 4; one++) {
                int value = (int) INT.get(from, offset + (word + one) * Integer.BYTES);
                int entry = entry(value);
                int tag;
                if (value == 0) {
                    tag = ZERO;
                } else if (dictionary[entry] == value) {
                    tag = EXACT;
                    entries[known++] = (byte) entry;
                } else if (dictionary[entry] >>> LOW_BITS == value >>> LOW_BITS) {
                    tag = PARTIAL;
                    entries[known++] = (byte) entry;
                    lows[partial++] = (short) (value & LOW_MASK);
                    dictionary[entry] = value;
                } else {
                    tag = NEW;
                    INT.set(to, next, value);
                    next += Integer.BYTES;
                    dictionary[entry] = value;
                }
                tags |= tag << 2 * one;
            }
            to[TAGS + word / 4] = (byte) tags;
        }
        SHORT.set(to, 0, (short) ((next - NEW_WORDS) / Integer.BYTES));
        SHORT.set(to, 2, (short) known);
        SHORT.set(to, 4, (short) partial);
        for (int i = 0; i < known; i += 2) {
            to[next++] = (byte) (entries[i] | (i + 1 < known ? entries[i + 1] << 4 : 0));
        }
        for (int i = 0; i < partial; i += 3) {
            int packed = lows[i] | (i + 1 < partial ? lows[i + 1] << LOW_BITS : 0)
                    | (i + 2 < partial ? lows[i + 2] << 2 * LOW_BITS : 0);
            INT.set(to, next, packed);
            next += Integer.BYTES;
        }
        return next;
    }

    /** The page again, of what {@link #compress} wrote. */
    void decompress(byte[] from, byte[] to, int offset) {
        Arrays.fill(dictionary, 0);
        int next = NEW_WORDS;
        int nibbles = NEW_WORDS + (short) SHORT.get(from, 0) * Integer.BYTES;
        int lowsAt = nibbles + ((short) SHORT.get(from, 2) + 1) / 2;
        int known = 0;
        int partial = 0;
        for (int word = 0; word < WORDS; word++) {
            int value = 0;
            switch (from[TAGS + word / 4] >>> 2 * (word % 4) & 3) {
                case ZERO -> {
                }
                case EXACT -> value = dictionary[nibble(from, nibbles, known++)];
                case PARTIAL -> {
                    int entry = nibble(from, nibbles, known++);
                    int packed = (int) INT.get(from, lowsAt + partial / 3 * Integer.BYTES);
                    value = dictionary[entry] & ~LOW_MASK | packed >>> LOW_BITS * (partial % 3) & LOW_MASK;
                    partial++;
                    dictionary[entry] = value;
                }
                default -> {
                    value = (int) INT.get(from, next);
                    next += Integer.BYTES;
                    dictionary[entry(value)] = value;
                }
            }
            INT.set(to, offset + word * Integer.BYTES, value);
        }
    }

    private static int nibble(byte[] from, int at, int index) {
        return from[at + index / 2] >>> 4 * (index % 2) & 0xf;
    }

    /** By the bits that a partial match compares, mixed. */
    private static int entry(int value) {
        return (value >>> LOW_BITS) * 0x9e3779b1 >>> 28;
    }
}
