package org.godwit.mcs.precheck;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.assertj.core.data.Offset;
import org.godwit.mcs.precheck.Forecast.History;
import org.godwit.mcs.scripted.GoodFacts;
import org.godwit.model.Strategy;
import org.godwit.planner.prediction.Budgets;
import org.godwit.planner.prediction.Prediction;
import org.godwit.protocol.agent.DirtyRate;
import org.godwit.protocol.agent.SourceFacts;
import org.junit.jupiter.api.Test;

class ForecastTest {

    private static final Manner ANY = new Manner(Optional.empty(), Budgets.NONE);
    private static final History NONE = new History(List.of(), OptionalLong.empty());

    @Test
    void whatWasMeasuredBeforeIsBelievedBeforeWhatIsConfigured() {
        Forecast forecast = Forecast.of(Manner.of(Strategy.PRE_COPY), GoodFacts.source().build(),
                new History(List.of(10e6, 30e6, 20e6), OptionalLong.of(100_000_000)));
        Prediction.Converges prediction = forecast.prediction().orElseThrow();
        assertThat(prediction.totalSeconds().likely()).isCloseTo(5.0, Offset.offset(0.4));
        assertThat(forecast.restsOn()).containsExactly(
                "19.1 MiB/s, the median of the last 3 migrations from this host to that one.",
                "95.4 MiB of memory that was not empty when the VM was copied last.",
                "1.0 MiB/s written by the VM, sampled for a second just now.");
    }

    @Test
    void withoutHistoryTheLinkAndAllOfTheMemoryCount() {
        Forecast forecast = Forecast.of(Manner.of(Strategy.PRE_COPY), GoodFacts.source().clearDirtyRate().build(),
                NONE);
        assertThat(forecast.prediction().orElseThrow().totalSeconds().likely()).isCloseTo(256 * 1.048576 / 125,
                Offset.offset(0.1));
        assertThat(forecast.restsOn()).hasSize(3).last().asString().contains("taken for idle");
    }

    @Test
    void aVmThatWritesFasterThanTheLinkIsSaidNotToEnd() {
        Forecast forecast = Forecast.of(Manner.of(Strategy.PRE_COPY), GoodFacts.source()
                .setDirtyRate(DirtyRate.newBuilder().setBytesPerSecond(1000 * GoodFacts.MIB)).build(), NONE);
        assertThat(forecast.prediction()).isEmpty();
        assertThat(forecast.choice()).contains(Strategy.PRE_COPY);
        assertThat(forecast.reason()).startsWith("as was asked for. pre-copy: it would not end: ");
    }

    @Test
    void whatWouldNotEndAsPreCopyEndsAsTheOthers() {
        SourceFacts busy = GoodFacts.source()
                .setDirtyRate(DirtyRate.newBuilder().setBytesPerSecond(1000 * GoodFacts.MIB)).build();
        for (Strategy strategy : List.of(Strategy.POST_COPY, Strategy.HYBRID_COPY)) {
            assertThat(Forecast.of(Manner.of(strategy), busy, NONE).prediction().orElseThrow().strategy().name())
                    .isEqualTo(strategy.name());
        }
    }

    @Test
    void whoLeavesItOpenGetsTheMostCarefulThatWillDoAndSeesTheOthers() {
        Forecast calm = Forecast.of(ANY, GoodFacts.source().build(), NONE);
        assertThat(calm.choice()).contains(Strategy.PRE_COPY);
        assertThat(calm.options()).extracting(option -> option.prediction().strategy().word())
                .containsExactly("pre-copy", "hybrid-copy", "post-copy");
        assertThat(Forecast.of(ANY, GoodFacts.source()
                .setDirtyRate(DirtyRate.newBuilder().setBytesPerSecond(1000 * GoodFacts.MIB)).build(), NONE).choice())
                .contains(Strategy.HYBRID_COPY);
    }

    @Test
    void whatItsHypervisorMayNotSurviveIsNotOffered() {
        SourceFacts.Builder emulated = GoodFacts.source();
        emulated.getHardwareBuilder().setVirtType("qemu");
        assertThat(Forecast.of(ANY, emulated.build(), NONE).options())
                .extracting(option -> option.prediction().strategy().word()).containsExactly("pre-copy", "hybrid-copy");
    }

    @Test
    void aBudgetCannotBeKeptByWhatCannotBeForecast() {
        Manner frugal = new Manner(Optional.of(Strategy.PRE_COPY),
                new Budgets(OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.of(1e12)));
        assertThat(Forecast.of(frugal, GoodFacts.source().build(), NONE).choice()).contains(Strategy.PRE_COPY);
        Forecast unknown = Forecast.of(frugal, GoodFacts.source().clearBandwidth().build(), NONE);
        assertThat(unknown.choice()).isEmpty();
        assertThat(unknown.reason()).startsWith("whether a budget will be kept cannot be told: how fast the link is");
    }

    @Test
    void withoutAnyFigureNothingIsMadeUp() {
        assertThat(Forecast.of(Manner.of(Strategy.PRE_COPY), GoodFacts.source().clearBandwidth().build(), NONE)
                .prediction())
                .isEmpty();
        assertThat(Forecast.of(ANY, GoodFacts.source().clearHardware().build(), NONE))
                .isEqualTo(new Forecast(List.of(), Optional.of(Strategy.PRE_COPY),
                        "nothing can be predicted: how much memory the VM has is not known", List.of()));
    }
}
