package org.godwit.planner.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.godwit.model.DowntimeLadder;
import org.godwit.planner.Link;
import org.godwit.planner.Switchover;
import org.godwit.planner.prediction.CopyModel.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class PredictionTest {

    private static final double GIB = 1L << 30;
    private static final Link GIGABIT = Link.ofMegabits(1000, 0.0005);
    private static final DowntimeLadder DOWNTIME = DowntimeLadder.STANDARD;
    private static final Overheads OVERHEADS = Overheads.emulated(Strategy.PRE_COPY, GIB);
    private static final Percentage ROUNDING = Percentage.withPercentage(1e-6);

    static Stream<Conditions> anything() {
        SplittableRandom random = new SplittableRandom(2);
        return Stream.generate(() -> {
            double bytes = random.nextDouble(64e6, 16e9);
            GuestMemory memory = random.nextInt(5) == 0
                    ? GuestMemory.writing(bytes, 0, 0)
                    : GuestMemory.writing(bytes, bytes * random.nextDouble(0.001, 1), random.nextDouble(1e3, 2e9));
            return new Conditions(memory, new Link(random.nextDouble(1e6, 3e9), random.nextDouble(0, 0.1)),
                    HostLoad.NONE, Switchover.TYPICAL, OVERHEADS,
                    DowntimeLadder.upTo(Duration.ofMillis(random.nextInt(1, 2000))));
        }).limit(300);
    }

    @ParameterizedTest
    @MethodSource("anything")
    void nothingIsEverSentLessThanOnce(Conditions conditions) {
        assertThat(Stream.of(Strategy.values()).map(strategy -> strategy.model().outcome(conditions)))
                .allSatisfy(outcome -> {
                    if (outcome instanceof Outcome.Completed completed) {
                        assertThat(completed.bytes()).isGreaterThanOrEqualTo(conditions.memory().bytes());
                        assertThat(completed.totalSeconds()).isGreaterThanOrEqualTo(completed.downtimeSeconds());
                        assertThat(completed.downtimeSeconds())
                                .isGreaterThanOrEqualTo(conditions.downtimeSeconds());
                    }
                });
    }

    @ParameterizedTest
    @MethodSource("anything")
    void hybridSendsAtMostWhatPreCopySendsAndFaultsAtMostAsOftenAsPostCopy(Conditions conditions) {
        Outcome.Completed hybrid = completed(new HybridCopyModel(), conditions);
        Outcome.Completed post = completed(new PostCopyModel(), conditions);
        assertThat(hybrid.pageFaults()).isLessThanOrEqualTo(post.pageFaults());
        assertThat(hybrid.bytes()).isGreaterThanOrEqualTo(post.bytes());
        // A memory that fits into the downtime is sent in one go, while the guest is paused.
        boolean isLive = conditions.secondsFor(conditions.memory().bytes()) > conditions.downtime().first().toMillis()
                / 1e3;
        if (isLive && new PreCopyModel().outcome(conditions) instanceof Outcome.Completed pre) {
            assertThat(pre.bytes()).isGreaterThanOrEqualTo(hybrid.bytes() - 1);
        }
    }

    @ParameterizedTest
    @MethodSource("anything")
    void preCopyKeepsTheDowntimeThatItWasGivenOrSaysThatItCannot(Conditions conditions) {
        switch (new PreCopyModel().outcome(conditions)) {
            case Outcome.Completed done -> assertThat(done.downtimeSeconds())
                    .isLessThanOrEqualTo(
                            conditions.downtime().last().toMillis() / 1e3 + conditions.downtimeSeconds() + 1e-9);
            case Outcome.Unending(String reason) -> {
                assertThat(conditions.memory().dirtyBytesPerSecond()).isGreaterThan(conditions.bytesPerSecond());
                assertThat(reason).contains("each round leaves");
            }
        }
    }

    @Test
    void hybridsBytesAreThoseOfThePaperWhenTheWorkingSetIsNoLimit() {
        // D V / B is a hundredth of the working set, so writes hardly ever come back to a page.
        GuestMemory memory = GuestMemory.writing(GIB, GIB, 0.01 * GIGABIT.bytesPerSecond());
        assertThat(completed(new HybridCopyModel(), on(GIGABIT, memory)).bytes())
                .isCloseTo(GIB * 1.01 + Switchover.TYPICAL.stateBytes(), Percentage.withPercentage(0.01));
    }

    @Test
    void preCopysBytesAreTheGeometricSeriesWhenTheWorkingSetIsNoLimit() {
        GuestMemory memory = new GuestMemory(GIB, GIB, 0.01 * GIGABIT.bytesPerSecond(), 0, 0);
        double firstTerms = GIB * (1 + 0.01) + Switchover.TYPICAL.stateBytes();
        assertThat(completed(new PreCopyModel(), on(GIGABIT, memory)).bytes())
                .isCloseTo(firstTerms, Percentage.withPercentage(0.01));
    }

    @Test
    void postCopyIsHybridCopyOfAGuestThatDirtiesEverything() {
        GuestMemory wild = GuestMemory.writing(GIB, GIB, 1e12);
        Outcome.Completed hybrid = completed(new HybridCopyModel(), on(GIGABIT, wild));
        Outcome.Completed post = completed(new PostCopyModel(), on(GIGABIT, wild));
        assertThat(hybrid.pageFaults()).isCloseTo(post.pageFaults(), ROUNDING);
        assertThat(hybrid.bytes()).isCloseTo(post.bytes() + GIB, ROUNDING);
    }

    @Test
    void aPageFaultsOnceAtMost() {
        GuestMemory wild = new GuestMemory(GIB, GIB, 1e9, 1e9, 1e9);
        assertThat(completed(new PostCopyModel(), on(GIGABIT, wild)).pageFaults())
                .isCloseTo(GIB / GuestMemory.PAGE_BYTES, within(0.5));
    }

    @Test
    void anIdleGuestCostsTheSameByEveryLiveWay() {
        Conditions idle = on(GIGABIT, GuestMemory.writing(GIB, 0, 0));
        assertThat(Stream.of(new PreCopyModel(), new PostCopyModel(), new HybridCopyModel(),
                MirroringModel.OF_CACHE_LINES).map(model -> completed(model, idle)))
                .allSatisfy(outcome -> {
                    assertThat(outcome.bytes()).isCloseTo(GIB + Switchover.TYPICAL.stateBytes(), ROUNDING);
                    assertThat(outcome.pageFaults()).isZero();
                });
    }

    @Test
    void aDirtyRateAboveTheBandwidthConvergesOnlyWhenTheWorkingSetFitsIntoTheDowntime() {
        double fits = DOWNTIME.last().toMillis() / 1e3 * GIGABIT.bytesPerSecond() * 0.9;
        assertThat(Prediction.of(Strategy.PRE_COPY, on(GIGABIT, GuestMemory.writing(GIB, fits, 200e6)),
                Uncertainty.UNTRIED)).isInstanceOf(Prediction.Converges.class);
        assertThat(Prediction.of(Strategy.PRE_COPY, on(GIGABIT, GuestMemory.writing(GIB, 512e6, 200e6)),
                Uncertainty.UNTRIED)).isInstanceOfSatisfying(Prediction.DoesNotConverge.class,
                        not -> assertThat(not.reason()).matches("each round leaves [0-9.]+ MB dirty again, which takes"
                                + " [0-9]+ ms to send, and the downtime may be 300 ms; the guest writes 200.0 MB/s and"
                                + " the link takes 125.0 MB/s"));
    }

    @Test
    void whereTheWorstMayNotEndTheEstimateHasNoUpperEnd() {
        GuestMemory nearTheEdge = GuestMemory.writing(GIB, 512e6, 90e6);
        Prediction prediction = Prediction.of(Strategy.PRE_COPY, on(GIGABIT, nearTheEdge), Uncertainty.UNTRIED);
        assertThat(prediction).isInstanceOfSatisfying(Prediction.Converges.class, converges -> {
            assertThat(converges.totalSeconds().high()).isInfinite();
            assertThat(converges.totalSeconds().low()).isFinite().isLessThan(converges.totalSeconds().likely());
        });
    }

    @Test
    void writesThatFillTheLinkCannotBeMirrored() {
        assertThat(new MirroringModel(4096).outcome(on(GIGABIT, GuestMemory.writing(GIB, 512e6, 200e6))))
                .isInstanceOfSatisfying(Outcome.Unending.class, not -> assertThat(not.reason())
                        .isEqualTo("repeating the guest's writes takes 200.0 MB/s and the link has 125.0 MB/s"));
    }

    @Test
    void aBusyHostIsASlowLink() {
        GuestMemory memory = GuestMemory.writing(GIB, 0, 0);
        Conditions busy = new Conditions(memory, GIGABIT, new HostLoad(0.1, 500e6), Switchover.TYPICAL,
                OVERHEADS, DOWNTIME);
        Conditions slow = on(new Link(50e6, GIGABIT.delaySeconds()), memory);
        assertThat(completed(new PreCopyModel(), busy)).isEqualTo(completed(new PreCopyModel(), slow));
    }

    @Test
    void aLimitOfTheBandwidthDoesNotHoldWhileTheGuestIsPaused() {
        GuestMemory memory = GuestMemory.writing(GIB, 100e6, 20e6);
        Conditions limited = new Conditions(memory, GIGABIT, HostLoad.NONE, Switchover.TYPICAL, OVERHEADS,
                DOWNTIME, OptionalDouble.of(25e6));
        Outcome.Completed slow = completed(new PreCopyModel(), on(new Link(25e6, GIGABIT.delaySeconds()), memory));
        Outcome.Completed outcome = completed(new PreCopyModel(), limited);
        assertThat(outcome.bytes()).as("rounds are the same").isEqualTo(slow.bytes());
        assertThat(outcome.downtimeSeconds()).isLessThan(slow.downtimeSeconds() / 2);
    }

    @ParameterizedTest
    @EnumSource(names = "COLD", mode = EnumSource.Mode.EXCLUDE)
    void anEstimateHoldsWhatItIsAbout(Strategy strategy) {
        Conditions usual = on(GIGABIT, GuestMemory.writing(GIB, 100e6, 20e6));
        assertThat(Prediction.of(strategy, usual, Uncertainty.UNTRIED)).isInstanceOfSatisfying(
                Prediction.Converges.class, converges -> {
                    assertThat(converges.totalSeconds().contains(converges.totalSeconds().likely())).isTrue();
                    assertThat(converges.totalSeconds().low()).isLessThan(converges.totalSeconds().high());
                    assertThat(converges.outageSeconds()).as("missed while it stands still, and until it is heard of")
                            .isEqualTo(converges.downtimeSeconds().plus(OVERHEADS.landing()));
                });
    }

    @Test
    void whatIsNoSendingIsAddedToTheSending() {
        Conditions told = on(GIGABIT, GuestMemory.writing(GIB, 100e6, 20e6));
        Outcome.Completed sending = completed(new PreCopyModel(), told);
        assertThat(Prediction.of(Strategy.PRE_COPY, told, Uncertainty.UNTRIED)).isInstanceOfSatisfying(
                Prediction.Converges.class, converges -> {
                    assertThat(converges.downtimeSeconds().likely())
                            .isEqualTo(sending.downtimeSeconds() + OVERHEADS.pause().likely());
                    assertThat(converges.totalSeconds().likely()).isCloseTo(sending.totalSeconds()
                            + OVERHEADS.preparation().likely() + OVERHEADS.pause().likely(), within(1e-9));
                    assertThat(converges.bytes().likely()).isEqualTo(sending.bytes());
                    assertThat(converges.allSeconds()).isEmpty();
                });
    }

    @Test
    void ofWhatWasMeasuredTheMedianIsLikelyAndOnceIsNotEnoughForARange() {
        assertThat(Estimate.ofMeasured(List.of(3.0, 1.0, 2.0))).isEqualTo(new Estimate(1, 2, 3));
        assertThat(Estimate.ofMeasured(List.of(2.0))).isEqualTo(new Estimate(1, 2, 4));
        assertThat(Estimate.ofMeasured(List.of(4.0, 2.0))).isEqualTo(new Estimate(1, 3, 8));
    }

    @Test
    void whatASampleSawIsWhatTheGuestHasWrittenAfterThatTime() {
        GuestMemory sampled = GuestMemory.sampled(GIB, 32e6, 23e6, 1);
        assertThat(sampled.dirtyBytesAfter(1)).isCloseTo(23e6, ROUNDING);
        assertThat(sampled.dirtyBytesPerSecond()).as("pages that were written twice count once").isGreaterThan(40e6);
        assertThat(GuestMemory.sampled(GIB, 32e6, 50e6, 1).dirtyBytesAfter(1)).as("more than there is")
                .isCloseTo(32e6 * 0.99, ROUNDING);
        assertThat(GuestMemory.sampled(GIB, 32e6, 0, 1).dirtyBytesAfter(10)).isZero();
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> new Link(0, 0)).hasMessageContaining("bandwidth (bytes a second) must be above zero");
        assertThatThrownBy(() -> new Link(1, -1)).hasMessageContaining("delay (seconds) must be zero or more");
        assertThatThrownBy(() -> new GuestMemory(1e6, 2e6, 1, 0, 0)).hasMessageContaining("must fit into the memory");
        assertThatThrownBy(() -> new GuestMemory(1e6, 0, 5, 0, 0)).hasMessageContaining("both zero or both above");
        assertThatThrownBy(() -> new GuestMemory(1e6, 1, 5, 1, 2)).hasMessageContaining("writes are among");
        assertThatThrownBy(() -> new HostLoad(0, 1)).hasMessageContaining("idle processors");
        assertThatThrownBy(() -> new Uncertainty(1, 0, 0, 0)).hasMessageContaining("0 to below 1");
        assertThatThrownBy(() -> new Uncertainty(0, 0, 1, 0)).hasMessageContaining("less may travel");
        assertThatThrownBy(() -> new Estimate(2, 1, 3)).hasMessageContaining("ascends");
    }

    private static Conditions on(Link link, GuestMemory memory) {
        return new Conditions(memory, link, HostLoad.NONE, Switchover.TYPICAL, OVERHEADS, DOWNTIME);
    }

    private static Outcome.Completed completed(CopyModel model, Conditions conditions) {
        Outcome outcome = model.outcome(conditions);
        assertThat(outcome).as(model + " of " + conditions)
                .satisfiesAnyOf(some -> assertThat(some).isInstanceOf(Outcome.Completed.class));
        return (Outcome.Completed) outcome;
    }
}
