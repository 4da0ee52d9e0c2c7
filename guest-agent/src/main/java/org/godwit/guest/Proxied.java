package org.godwit.guest;

import java.time.Duration;
import org.godwit.model.MobileAddress;
import org.godwit.shim.Proxies;

/** A correspondent for which a home gateway translates, or is about to. Times are of a nanosecond ticker. */
final class Proxied {

    final MobileAddress proxy;

    /** Whether it was named to us: then it is nobody's guess, and stays. */
    final boolean standing;

    /** Whether the kernel has it. */
    boolean translated;

    /** When the mapping server is to be told again. */
    long registerAt;

    private long usedAt;
    private boolean answered;
    private boolean proven;

    Proxied(MobileAddress proxy, boolean standing, long now) {
        this.proxy = proxy;
        this.standing = standing;
        usedAt = now;
        registerAt = now;
    }

    void used(Proxies.Use use, long now) {
        if (use.byCorrespondent() || use.byMobileNode()) {
            usedAt = now;
        }
        proven |= answered && use.byCorrespondent();
        answered |= use.byMobileNode();
    }

    /** Whether it went on sending after it was answered, as those do who are where they say they are; or was named to us. */
    boolean isProven() {
        return standing || proven;
    }

    long usedAt() {
        return usedAt;
    }

    boolean isIdle(Duration idleMax, long now) {
        return !standing && now - usedAt >= idleMax.toNanos();
    }
}
