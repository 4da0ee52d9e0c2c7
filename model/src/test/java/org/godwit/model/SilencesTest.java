package org.godwit.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SilencesTest {

    @Test
    void nobodyIsSilentForLessThanNothingOrForMoreThanAnHour() {
        assertThat(new Silences(Optional.of(Duration.ZERO), Optional.of(Silences.MAX)).vmToPeer())
                .contains(Duration.ZERO);
        for (Duration cannotBe : new Duration[]{Duration.ofNanos(-1), Silences.MAX.plusNanos(1) }) {
            assertThatThrownBy(() -> new Silences(Optional.empty(), Optional.of(cannotBe)))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("a silence lasts");
        }
    }
}
