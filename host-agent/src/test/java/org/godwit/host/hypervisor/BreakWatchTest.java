package org.godwit.host.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BreakWatchTest {

    private static final Duration LOOK = Duration.ofMillis(500);

    @Test
    void aCallThatEndsSoonAfterTheBreakIsWaitedFor() {
        BreakWatch watch = BreakWatch.ofCopy();
        assertThat(watch.lasts(false, LOOK)).isFalse();
        assertThat(looks(watch, 3)).isFalse();
        assertThat(watch.lasts(true, LOOK)).isTrue();
    }

    @Test
    void aBreakThatWasMendedIsNone() {
        BreakWatch watch = BreakWatch.ofCopy();
        assertThat(looks(watch, 3)).isFalse();
        assertThat(watch.lasts(false, LOOK)).isFalse();
        assertThat(looks(watch, 3)).isFalse();
    }

    @Test
    void oneThatIsTakenUpIsBrokenUntilItGoesOn() {
        BreakWatch watch = BreakWatch.ofRecovery();
        assertThat(looks(watch, 79)).isFalse();
        assertThat(watch.lasts(true, LOOK)).as("it never goes on").isTrue();

        BreakWatch again = BreakWatch.ofRecovery();
        assertThat(looks(again, 79)).isFalse();
        assertThat(again.lasts(false, LOOK)).as("it goes on").isFalse();
        assertThat(looks(again, 3)).isFalse();
        assertThat(again.lasts(true, LOOK)).as("and breaks again").isTrue();
    }

    /** @return whether it lasted at the last look */
    private static boolean looks(BreakWatch watch, int count) {
        boolean lasts = false;
        for (int i = 0; i < count; i++) {
            lasts = watch.lasts(true, LOOK);
        }
        return lasts;
    }
}
