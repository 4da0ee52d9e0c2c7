package org.godwit.guest.ims;

import java.time.InstantSource;
import java.util.random.RandomGenerator;

/**
 * Nonces that grow, across restarts too, and that nobody can guess: seconds since 1970 in the upper half, random bits in the
 * lower. They grow because the mapping server takes only newer ones for registrations and subscriptions; a guest has no disk
 * to keep the last one on (RFC 9301, section 5.6). A clock that was set back does no harm while the process lives; of one that
 * is behind from the start, as without a battery, the mapping server tells what the last nonce was.
 */
final class GrowingNonces {

    private final InstantSource clock;
    private final RandomGenerator random;
    private long last;

    /** @param random cryptographically strong */
    GrowingNonces(InstantSource clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    long next() {
        long low = random.nextLong() >>> Integer.SIZE;
        long fresh = clock.instant().getEpochSecond() << Integer.SIZE | low;
        last = Long.compareUnsigned(fresh, last) > 0 ? fresh : last + 1 + (low >>> 8);
        return last;
    }

    /** From now on all are greater than this one, unsigned. */
    void goOnAfter(long nonce) {
        if (Long.compareUnsigned(nonce, last) > 0) {
            last = nonce;
        }
    }
}
