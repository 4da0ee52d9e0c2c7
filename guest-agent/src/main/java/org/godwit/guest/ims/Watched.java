package org.godwit.guest.ims;

import java.time.Duration;
import org.godwit.model.HomeAddress;
import org.godwit.protocol.lisp.Mapping;

/** A HoA whose changes the mapping server publishes to us. Times are of a nanosecond ticker. */
final class Watched {

    /**
     * A subscription is repeated soon, in case the acknowledgement of the first one was lost, and then less and less often;
     * still often enough that a subscription, which lasts for 5 min, survives the loss of a few.
     */
    private static final long REFRESH_FIRST = Duration.ofSeconds(1).toNanos();
    private static final long REFRESH_MAX = Duration.ofSeconds(60).toNanos();

    Mapping mapping;

    /** Whether the mapping server has proven what it said, and with it taken the subscription. */
    boolean proven;

    /** Of the newest message of this subscription. */
    long nonce;

    private long interval = REFRESH_FIRST;
    private long refreshAt;

    Watched(HomeAddress hoa, long now) {
        mapping = Mapping.none(hoa);
        refreshAt = now + interval;
    }

    boolean isDue(long now) {
        return now - refreshAt >= 0;
    }

    void refreshing(long now) {
        interval = Math.min(interval * 2, REFRESH_MAX);
        refreshAt = now + interval;
    }

    /** The mapping server does not know our address, or not this one. */
    void moved(long askAt) {
        interval = REFRESH_FIRST;
        refreshAt = askAt;
    }
}
