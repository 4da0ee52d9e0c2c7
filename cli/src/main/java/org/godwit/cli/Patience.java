package org.godwit.cli;

import java.time.Duration;
import java.util.function.LongSupplier;

/** How long something unpleasant may last before we say so. Starts with the first unpleasant moment since the last good one. */
final class Patience {

    private final Duration limit;
    private final LongSupplier nanoTicker;
    private boolean tried;
    private long since;

    Patience(Duration limit, LongSupplier nanoTicker) {
        this.limit = limit;
        this.nanoTicker = nanoTicker;
    }

    /** All is well. */
    void renew() {
        tried = false;
    }

    /** Something is not well: may we wait on? */
    boolean lasts() {
        long now = nanoTicker.getAsLong();
        if (!tried) {
            tried = true;
            since = now;
        }
        return now - since < limit.toNanos();
    }
}
