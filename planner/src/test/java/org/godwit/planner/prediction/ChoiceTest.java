package org.godwit.planner.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.assertj.core.data.Offset;
import org.godwit.model.DowntimeLadder;
import org.godwit.planner.Link;
import org.godwit.planner.Switchover;
import org.junit.jupiter.api.Test;

class ChoiceTest {

    private static final double GIB = 1L << 30;
    private static final double BYTES_PER_SECOND = 125e6;
    private static final List<Strategy> ALL = List.of(Strategy.PRE_COPY, Strategy.HYBRID_COPY, Strategy.POST_COPY);

    @Test
    void aColdMigrationTakesWhatItTookBeforeAndIsKnownByNothingElse() {
        Choice choice = Choice.ofCold(List.of(60.0, 30.0, 40.0), Overheads.NONE, Baggage.NONE, Budgets.NONE);
        assertThat(choice.strategy()).contains(Strategy.COLD);
        assertThat(choice.options()).singleElement().extracting(Choice.Option::prediction)
                .isInstanceOfSatisfying(Prediction.Converges.class, it -> {
                    assertThat(it.downtimeSeconds()).isEqualTo(new Estimate(20, 40, 90));
                    assertThat(it.outageSeconds()).isEqualTo(it.downtimeSeconds());
                    assertThat(it.bytes().high()).isZero();
                });
        Choice hasty = Choice.ofCold(List.of(40.0), Overheads.NONE, Baggage.NONE,
                new Budgets(OptionalDouble.empty(), OptionalDouble.of(0.5), OptionalDouble.empty()));
        assertThat(hasty.strategy()).isEmpty();
        assertThat(hasty.reason()).isEqualTo("cold: the VM would stand still for 40000 ms, and may for 500");
        assertThat(Prediction.of(Strategy.COLD, writing(5e6), Uncertainty.UNTRIED))
                .isInstanceOf(Prediction.DoesNotConverge.class);
    }

    @Test
    void aVmThatIsOffWaitsForItsDisks() {
        Baggage disks = Baggage.atRest(1.25e9, 125e6);
        Overheads known = Overheads.NONE.withAround(new Estimate(1, 2, 3));
        Choice choice = Choice.ofCold(List.of(40.0), known, disks, Budgets.NONE);
        assertThat(choice.options()).singleElement().extracting(Choice.Option::prediction)
                .isInstanceOfSatisfying(Prediction.Converges.class, it -> {
                    assertThat(it.downtimeSeconds().likely()).isEqualTo(50);
                    assertThat(it.totalSeconds()).isEqualTo(it.downtimeSeconds());
                    assertThat(it.downtimeSeconds().low()).as("all of them is there already").isLessThan(40);
                    assertThat(it.allSeconds().orElseThrow().likely()).isEqualTo(52);
                    assertThat(it.bytes().high()).as("of memory").isZero();
                });
        for (Budgets tight : List.of(
                new Budgets(OptionalDouble.empty(), OptionalDouble.of(45), OptionalDouble.empty()),
                new Budgets(OptionalDouble.of(45), OptionalDouble.empty(), OptionalDouble.empty()),
                new Budgets(OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.of(1e9)))) {
            assertThat(Choice.ofCold(List.of(40.0), known, disks, tight).strategy()).isEmpty();
            assertThat(Choice.ofCold(List.of(40.0), known, Baggage.NONE, tight).strategy()).isPresent();
        }
    }

    @Test
    void aCalmVmIsCopiedBeforeItGoes() {
        Choice choice = Choice.among(ALL, _ -> writing(5e6), Uncertainty.UNTRIED, Map.of(), Budgets.NONE);
        assertThat(choice.strategy()).contains(Strategy.PRE_COPY);
        assertThat(choice.reason()).isEqualTo(
                "pre-copy, the most careful of them: until the VM lands it needs its source alone");
        assertThat(choice.options()).hasSize(3).allMatch(Choice.Option::willDo);
    }

    @Test
    void aVmThatWritesFasterThanTheLinkGoesBeforeItsMemoryHasCome() {
        Choice choice = Choice.among(ALL, _ -> writing(4 * BYTES_PER_SECOND), Uncertainty.UNTRIED, Map.of(),
                Budgets.NONE);
        assertThat(choice.strategy()).contains(Strategy.HYBRID_COPY);
        assertThat(choice.reason())
                .startsWith("hybrid-copy, since others will not do. pre-copy: it would not end: each round leaves");
    }

    @Test
    void whatMayNotEndIsTakenOnlyWhenNothingElseWillDo() {
        Conditions nearlyTooBusy = writing(0.95 * BYTES_PER_SECOND);
        assertThat(Choice.among(ALL, _ -> nearlyTooBusy, Uncertainty.UNTRIED, Map.of(), Budgets.NONE).reason())
                .isEqualTo(
                        "hybrid-copy, since others will not do. pre-copy: if the VM writes more than now it may not end");
        assertThat(Choice
                .among(List.of(Strategy.PRE_COPY), _ -> nearlyTooBusy, Uncertainty.UNTRIED, Map.of(), Budgets.NONE)
                .strategy()).contains(Strategy.PRE_COPY);
    }

    @Test
    void aBudgetRulesOutWhatIsLikelyToBreakIt() {
        // Half a gigabyte more than the memory would be sent by pre-copy and hybrid-copy, nothing more by post-copy.
        Budgets budget = new Budgets(OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.of(1.1 * GIB));
        Choice choice = Choice.among(ALL, _ -> writing(0.6 * BYTES_PER_SECOND), Uncertainty.UNTRIED, Map.of(), budget);
        assertThat(choice.strategy()).contains(Strategy.POST_COPY);
        assertThat(choice.reason()).contains("pre-copy: ", "hybrid-copy: ", "MB would be sent, and 1181.1 may be");
    }

    @Test
    void aBudgetThatNothingCanKeepLeavesNoChoiceAndSaysWhyForEach() {
        Budgets budget = new Budgets(OptionalDouble.of(1), OptionalDouble.of(1e-6), OptionalDouble.empty());
        Choice choice = Choice.among(ALL, _ -> writing(5e6), Uncertainty.UNTRIED, Map.of(), budget);
        assertThat(choice.strategy()).isEmpty();
        assertThat(choice.options()).hasSize(3).allSatisfy(option -> assertThat(option.against()).hasSize(2));
        assertThat(choice.reason()).contains("pre-copy: the copy would take ", "the VM would stand still for ",
                ". hybrid-copy: ", ". post-copy: ");
    }

    @Test
    void disksThatTravelCountAgainstTheBudget() {
        Baggage disks = Baggage.of(1e9, BYTES_PER_SECOND);
        assertThat(disks.seconds().low()).as("all of it may be there").isZero();
        assertThat(disks.seconds().likely()).isEqualTo(8);
        assertThat(disks.bytes().high()).as("five rounds, each of three quarters").isCloseTo(3.288e9,
                Offset.offset(1e6));
        assertThatThrownBy(() -> Baggage.of(0, 1)).isInstanceOf(IllegalArgumentException.class);

        // The memory alone would take nine of them.
        Budgets budget = new Budgets(OptionalDouble.of(12), OptionalDouble.empty(), OptionalDouble.empty());
        assertThat(Choice.among(ALL, _ -> writing(5e6), Uncertainty.UNTRIED, Map.of(), budget).strategy()).isPresent();
        Choice choice = Choice.among(ALL, _ -> writing(5e6), Uncertainty.UNTRIED, Map.of(), budget, disks);
        assertThat(choice.strategy()).isEmpty();
        assertThat(choice.reason()).containsPattern("pre-copy: the copy would take 1[67]\\d{3} ms, and may take 12000");
        assertThat(((Prediction.Converges) choice.options().getFirst().prediction()).totalSeconds().likely())
                .as("of the memory").isLessThan(12);
    }

    @Test
    void aBudgetOfNothingIsNoBudget() {
        assertThatThrownBy(() -> new Budgets(OptionalDouble.of(0), OptionalDouble.empty(), OptionalDouble.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the longest time must be above zero, got 0.0");
    }

    private static Conditions writing(double bytesPerSecond) {
        return new Conditions(GuestMemory.writing(GIB, GIB, bytesPerSecond), new Link(BYTES_PER_SECOND, 0.0005),
                HostLoad.NONE, Switchover.TYPICAL, Overheads.NONE,
                DowntimeLadder.STANDARD);
    }
}
