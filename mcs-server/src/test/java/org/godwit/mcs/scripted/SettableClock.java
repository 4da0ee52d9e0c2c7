package org.godwit.mcs.scripted;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Begins at the real time, since TLS checks certificates against that, and moves on only when a test says so. */
public final class SettableClock implements InstantSource {

    private volatile Instant now = Instant.now();

    public void advance(Duration duration) {
        now = now.plus(duration);
    }

    @Override
    public Instant instant() {
        return now;
    }
}
