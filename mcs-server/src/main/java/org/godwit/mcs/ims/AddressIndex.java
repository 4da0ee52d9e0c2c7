package org.godwit.mcs.ims;

import java.util.function.IntUnaryOperator;

/**
 * Finds numbers by 128-bit addresses that stand elsewhere, in an array of longs. Open addressing with linear probing: four to
 * eight bytes an entry and no object, where a HashMap of addresses takes hundreds. Not safe for several threads.
 */
final class AddressIndex {

    static final int NONE = -1;
    private static final int SLOTS_MIN = 64;

    private final IntUnaryOperator position;
    private final long secret;
    /** An entry plus one; 0 is free. */
    private int[] slots = new int[SLOTS_MIN];
    private int size;

    /**
     * @param position where the address of an entry begins
     * @param secret random, so that nobody can choose addresses that meet
     */
    AddressIndex(IntUnaryOperator position, long secret) {
        this.position = position;
        this.secret = secret;
    }

    /** The entry of this address, or {@link #NONE}. */
    int get(long[] words, long high, long low) {
        int slot = find(words, high, low);
        return slots[slot] - 1;
    }

    /** Replaces the entry of the same address. Its address must be in place. */
    void put(long[] words, int entry) {
        int at = position.applyAsInt(entry);
        int slot = find(words, words[at], words[at + 1]);
        if (slots[slot] == 0) {
            if (2 * (size + 1) > slots.length) {
                grow(words);
                slot = find(words, words[at], words[at + 1]);
            }
            size++;
        }
        slots[slot] = entry + 1;
    }

    /** Removes the entry of this address. Its address must still be in place. */
    void remove(long[] words, long high, long low) {
        int hole = find(words, high, low);
        if (slots[hole] == 0) {
            return;
        }
        size--;
        int mask = slots.length - 1;
        slots[hole] = 0;
        // Whoever had to step over the hole moves into it, so that no search ends too early.
        for (int next = hole + 1 & mask; slots[next] != 0; next = next + 1 & mask) {
            int at = position.applyAsInt(slots[next] - 1);
            int home = home(words[at], words[at + 1]);
            if ((next - home & mask) >= (next - hole & mask)) {
                slots[hole] = slots[next];
                slots[next] = 0;
                hole = next;
            }
        }
    }

    private int find(long[] words, long high, long low) {
        int mask = slots.length - 1;
        int slot = home(high, low);
        while (slots[slot] != 0) {
            int at = position.applyAsInt(slots[slot] - 1);
            if (words[at] == high && words[at + 1] == low) {
                return slot;
            }
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void grow(long[] words) {
        int[] old = slots;
        slots = new int[2 * old.length];
        for (int entry : old) {
            if (entry != 0) {
                int at = position.applyAsInt(entry - 1);
                slots[find(words, words[at], words[at + 1])] = entry;
            }
        }
    }

    private int home(long high, long low) {
        long hash = (high ^ secret) * 0x9e3779b97f4a7c15L;
        hash = (hash ^ hash >>> 32 ^ low) * 0xbf58476d1ce4e5b9L;
        hash = (hash ^ hash >>> 29) * 0x94d049bb133111ebL;
        return (int) (hash >>> 32) & slots.length - 1;
    }
}
