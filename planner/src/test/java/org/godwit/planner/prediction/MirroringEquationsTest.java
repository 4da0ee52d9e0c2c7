package org.godwit.planner.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class MirroringEquationsTest {

    private static final Percentage ROUNDING = Percentage.withPercentage(1e-9);

    @Test
    void equationThreeIsOneAndTwo() {
        MirroringEquations some = new MirroringEquations(1024, 0.001, 100, 10, 12_345, 15);
        assertThat(some.totalTime()).isCloseTo(some.migrationTime() + some.controlTime(), ROUNDING);
    }

    @Test
    void equationFourIsThreeWithThriceTheDataSignals() {
        MirroringEquations some = new MirroringEquations(512, 0.25, 1000, 10, 30, 15);
        assertThat(some.totalTimeAtThreeControls()).isCloseTo(some.totalTime(), ROUNDING);
    }

    @Test
    void anIdleGuestNeedsNoControlSignal() {
        assertThat(new MirroringEquations(1024, 1, 100, 1, 0, 0).controlTime()).isZero();
    }

    @Test
    void theFirstCellOfTableOne() {
        assertThat(new MirroringEquations(1024, 0, 100, 10, 30, 15).totalTime()).isCloseTo(117.400, within(0.0005));
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> new MirroringEquations(1024, 0, 0, 1, 0, 0))
                .hasMessage("delta, the link speed must be above zero, got 0.0");
        assertThatThrownBy(() -> new MirroringEquations(0, 0, 1, 1, 0, 0)).hasMessageStartingWith("alpha");
        assertThatThrownBy(() -> new MirroringEquations(1, 0, 1, -1, 0, 0)).hasMessageStartingWith("eta 1");
    }
}
