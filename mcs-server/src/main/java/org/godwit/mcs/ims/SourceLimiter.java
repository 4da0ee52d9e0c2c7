package org.godwit.mcs.ims;

import java.net.InetAddress;

/**
 * Keeps each source within its rate, in a table of fixed size: whoever forges sources without number costs no memory. Two
 * sources may share a slot, so each has two, chosen by a secret; the emptier one counts.
 *
 * <p>A slot holds the time at which its source would be at rest again (the generic cell rate algorithm). Not safe for several
 * threads; times are of a nanosecond ticker.
 */
final class SourceLimiter {

    private static final int SLOTS = 1 << 16;
    private static final int PREFIX_BYTES = 8;

    private final long[] restAt = new long[2 * SLOTS];
    private final long interval;
    private final long depth;
    private final long secret;
    private final long start;

    /** @param secret random, so that nobody can aim at the slots of another */
    SourceLimiter(SourceRate rate, long secret, long now) {
        this.interval = 1_000_000_000L / rate.perSecond();
        this.depth = interval * (rate.burst() - 1);
        this.secret = secret;
        this.start = now;
    }

    /** Counts one, if there is room for it. */
    boolean admits(InetAddress source, long now) {
        if (isExceededBy(source, now)) {
            return false;
        }
        count(source, now);
        return true;
    }

    /** Whether there is no room for one more. */
    boolean isExceededBy(InetAddress source, long now) {
        long hash = hash(source);
        return Math.min(restAt[first(hash)], restAt[second(hash)]) - (now - start) > depth;
    }

    void count(InetAddress source, long now) {
        long hash = hash(source);
        add(first(hash), now - start);
        add(second(hash), now - start);
    }

    private void add(int slot, long time) {
        restAt[slot] = Math.max(restAt[slot], time) + interval;
    }

    private long hash(InetAddress source) {
        byte[] address = source.getAddress();
        long hash = secret;
        for (int i = 0; i < Math.min(address.length, PREFIX_BYTES); i++) {
            hash = (hash ^ address[i] & 0xff) * 0x9e3779b97f4a7c15L;
            hash ^= hash >>> 29;
        }
        return hash;
    }

    private static int first(long hash) {
        return (int) hash & SLOTS - 1;
    }

    private static int second(long hash) {
        return SLOTS + ((int) (hash >>> Integer.SIZE) & SLOTS - 1);
    }
}
