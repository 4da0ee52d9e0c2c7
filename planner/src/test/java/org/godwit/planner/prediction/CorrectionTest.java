package org.godwit.planner.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class CorrectionTest {

    private static final Estimate TEN = new Estimate(8, 10, 13);

    @Test
    void twoMigrationsCorrectNothing() {
        assertThat(Correction.of(List.of(2.0, 2.0))).isEqualTo(Correction.NONE);
        assertThat(Correction.NONE.applyTo(TEN)).isEqualTo(TEN);
    }

    @Test
    void whatIsAlwaysOffByTheSameIsCorrectedByThat() {
        Correction correction = Correction.of(List.of(1.5, 1.5, 1.5, 1.5));
        assertThat(correction).isEqualTo(new Correction(1.5, 0.05, 4));
        assertThat(correction.applyTo(TEN)).isEqualTo(new Estimate(12, 15, 19.5));
    }

    @Test
    void oneOddMigrationMovesNothing() {
        Correction correction = Correction.of(List.of(1.2, 1.3, 40.0, 1.25, 1.2));
        assertThat(correction.factor()).isEqualTo(1.25);
        assertThat(correction.spread()).isCloseTo(1.4826 * 0.05 / 1.25, Offset.offset(1e-9));
    }

    @Test
    void theRangeIsAsWideAsThePastWas() {
        Estimate corrected = new Correction(1, 0.3, 5).applyTo(TEN);
        assertThat(corrected.low()).isCloseTo(4, Offset.offset(1e-9));
        assertThat(corrected.high()).isCloseTo(16, Offset.offset(1e-9));
        assertThat(new Correction(2, 0.9, 5).applyTo(new Estimate(8, 10, Double.POSITIVE_INFINITY)))
                .isEqualTo(new Estimate(0, 20, Double.POSITIVE_INFINITY));
    }

    @Test
    void aCorrectionHasItsBounds() {
        assertThat(Correction.of(List.of(100.0, 100.0, 100.0)).factor()).isEqualTo(4);
        assertThat(Correction.of(List.of(0.01, 0.01, 0.01)).factor()).isEqualTo(0.25);
        assertThat(Correction.of(List.of(0.1, 1.0, 9.0, 0.2, 30.0)).spread()).isLessThanOrEqualTo(0.9);
        assertThat(Correction.of(List.of(0.0, Double.NaN, Double.POSITIVE_INFINITY, 1.0, 1.0)))
                .as("what is no number above zero does not count").isEqualTo(Correction.NONE);
        assertThatThrownBy(() -> new Correction(5, 0.1, 3)).hasMessageContaining("1/4 to 4");
    }

    @Test
    void whatDoesNotEndIsNotCorrected() {
        Prediction unending = new Prediction.DoesNotConverge(Strategy.PRE_COPY, "it writes too fast");
        Correction twice = new Correction(2, 0.1, 3);
        assertThat(new Corrections(twice, twice, twice).applyTo(unending)).isEqualTo(unending);
        assertThat(new Corrections(twice, Correction.NONE, Correction.NONE)
                .applyTo(new Prediction.Converges(Strategy.PRE_COPY, TEN, TEN, TEN, TEN, Overheads.NONE)))
                .isEqualTo(
                        new Prediction.Converges(Strategy.PRE_COPY, twice.applyTo(TEN), TEN, TEN, TEN, Overheads.NONE));
    }
}
