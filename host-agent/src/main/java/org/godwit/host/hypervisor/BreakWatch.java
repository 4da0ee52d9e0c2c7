package org.godwit.host.hypervisor;

import java.time.Duration;

/** Whether a post-copy has been broken for so long that nobody need wait for the call which copies. For one thread. */
final class BreakWatch {

    /** A call that ends by itself says more. */
    static final Duration CALL_ENDS = Duration.ofSeconds(2);

    /** One that is taken up is broken until it goes on; libvirt waits 30 s for whatever else it does with the domain. */
    static final Duration CALL_BEGINS = Duration.ofSeconds(40);

    private boolean begun;
    private Duration brokenFor = Duration.ZERO;

    private BreakWatch(boolean begun) {
        this.begun = begun;
    }

    static BreakWatch ofCopy() {
        return new BreakWatch(true);
    }

    static BreakWatch ofRecovery() {
        return new BreakWatch(false);
    }

    /** @param broken what is seen now. @param sinceLast how long ago that was asked before */
    boolean lasts(boolean broken, Duration sinceLast) {
        begun |= !broken;
        brokenFor = broken ? brokenFor.plus(sinceLast) : Duration.ZERO;
        return brokenFor.compareTo(begun ? CALL_ENDS : CALL_BEGINS) >= 0;
    }
}
