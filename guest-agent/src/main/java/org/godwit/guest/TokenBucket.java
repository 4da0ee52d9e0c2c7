package org.godwit.guest;

import java.time.Duration;

/** Keeps to a {@link Rate}. Times are of a nanosecond ticker. Not safe for several threads. */
final class TokenBucket {

    private static final double SECOND = Duration.ofSeconds(1).toNanos();

    private final Rate rate;
    private double tokens;
    private long filledAt;

    TokenBucket(Rate rate, long now) {
        this.rate = rate;
        tokens = rate.burst();
        filledAt = now;
    }

    /** Whether it may happen once more; if so it counts. */
    boolean take(long now) {
        fill(now);
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }

    /** Whether it is as good as a new one. */
    boolean isFull(long now) {
        fill(now);
        return tokens >= rate.burst();
    }

    private void fill(long now) {
        tokens = Math.min(rate.burst(), tokens + (now - filledAt) / SECOND * rate.perSecond());
        filledAt = now;
    }
}
