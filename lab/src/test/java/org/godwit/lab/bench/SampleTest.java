package org.godwit.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SampleTest {

    @Test
    void theMedianIsTheMiddleOrHalfwayBetweenTheTwoThere() {
        assertThat(Sample.of(List.of(3, 1, 2)).median()).isEqualTo(2);
        assertThat(Sample.of(List.of(4, 1, 2, 3)).median()).isEqualTo(2.5);
    }

    @Test
    void ofFewerThanAHundredTheHighestStandsForTheTail() {
        assertThat(sample(99).p99()).isEqualTo(99);
        assertThat(sample(100).p99()).isEqualTo(99);
        assertThat(sample(1000).p99()).isEqualTo(990);
        assertThat(sample(9).p90()).isEqualTo(9);
        assertThat(sample(20).p90()).isEqualTo(18);
    }

    @Test
    void itKnowsItsRange() {
        Sample sample = Sample.of(List.of(3.5, -1.0, 2));
        assertThat(sample.n()).isEqualTo(3);
        assertThat(sample.lowest()).isEqualTo(-1);
        assertThat(sample.highest()).isEqualTo(3.5);
    }

    @Test
    void nothingIsNoSampleAndNorIsWhatIsNoNumber() {
        assertThatIllegalArgumentException().isThrownBy(() -> Sample.of(List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> Sample.of(List.of(Double.NaN)));
    }

    private static Sample sample(int n) {
        return Sample.of(IntStream.rangeClosed(1, n).boxed().toList());
    }
}
