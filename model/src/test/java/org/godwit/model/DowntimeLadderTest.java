package org.godwit.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DowntimeLadderTest {

    @Test
    void aCalmVmStandsStillShortly() {
        assertThat(DowntimeLadder.STANDARD.limit(0)).isEqualTo(Duration.ofMillis(30));
        assertThat(DowntimeLadder.STANDARD.limit(5)).isEqualTo(Duration.ofMillis(30));
    }

    @Test
    void aBusyVmIsAllowedMoreWithEveryIteration() {
        assertThat(DowntimeLadder.STANDARD.limit(6)).isEqualTo(Duration.ofMillis(60));
        assertThat(DowntimeLadder.STANDARD.limit(7)).isEqualTo(Duration.ofMillis(90));
    }

    @Test
    void aVmThatNeverConvergesIsAllowedWhatQemuAllows() {
        assertThat(DowntimeLadder.STANDARD.limit(14)).isEqualTo(Duration.ofMillis(300));
        assertThat(DowntimeLadder.STANDARD.limit(Integer.MAX_VALUE)).isEqualTo(Duration.ofMillis(300));
    }

    @Test
    void theLimitThatSomebodyAsksForIsWhereItEnds() {
        DowntimeLadder shorter = DowntimeLadder.upTo(Duration.ofMillis(20));
        assertThat(shorter.limit(0)).isEqualTo(Duration.ofMillis(20));
        assertThat(shorter.limit(50)).isEqualTo(Duration.ofMillis(20));
        DowntimeLadder longer = DowntimeLadder.upTo(Duration.ofSeconds(2));
        assertThat(longer.limit(0)).isEqualTo(Duration.ofMillis(30));
        assertThat(longer.limit(6)).isEqualTo(Duration.ofMillis(230));
        assertThat(longer.limit(50)).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void aLevelOneNeverClimbs() {
        DowntimeLadder level = DowntimeLadder.level(Duration.ofMillis(300));
        assertThat(level.limit(0)).isEqualTo(level.limit(50)).isEqualTo(Duration.ofMillis(300));
    }

    @Test
    void noPauseAtAllOrOneThatShrinksIsRefused() {
        assertThatThrownBy(() -> DowntimeLadder.upTo(Duration.ZERO)).hasMessageContaining("above zero");
        assertThatThrownBy(() -> new DowntimeLadder(Duration.ofMillis(2), Duration.ofMillis(1)))
                .hasMessageContaining("only climbs");
    }
}
