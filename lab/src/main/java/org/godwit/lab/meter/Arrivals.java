package org.godwit.lab.meter;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * When something with a sequence number arrived, in the order of arrival. A plain growing array, because thousands a minute
 * are kept while the garbage collector must stay out of the measurement.
 */
final class Arrivals {

    /** A second copy that comes later than so many others is no copy of a bicast. */
    private static final int LEAD = 64;

    private long[] atNs = new long[1 << 14];
    private long[] seq = new long[1 << 14];
    private int size;

    synchronized void add(long nowNs, long sequenceNumber) {
        if (size == atNs.length) {
            atNs = Arrays.copyOf(atNs, 2 * size);
            seq = Arrays.copyOf(seq, 2 * size);
        }
        atNs[size] = nowNs;
        seq[size++] = sequenceNumber;
    }

    synchronized boolean hasSince(long sinceNs) {
        return size > 0 && atNs[size - 1] >= sinceNs;
    }

    /** What arrived within a window, both ends included; and the gap that it opens in, if it does. */
    synchronized Slice within(Window window) {
        int from = 0;
        while (from < size && atNs[from] < window.startNs()) {
            from++;
        }
        int to = from;
        while (to < size && atNs[to] <= window.endNs()) {
            to++;
        }
        int lead = Math.max(0, from - LEAD);
        return new Slice(Arrays.copyOfRange(atNs, lead, from), Arrays.copyOfRange(seq, lead, from),
                Arrays.copyOfRange(atNs, from, to), Arrays.copyOfRange(seq, from, to));
    }

    /** @param startNs endNs by the correspondent's monotonic clock */
    record Window(long startNs, long endNs) {

        Window {
            if (endNs < startNs) {
                throw new IllegalArgumentException("a window ends after its start, got " + startNs + " to " + endNs);
            }
        }
    }

    /** An immutable piece of the arrivals. */
    static final class Slice {

        private final long[] leadAtNs;
        private final long[] leadSeq;
        private final long[] atNs;
        private final long[] seq;

        /** @param leadAtNs leadSeq what had come before */
        private Slice(long[] leadAtNs, long[] leadSeq, long[] atNs, long[] seq) {
            this.leadAtNs = leadAtNs;
            this.leadSeq = leadSeq;
            this.atNs = atNs;
            this.seq = seq;
        }

        boolean isEmpty() {
            return atNs.length == 0;
        }

        /** The longest time between two consecutive first arrivals, in ms; the whole window when there is none. */
        double longestGapMs(Window window) {
            Gap gap = longestGap();
            return (gap == null ? window.endNs() - window.startNs() : gap.endNs() - gap.startNs()) / 1e6;
        }

        /** When half of the longest gap had passed; the first arrival when there is no other. Not for an empty slice. */
        long longestGapMiddleNs() {
            Gap gap = longestGap();
            return gap == null ? atNs[0] : (gap.startNs() + gap.endNs()) / 2;
        }

        /** The longest that ends within the window, wherever it began. Null when there is none. */
        Gap longestGap() {
            Set<Long> seen = new HashSet<>();
            Gap longest = null;
            Long lastNs = null;
            for (int i = 0; i < leadAtNs.length; i++) {
                if (seen.add(leadSeq[i])) {
                    lastNs = leadAtNs[i];
                }
            }
            for (int i = 0; i < atNs.length; i++) {
                if (seen.add(seq[i])) {
                    if (lastNs != null && (longest == null || atNs[i] - lastNs > longest.endNs() - longest.startNs())) {
                        longest = new Gap(lastNs, atNs[i]);
                    }
                    lastNs = atNs[i];
                }
            }
            return longest;
        }

        record Gap(long startNs, long endNs) {}

        /** The number that arrived at this very time. */
        long numberAt(long ns) {
            return seq[Arrays.binarySearch(atNs, ns)];
        }

        /**
         * Sequence numbers missing between the first that arrived and the highest. One below the first was sent before and is
         * late, which makes no hole.
         */
        long holes() {
            if (isEmpty()) {
                return 0;
            }
            long highest = Arrays.stream(seq).max().orElseThrow();
            return highest - seq[0] + 1 - Arrays.stream(seq).filter(number -> number >= seq[0]).distinct().count();
        }

        long duplicates() {
            return seq.length - distinct();
        }

        long distinct() {
            return Arrays.stream(seq).distinct().count();
        }

        /** By how much the number grew from the first arrival to the last. */
        long advance() {
            return isEmpty() ? 0 : seq[seq.length - 1] - seq[0];
        }

        /** How many arrived in each of {@code columns} equal parts of the window. */
        int[] histogram(Window window, int columns) {
            int[] counts = new int[columns];
            double width = (window.endNs() - window.startNs()) / (double) columns;
            for (long at : atNs) {
                counts[Math.min(columns - 1, (int) ((at - window.startNs()) / width))]++;
            }
            return counts;
        }
    }
}
