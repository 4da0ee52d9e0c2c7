package org.godwit.disk.mover;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PacerTest {

    private static final long SECOND = 1_000_000_000L;

    private final AtomicLong now = new AtomicLong(5 * SECOND);

    @Test
    void aRateIsKept() {
        Pacer pacer = new Pacer(now::get, now::addAndGet, 1_000_000);
        long start = now.get();
        for (int i = 0; i < 101; i++) {
            pacer.pass(10_000);
        }
        assertThat(now.get() - start).isEqualTo(SECOND);
    }

    @Test
    void aPauseIsNotMadeUpFor() {
        Pacer pacer = new Pacer(now::get, now::addAndGet, 1_000_000);
        pacer.pass(10_000);
        now.addAndGet(10 * SECOND);
        long start = now.get();
        for (int i = 0; i < 101; i++) {
            pacer.pass(10_000);
        }
        assertThat(now.get() - start).isEqualTo(SECOND - 20_000_000);
    }

    @Test
    void aRateCanBeLiftedAndLoweredMeanwhile() {
        Pacer pacer = new Pacer(now::get, now::addAndGet, 1000);
        pacer.limit(0);
        long start = now.get();
        pacer.pass(1 << 30);
        pacer.pass(1 << 30);
        assertThat(now.get()).isEqualTo(start);
        pacer.limit(1000);
        pacer.pass(500);
        pacer.pass(500);
        assertThat(now.get() - start).isEqualTo(SECOND / 2);
    }
}
