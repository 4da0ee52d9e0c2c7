package org.godwit.guest.ims;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GrowingNoncesTest {

    private Instant now = Instant.parse("2026-11-21T00:00:00Z");

    @Test
    void noncesGrowWithinASecondAndWhenTheClockIsSetBack() {
        GrowingNonces nonces = new GrowingNonces(() -> now, new Random(1));
        long last = 0;
        for (int i = 0; i < 10_000; i++) {
            now = i == 5_000 ? now.minusSeconds(3600) : now;
            long next = nonces.next();
            assertThat(Long.compareUnsigned(next, last)).isPositive();
            last = next;
        }
    }

    @Test
    void noncesGrowAcrossARestart() {
        long before = new GrowingNonces(() -> now, new Random(1)).next();
        now = now.plusSeconds(1);

        assertThat(new GrowingNonces(() -> now, new Random(2)).next()).isGreaterThan(before);
    }
}
