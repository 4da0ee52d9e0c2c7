package org.godwit.planner.simulation;

import java.util.Arrays;
import java.util.BitSet;

/** In what order a round goes through what is dirty. */
public enum PageOrder {

    /** As hypervisors do. */
    BY_ADDRESS {
        @Override
        int[] of(BitSet dirty, Guest guest) {
            return dirty.stream().toArray();
        }
    },

    /** Zaw and Thein, as Mirroring quotes them: the page first that has not been used for the longest time. */
    LEAST_RECENTLY_USED {
        @Override
        int[] of(BitSet dirty, Guest guest) {
            long[] keys = dirty.stream().mapToLong(page -> (long) guest.lastAccess(page) << Integer.SIZE | page)
                    .toArray();
            Arrays.sort(keys);
            return Arrays.stream(keys).mapToInt(key -> (int) key).toArray();
        }
    };

    abstract int[] of(BitSet dirty, Guest guest);
}
