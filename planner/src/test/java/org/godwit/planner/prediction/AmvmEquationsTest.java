package org.godwit.planner.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AmvmEquationsTest {

    private static final Percentage ROUNDING = Percentage.withPercentage(1e-9);
    private static final Offset<Double> NOTHING = within(0.0);
    private static final double GIB = 1L << 30;

    static Stream<AmvmEquations> anything() {
        SplittableRandom random = new SplittableRandom(1);
        return Stream.generate(() -> {
            double bandwidth = random.nextDouble(1e6, 1e10);
            return new AmvmEquations(random.nextDouble(64e6, 64e9), bandwidth, random.nextDouble(0, bandwidth),
                    random.nextDouble(0, 1e6), random.nextDouble(0, 0.1), random.nextDouble(0, 1e7),
                    random.nextDouble(0, 0.1));
        }).limit(200);
    }

    @ParameterizedTest
    @MethodSource("anything")
    void theBytesAreTheMemoryAndWhatWasDirtiedMeanwhile(AmvmEquations hybrid) {
        assertThat(hybrid.migratedBytes()).isCloseTo(
                hybrid.memoryBytes() * (1 + hybrid.dirtyBytesPerSecond() / hybrid.bytesPerSecond()), ROUNDING);
    }

    @ParameterizedTest
    @MethodSource("anything")
    void equationSevenIsEquationsThreeToSix(AmvmEquations hybrid) {
        assertThat(hybrid.totalSecondsInOneExpression()).isCloseTo(hybrid.totalSeconds(), ROUNDING);
    }

    @ParameterizedTest
    @MethodSource("anything")
    void theBandwidthAndTheDirtyRateMoveEverythingInOneDirection(AmvmEquations hybrid) {
        AmvmEquations faster = new AmvmEquations(hybrid.memoryBytes(), hybrid.bytesPerSecond() * 2,
                hybrid.dirtyBytesPerSecond(), hybrid.accessesPerSecond(), hybrid.delaySeconds(), hybrid.stateBytes(),
                hybrid.resumeSeconds());
        AmvmEquations calmer = new AmvmEquations(hybrid.memoryBytes(), hybrid.bytesPerSecond(),
                hybrid.dirtyBytesPerSecond() / 2, hybrid.accessesPerSecond(), hybrid.delaySeconds(),
                hybrid.stateBytes(), hybrid.resumeSeconds());
        assertThat(Stream.of(faster, calmer)).allSatisfy(better -> {
            assertThat(better.migratedBytes()).isLessThanOrEqualTo(hybrid.migratedBytes());
            assertThat(better.totalSeconds()).isLessThanOrEqualTo(hybrid.totalSeconds());
            assertThat(better.downtimeSeconds()).isLessThanOrEqualTo(hybrid.downtimeSeconds());
            assertThat(better.pageFaults()).isLessThanOrEqualTo(hybrid.pageFaults());
        });
    }

    @Test
    void anIdleGuestCostsItsMemoryOnceAndNoFault() {
        AmvmEquations idle = new AmvmEquations(GIB, 125e6, 0, 0, 0.001, 1e6, 0.02);
        assertThat(idle.migratedBytes()).isCloseTo(GIB, NOTHING);
        assertThat(idle.pageFaults()).isZero();
        assertThat(idle.totalSeconds()).isCloseTo(GIB / 125e6 + 0.008 + 0.02, ROUNDING);
    }

    @Test
    void atADirtyRateOfTheBandwidthTheWholeMemoryIsSentAgain() {
        assertThat(new AmvmEquations(GIB, 125e6, 125e6, 0, 0, 0, 0).migratedBytes()).isCloseTo(2 * GIB, ROUNDING);
    }

    @Test
    void thePaperOfFourGigabytesHasTheDirtyRateOfEighteenMegabytesASecond() {
        // Memory-bound, section 5.2: 4716 MB sent for 4104 MB, on Gigabit Ethernet.
        double dirtyRate = (4716.0 / 4104 - 1) * 125e6;
        AmvmEquations hybrid = new AmvmEquations(4104e6, 125e6, dirtyRate, 0, 0, 0, 0);
        assertThat(hybrid.dirtyBytes()).isCloseTo(612e6, ROUNDING);
        assertThat(dirtyRate).isCloseTo(18.6e6, within(0.1e6));
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> new AmvmEquations(GIB, 0, 0, 0, 0, 0, 0))
                .hasMessage("B, the bandwidth (bytes a second) must be above zero, got 0.0");
        assertThatThrownBy(() -> new AmvmEquations(GIB, 1e6, 2e6, 0, 0, 0, 0))
                .hasMessageStartingWith("D, the dirty rate, must not exceed B, the bandwidth: got 2000000.0 above");
        assertThatThrownBy(() -> new AmvmEquations(Double.NaN, 1e6, 0, 0, 0, 0, 0)).hasMessageStartingWith("V_mem");
        assertThatThrownBy(() -> new AmvmEquations(GIB, 1e6, 0, -1, 0, 0, 0)).hasMessageStartingWith("R, ");
    }
}
