package org.godwit.guest;

import org.godwit.model.MobileAddress;
import org.godwit.shim.Proxies;

/** A correspondent for which a home gateway translates, or is about to. Times are of a nanosecond ticker. */
final class Proxied {

    final MobileAddress proxy;

    /** Whether the kernel has it. */
    boolean translated;

    /** When the mapping server is to be told again. */
    long registerAt;

    private long usedAt;
    private boolean answered;
    private boolean proven;

    Proxied(MobileAddress proxy, long now) {
        this.proxy = proxy;
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

    /** Whether it went on sending after it was answered, as those do who are where they say they are. */
    boolean isProven() {
        return proven;
    }

    long usedAt() {
        return usedAt;
    }
}
