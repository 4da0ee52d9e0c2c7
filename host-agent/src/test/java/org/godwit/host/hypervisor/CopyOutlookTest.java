package org.godwit.host.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.godwit.model.DowntimeLadder;
import org.junit.jupiter.api.Test;

class CopyOutlookTest {

    private static final long GIGABYTE = 1_000_000_000;

    private static CopyOutlook outlook(int iteration, long bytesRemaining, long bytesPerSecond) {
        return new CopyOutlook(DowntimeLadder.STANDARD, iteration, bytesRemaining, bytesPerSecond);
    }

    @Test
    void thePauseOfACalmVmMayComeAtTheEndOfTheFirstPass() {
        assertThat(outlook(1, GIGABYTE, GIGABYTE).pauseMayBeNear()).isFalse();
        assertThat(outlook(1, 150_000_000, GIGABYTE).pauseMayBeNear()).isTrue();
        assertThat(outlook(1, 0, GIGABYTE).pauseMayBeNear()).isTrue();
    }

    @Test
    void thePauseOfABusyVmMovesAwayAgainWithTheNextIteration() {
        assertThat(outlook(2, 900_000_000, GIGABYTE).pauseMayBeNear()).isFalse();
    }

    @Test
    void aLittleIsNearWhateverTheWire() {
        assertThat(outlook(1, 1_000_000, 0).pauseMayBeNear()).isTrue();
        assertThat(outlook(1, 17_000_000, 0).pauseMayBeNear()).as("nothing is known of the wire").isFalse();
        assertThat(outlook(1, 16_000_000, 1_000_000).pauseMayBeNear()).isTrue();
    }

    @Test
    void whatIsLeftOfTheFirstPassDoesNotTellWhetherItFits() {
        assertThat(outlook(1, 1000, GIGABYTE).fits()).isFalse();
        assertThat(outlook(2, 30_000_001, GIGABYTE).fits()).isFalse();
        assertThat(outlook(2, 30_000_000, GIGABYTE).fits()).isTrue();
        assertThat(outlook(7, 90_000_000, GIGABYTE).fits()).as("it is allowed more").isTrue();
        assertThat(outlook(2, 30_000_000, 0).fits()).as("nothing is known of the wire").isTrue();
    }

    @Test
    void theNearerTheEndTheCloserItIsWatched() {
        assertThat(outlook(1, 10 * GIGABYTE, GIGABYTE).lookAgainAfter()).isEqualTo(CopyOutlook.LOOK_MAX);
        assertThat(outlook(1, 10 * GIGABYTE, 0).lookAgainAfter()).isEqualTo(CopyOutlook.LOOK_MAX);
        assertThat(outlook(1, 100_000_000, GIGABYTE).lookAgainAfter()).isEqualTo(Duration.ofMillis(50));
        assertThat(outlook(3, 0, GIGABYTE).lookAgainAfter()).isEqualTo(CopyOutlook.LOOK_MIN);
    }
}
