package org.godwit.host.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DowntimeLadderTest {

    @Test
    void aCalmVmStandsStillShortly() {
        assertThat(DowntimeLadder.limit(0)).isEqualTo(DowntimeLadder.FIRST);
        assertThat(DowntimeLadder.limit(5)).isEqualTo(DowntimeLadder.FIRST);
    }

    @Test
    void noPauseComesBeforeWhatIsLeftFits() {
        long perSecond = 1_000_000_000;
        assertThat(DowntimeLadder.fits(1, 1000, perSecond)).as("what is left of the first pass tells nothing")
                .isFalse();
        assertThat(DowntimeLadder.fits(2, 30_000_001, perSecond)).isFalse();
        assertThat(DowntimeLadder.fits(2, 30_000_000, perSecond)).isTrue();
        assertThat(DowntimeLadder.fits(7, 90_000_000, perSecond)).as("it is allowed more").isTrue();
        assertThat(DowntimeLadder.fits(2, 30_000_000, 0)).as("nothing is known of the wire").isTrue();
    }

    @Test
    void aBusyVmIsAllowedMoreWithEveryIteration() {
        assertThat(DowntimeLadder.limit(6)).isEqualTo(Duration.ofMillis(60));
        assertThat(DowntimeLadder.limit(7)).isEqualTo(Duration.ofMillis(90));
    }

    @Test
    void aVmThatNeverConvergesIsAllowedWhatQemuAllows() {
        assertThat(DowntimeLadder.limit(14)).isEqualTo(DowntimeLadder.LAST);
        assertThat(DowntimeLadder.limit(Integer.MAX_VALUE)).isEqualTo(DowntimeLadder.LAST);
    }
}
