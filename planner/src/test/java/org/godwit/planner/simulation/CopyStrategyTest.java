package org.godwit.planner.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.godwit.model.DowntimeLadder;
import org.godwit.planner.Link;
import org.godwit.planner.Switchover;
import org.godwit.planner.prediction.Conditions;
import org.godwit.planner.prediction.CopyModel;
import org.godwit.planner.prediction.GuestMemory;
import org.godwit.planner.prediction.HostLoad;
import org.godwit.planner.prediction.Overheads;
import org.godwit.planner.prediction.HybridCopyModel;
import org.godwit.planner.prediction.MirroringModel;
import org.godwit.planner.prediction.PreCopyModel;
import org.godwit.planner.prediction.SuspendedModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** That a page is lost is found by the simulator itself, at the end of every run: see {@link Passage#end}. */
class CopyStrategyTest {

    private static final Link GIGABIT = Link.ofMegabits(1000, 0.0005);
    private static final double WARM_UP = -1;

    private static final List<CopyStrategy> STRATEGIES = List.of(PreCopy.USUAL,
            PreCopy.LRU, Mirroring.OF_CACHE_LINES, new Mirroring(4096, 4),
            HybridCopy.POST_COPY, HybridCopy.AMVM, new HybridCopy(3, 0));

    static Stream<Arguments> everything() {
        List<Profile> profiles = List.of(Profile.IDLE, Profile.MEMORY_BOUND, Profile.CPU_BOUND, Profile.IO_BOUND,
                // Writes more than the link takes, everywhere.
                Profile.writing(100_000, 1));
        List<Link> links = List.of(GIGABIT, Link.ofMegabits(100, 0.075), Link.ofMegabits(10_000, 0));
        return Stream.concat(STRATEGIES.stream(), Stream.of(new Suspended())).flatMap(strategy -> profiles.stream()
                .flatMap(profile -> links.stream().map(link -> Arguments.of(strategy, profile, link))));
    }

    @ParameterizedTest
    @MethodSource("everything")
    void noPageIsLostAndEveryByteIsAccountedFor(CopyStrategy strategy, Profile profile, Link link) {
        Memory memory = new Memory(4096, Memory.PAGE_BYTES, 0);
        Setting setting = new Setting(memory, link, Switchover.TYPICAL);

        Outcome outcome = strategy.migrate(setting, new SyntheticWorkload(profile, memory.pages(), WARM_UP, 7));

        double signalBytes = strategy instanceof Mirroring mirroring ? mirroring.signalBytes() : 0;
        assertThat(outcome.bytes()).isCloseTo(outcome.pagesSent() * (Memory.PAGE_BYTES + Setting.HEADER_BYTES)
                + outcome.controlSignals() * signalBytes + Switchover.TYPICAL.stateBytes(), within(0.5));
        assertThat(outcome.pagesSent()).isGreaterThanOrEqualTo(memory.pages());
        // The wire is never faster than it is.
        assertThat(outcome.totalSeconds()).isGreaterThanOrEqualTo(link.secondsFor(outcome.bytes()) - 1e-9);
        assertThat(outcome.downtimeSeconds()).isGreaterThanOrEqualTo(Switchover.TYPICAL.downtimeSeconds(link) - 1e-9);
        if (!(strategy instanceof PreCopy)) {
            assertThat(outcome.isConverged()).isTrue();
        }
    }

    @Test
    void theSameSeedGivesTheSameMigrationAndAnotherOneAnother() {
        for (CopyStrategy strategy : STRATEGIES) {
            assertThat(run(strategy, 64, Profile.MEMORY_BOUND, 1)).isEqualTo(run(strategy, 64, Profile.MEMORY_BOUND, 1))
                    .isNotEqualTo(run(strategy, 64, Profile.MEMORY_BOUND, 2));
        }
    }

    @Test
    void postCopySendsEveryPageOnceAndMirroringToo() {
        for (CopyStrategy strategy : List.of(HybridCopy.POST_COPY, Mirroring.OF_CACHE_LINES)) {
            assertThat(run(strategy, 64, Profile.MEMORY_BOUND, 1).pagesSent())
                    .isEqualTo(Memory.ofMebibytes(64).pages());
        }
    }

    @Test
    void hybridFaultsLessThanPostCopyAndSendsLessThanPreCopy() {
        Outcome pre = run(PreCopy.USUAL.within(level(30)), 256, Profile.MEMORY_BOUND, 1);
        Outcome post = run(HybridCopy.POST_COPY, 256, Profile.MEMORY_BOUND, 1);
        Outcome hybrid = run(HybridCopy.AMVM, 256, Profile.MEMORY_BOUND, 1);
        assertThat(hybrid.pageFaults()).isLessThan(post.pageFaults());
        assertThat(hybrid.bytes()).isLessThan(pre.bytes());
        assertThat(pre.pageFaults()).isZero();
    }

    @Test
    void neighboursSparePageFaults() {
        assertThat(run(new HybridCopy(0, 8), 256, Profile.CPU_BOUND, 1).pageFaults())
                .isLessThan(run(new HybridCopy(0, 0), 256, Profile.CPU_BOUND, 1).pageFaults());
    }

    @Test
    void leastRecentlyUsedFirstSendsLessAgain() {
        assertThat(run(PreCopy.LRU.within(level(50)), 256, Profile.CPU_BOUND, 1).bytes())
                .isLessThan(run(PreCopy.USUAL.within(level(50)), 256, Profile.CPU_BOUND, 1).bytes());
    }

    @Test
    void aPageOfZerosIsAHeader() {
        Memory memory = new Memory(65_536, Memory.PAGE_BYTES, 0.75);
        Outcome outcome = PreCopy.USUAL.migrate(new Setting(memory, GIGABIT, new Switchover(0, 0)),
                new Trace(List.of(), memory));
        assertThat(outcome.pagesSent()).isEqualTo(memory.pages());
        assertThat(outcome.bytes()).isCloseTo(memory.bytes() / 4 + 8.0 * memory.pages(),
                Percentage.withPercentage(1));
    }

    @Test
    void aFaultCostsTheWayThereAndBackAndThePage() {
        Memory memory = new Memory(100, Memory.PAGE_BYTES, 0);
        Link slow = new Link(Memory.PAGE_BYTES / 0.010, 0.5);
        // At 1.025 s of the clock, 25 ms after the resumption: pages 0 and 1 have come.
        Workload touchesTheLastPage = new Trace(List.of(new Trace.Access(0.525, 99, true)), memory);
        Outcome outcome = new HybridCopy(0, 0)
                .migrate(new Setting(memory, slow, new Switchover(0, 0), 0), touchesTheLastPage);
        assertThat(outcome.pageFaults()).isOne();
        // All others would have come by then: the last page arrives in its turn, and the fault has cost the rest of the time.
        assertThat(outcome.stalledSeconds()).isCloseTo(0.5 + 100 * 0.010 - 1.025, within(1e-9));
        assertThat(outcome.totalSeconds()).isCloseTo(0.5 + 100 * 0.010, within(1e-9));
    }

    @Test
    void anUrgentPageOvertakesThoseThatAreNotSentYet() {
        Memory memory = new Memory(1000, Memory.PAGE_BYTES, 0);
        Link link = new Link(Memory.PAGE_BYTES / 0.010, 0.1);
        Outcome outcome = new HybridCopy(0, 0).migrate(new Setting(memory, link, new Switchover(0, 0), 0),
                new Trace(List.of(new Trace.Access(0.005, 999, false)), memory));
        // Asked for 5 ms after the resumption; heard 200 ms later, when the 21st page is under way; then it goes.
        assertThat(outcome.stalledSeconds()).isCloseTo(0.210 + 0.010 - 0.005, within(1e-9));
        assertThat(outcome.totalSeconds()).isCloseTo(0.1 + 10, within(1e-9));
    }

    @Test
    void preCopyThatCannotConvergeIsEndedByItsRounds() {
        Outcome outcome = run(new PreCopy(PageOrder.BY_ADDRESS, Clearing.BY_ROUND, level(10), 5), 64,
                Profile.writing(100_000, 1), 1);
        assertThat(outcome.isConverged()).isFalse();
        assertThat(outcome.rounds()).isEqualTo(5);
        assertThat(outcome.downtimeSeconds()).isGreaterThan(0.1);
    }

    @Test
    void aBusyGuestIsPausedForLongerTheLongerItTakes() {
        // Each round leaves 14 MB, 110 ms of this link.
        Profile busy = Profile.writing(100_000, 0.05);
        Outcome climbing = run(PreCopy.USUAL.within(DowntimeLadder.STANDARD), 256, busy, 1);
        assertThat(climbing.isConverged()).isTrue();
        assertThat(climbing.rounds()).as("as long as the limit is low").isGreaterThan(5);
        assertThat(climbing.downtimeSeconds()).isBetween(0.1, 0.3);
        assertThat(run(PreCopy.USUAL, 256, busy, 1).rounds()).isOne();
    }

    @Test
    void aSuspendedGuestIsSentOnceWhileItStandsStill() {
        Outcome outcome = run(new Suspended(), 64, Profile.MEMORY_BOUND, 1);
        assertThat(outcome.pagesSent()).isEqualTo(Memory.ofMebibytes(64).pages());
        assertThat(outcome.downtimeSeconds()).isEqualTo(outcome.totalSeconds());
        assertThat(outcome.pageFaults()).isZero();
    }

    @Test
    void aGuestThatWritesFasterThanSignalsCanGoIsStalled() {
        Outcome outcome = run(new Mirroring(4096, 16), 64, Profile.writing(100_000, 1), 1);
        assertThat(outcome.stalledSeconds()).isPositive();
        assertThat(outcome.controlSignals()).isPositive();
    }

    /** The models and the simulator were written from the same papers; here they meet. */
    @Test
    void modelsAndSimulatorAgreeAboutAGuestThatWritesEvenly() {
        int mebibytes = 256;
        double share = 0.25;
        double pagesPerSecond = 10_000;
        Memory memory = Memory.ofMebibytes(mebibytes);
        double page = Memory.PAGE_BYTES;
        // The models know no headers.
        double wire = GIGABIT.bytesPerSecond() * page / (page + Setting.HEADER_BYTES);
        Conditions conditions = new Conditions(
                GuestMemory.writing(memory.bytes(), memory.bytes() * share, pagesPerSecond * page),
                new Link(wire, GIGABIT.delaySeconds()), HostLoad.NONE, Switchover.TYPICAL, Overheads.NONE,
                level(50));
        Profile writing = Profile.writing(pagesPerSecond, share);

        agree(new PreCopyModel(), PreCopy.USUAL.within(level(50)), conditions, writing);
        agree(new HybridCopyModel(), new HybridCopy(1, 0), conditions, writing);
        agree(new MirroringModel(128), new Mirroring(128, 256), conditions, writing);
        agree(new SuspendedModel(), new Suspended(), conditions, writing);
    }

    private static void agree(CopyModel model, CopyStrategy strategy, Conditions conditions, Profile profile) {
        CopyModel.Outcome.Completed predicted = (CopyModel.Outcome.Completed) model.outcome(conditions);
        Outcome simulated = run(strategy, 256, profile, 1);
        assertThat(predicted.bytes()).as("bytes of " + strategy).isCloseTo(simulated.bytes(),
                Percentage.withPercentage(3));
        assertThat(predicted.totalSeconds()).as("seconds of " + strategy).isCloseTo(simulated.totalSeconds(),
                Percentage.withPercentage(5));
    }

    @Test
    void aTraceIsReadAndRefusedByItsLine() {
        assertThat(Trace.parse(List.of("# seconds page r|w", "", "0.5 3 w", "1 0 r")))
                .containsExactly(new Trace.Access(0.5, 3, true), new Trace.Access(1, 0, false));
        assertThatThrownBy(() -> Trace.parse(List.of("0 0 r", "0 zero r")))
                .hasMessage("line 2 of the trace must be seconds, page, r or w; got \"0 zero r\"");
        assertThatThrownBy(() -> Trace.parse(List.of("0 0"))).hasMessageStartingWith("line 1");
        assertThatThrownBy(() -> new Trace(List.of(new Trace.Access(0, 9, true)), new Memory(9, 4096, 0)))
                .hasMessage("access 1 is to page 9, and the memory has 9");
        assertThatThrownBy(() -> new Trace(List.of(new Trace.Access(1, 0, true), new Trace.Access(0, 0, true)),
                new Memory(9, 4096, 0))).hasMessage("access 2 is earlier than the one before");
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> new Memory(0, 4096, 0)).hasMessageContaining("pages must be 1 to");
        assertThatThrownBy(() -> new Profile(1, 1, 1, 0.7, 0.7)).hasMessageContaining("shares of one whole");
        assertThatThrownBy(() -> new PreCopy(PageOrder.BY_ADDRESS, Clearing.BY_PAGE, level(30), 0))
                .hasMessageContaining("rounds");
        assertThatThrownBy(() -> new Mirroring(0, 1)).hasMessageContaining("control signal");
        assertThatThrownBy(() -> new HybridCopy(-1, 0)).hasMessageContaining("rounds");
    }

    private static DowntimeLadder level(int milliseconds) {
        return DowntimeLadder.level(Duration.ofMillis(milliseconds));
    }

    private static Outcome run(CopyStrategy strategy, int mebibytes, Profile profile, long seed) {
        Memory memory = Memory.ofMebibytes(mebibytes);
        return strategy.migrate(new Setting(memory, GIGABIT, Switchover.TYPICAL),
                new SyntheticWorkload(profile, memory.pages(), WARM_UP, seed));
    }
}
