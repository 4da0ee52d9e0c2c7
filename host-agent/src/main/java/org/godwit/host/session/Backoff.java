package org.godwit.host.session;

import java.time.Duration;
import java.util.SplittableRandom;

/**
 * How long an agent waits before it dials again. A control server that is started anew is back within seconds and shall not have
 * to wait for its agents then; one that is away for longer is asked less often. Many agents that lose it at once do not come
 * back all at once.
 */
final class Backoff {

    static final Duration FIRST = Duration.ofMillis(200);
    static final Duration SOON_MAX = Duration.ofSeconds(1);
    static final Duration LATER_MAX = Duration.ofSeconds(5);
    /** About half a minute of them. */
    static final int SOON_ATTEMPTS = 30;
    private static final double SPREAD = 0.5;

    private final SplittableRandom spread;
    private int attempts;

    /** @param host whose name tells its waits from those of others */
    Backoff(String host) {
        this.spread = new SplittableRandom(host.hashCode());
    }

    /** Doubled from {@link #FIRST} to the longest that may be now, and up to a quarter less or more. */
    Duration next() {
        Duration max = attempts < SOON_ATTEMPTS ? SOON_MAX : LATER_MAX;
        long doubled = FIRST.toMillis() << Math.min(attempts, Integer.SIZE / 2);
        attempts++;
        return Duration.ofMillis(Math.round(
                Math.min(doubled, max.toMillis()) * (1 - SPREAD / 2 + SPREAD * spread.nextDouble())));
    }

    /** It is there. */
    void reset() {
        attempts = 0;
    }
}
