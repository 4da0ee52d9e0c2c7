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
