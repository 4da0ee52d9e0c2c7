package org.godwit.host.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CopyOutlookTest {

    private static final long GIGABYTE = 1_000_000_000;

    @Test
    void thePauseOfACalmVmMayComeAtTheEndOfTheFirstPass() {
        assertThat(new CopyOutlook(1, GIGABYTE, GIGABYTE).pauseMayBeNear()).isFalse();
        assertThat(new CopyOutlook(1, 150_000_000, GIGABYTE).pauseMayBeNear()).isTrue();
        assertThat(new CopyOutlook(1, 0, GIGABYTE).pauseMayBeNear()).isTrue();
    }

    @Test
    void thePauseOfABusyVmMovesAwayAgainWithTheNextIteration() {
        assertThat(new CopyOutlook(2, 900_000_000, GIGABYTE).pauseMayBeNear()).isFalse();
    }

    @Test
    void aLittleIsNearWhateverTheWire() {
        assertThat(new CopyOutlook(1, 1_000_000, 0).pauseMayBeNear()).isTrue();
        assertThat(new CopyOutlook(1, 17_000_000, 0).pauseMayBeNear()).as("nothing is known of the wire").isFalse();
        assertThat(new CopyOutlook(1, 16_000_000, 1_000_000).pauseMayBeNear()).isTrue();
    }

    @Test
    void whatIsLeftOfTheFirstPassDoesNotTellWhetherItFits() {
        assertThat(new CopyOutlook(1, 1000, GIGABYTE).fits()).isFalse();
        assertThat(new CopyOutlook(2, 30_000_001, GIGABYTE).fits()).isFalse();
        assertThat(new CopyOutlook(2, 30_000_000, GIGABYTE).fits()).isTrue();
        assertThat(new CopyOutlook(7, 90_000_000, GIGABYTE).fits()).as("it is allowed more").isTrue();
        assertThat(new CopyOutlook(2, 30_000_000, 0).fits()).as("nothing is known of the wire").isTrue();
    }

    @Test
    void theNearerTheEndTheCloserItIsWatched() {
        assertThat(new CopyOutlook(1, 10 * GIGABYTE, GIGABYTE).lookAgainAfter()).isEqualTo(CopyOutlook.LOOK_MAX);
        assertThat(new CopyOutlook(1, 10 * GIGABYTE, 0).lookAgainAfter()).isEqualTo(CopyOutlook.LOOK_MAX);
        assertThat(new CopyOutlook(1, 100_000_000, GIGABYTE).lookAgainAfter()).isEqualTo(Duration.ofMillis(50));
        assertThat(new CopyOutlook(3, 0, GIGABYTE).lookAgainAfter()).isEqualTo(CopyOutlook.LOOK_MIN);
    }
}
