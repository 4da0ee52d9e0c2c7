package org.godwit.mcs.precheck;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.godwit.mcs.precheck.Forecast.History;
import org.godwit.mcs.precheck.Forecast.Way;
import org.godwit.mcs.scripted.GoodFacts;
import org.godwit.model.Compression;
import org.godwit.model.CopyOptions;
import org.godwit.model.StallAction;
import org.godwit.model.Strategy;
import org.godwit.planner.prediction.Baggage;
import org.godwit.planner.prediction.Budgets;
import org.godwit.planner.prediction.Correction;
import org.godwit.planner.prediction.Corrections;
import org.godwit.planner.prediction.GuestMemory;
import org.godwit.planner.prediction.Prediction;
import org.godwit.protocol.agent.DirtyRate;
import org.godwit.protocol.agent.LocalImage;
import org.godwit.protocol.agent.SourceFacts;
import org.godwit.protocol.agent.Storage;
import org.junit.jupiter.api.Test;

class ForecastTest {

    private static final CopyOptions SLOWLY = new CopyOptions(OptionalInt.of(8), OptionalInt.empty(), false,
            OptionalInt.empty(), Compression.NONE, Optional.empty(), StallAction.ABORT);
    private static final Manner ANY = new Manner(Optional.empty(), Budgets.NONE, CopyOptions.STANDARD);
    private static final History NONE = History.NONE;

    @Test
    void whatWasMeasuredBeforeIsBelievedBeforeWhatIsConfigured() {
        Forecast forecast = Forecast.of(Manner.of(Strategy.PRE_COPY), GoodFacts.source().build(),
                new History(new Way(List.of(10e6, 30e6, 20e6), List.of(0.9, 0.7), false),
                        OptionalLong.of(100_000_000), List.of(6.0), List.of(), Map.of(), Map.of(),
                        List.of()));
        Prediction.Converges prediction = forecast.prediction().orElseThrow();
        assertThat(prediction.totalSeconds().likely()).isCloseTo(5.8, Offset.offset(0.4));
        assertThat(prediction.allSeconds().orElseThrow().likely()).isEqualTo(6 + prediction.totalSeconds().likely());
        assertThat(forecast.restsOn()).containsExactly(
                "19.1 MiB/s, the median of the last 3 copies from this host to that one.",
                "95.4 MiB of memory that was not empty when the VM was copied last.",
                "1.0 MiB/s written by the VM, sampled for a second just now.",
                "800 ms of a copy that are no sending, the median of the last 2 copies from this host to that one.",
                "6000 ms of checks, staging and settling around the copy, the median of this VM's last 1 migrations"
                        + " between these hosts.",
                "How long after it runs at the target a VM with KVM is heard of was never measured.");
        GuestMemory told = forecast.conditions().orElseThrow().memory();
        assertThat(told.bytes()).isEqualTo(100e6);
        assertThat(told.dirtyBytesPerSecond()).isCloseTo(1 << 20, Percentage.withPercentage(1));
        assertThat(prediction.outageSeconds().likely()).isEqualTo(prediction.downtimeSeconds().likely());
        assertThat(prediction.outageSeconds().high()).isGreaterThan(prediction.downtimeSeconds().high());
    }

    @Test
    void withoutHistoryTheLinkAndAllOfTheMemoryCount() {
        Forecast forecast = Forecast.of(Manner.of(Strategy.PRE_COPY), GoodFacts.source().clearDirtyRate().build(),
                NONE);
        assertThat(forecast.prediction().orElseThrow().totalSeconds().likely()).isCloseTo(256 * 1.048576 / 125,
                Offset.offset(0.1));
        assertThat(forecast.restsOn()).hasSize(6).element(2).asString().contains("taken for idle");
    }

    @Test
    void aVmThatNobodyHasSeenFlyIsTakenForWhatItTakesOfItsHostsMemory() {
        SourceFacts.Builder fresh = GoodFacts.source().clearDirtyRate().setResidentBytes(64 * GoodFacts.MIB);
        Forecast forecast = Forecast.of(Manner.of(Strategy.PRE_COPY), fresh.build(), NONE);
        Prediction.Converges prediction = forecast.prediction().orElseThrow();
        assertThat(forecast.conditions().orElseThrow().memory().bytes()).isEqualTo(64 * GoodFacts.MIB);
        assertThat(prediction.totalSeconds().likely()).isCloseTo(64 * 1.048576 / 125, Offset.offset(0.1));
        assertThat(prediction.bytes().contains(256 * GoodFacts.MIB)).as("it may be all, swapped out").isTrue();
        assertThat(forecast.restsOn()).contains("64.0 MiB of its host's memory that the VM takes, its hypervisor's own"
                + " included; the rest of its 256.0 MiB was never touched, or is swapped out.");

        assertThat(Forecast.of(Manner.of(Strategy.PRE_COPY), fresh.setResidentBytes(300 * GoodFacts.MIB).build(), NONE)
                .conditions().orElseThrow().memory().bytes()).as("no more than it has").isEqualTo(256 * GoodFacts.MIB);
        History flown = new History(Way.UNKNOWN, OptionalLong.of(100_000_000), List.of(), List.of(), Map.of(), Map.of(),
                List.of());
        assertThat(Forecast.of(Manner.of(Strategy.PRE_COPY), fresh.setResidentBytes(64 * GoodFacts.MIB).build(), flown)
                .conditions().orElseThrow().memory().bytes()).as("what was sent is known better").isEqualTo(100e6);
    }

    @Test
    void aWayThatNobodyHasGoneIsTakenForAsFastAsTheOneBack() {
        Forecast forecast = Forecast.of(Manner.of(Strategy.PRE_COPY), GoodFacts.source().build(), new History(
                new Way(List.of(20e6), List.of(1.0), true), OptionalLong.of(100_000_000), List.of(), List.of(0.12, 0.1),
                Map.of(),
                Map.of(), List.of()));
        assertThat(forecast.conditions().orElseThrow().bytesPerSecond()).isEqualTo(20e6);
        assertThat(forecast.restsOn()).contains("19.1 MiB/s, as of the last copy from that host to this one.",
                "1000 ms of a copy that are no sending, as of the last copy from that host to this one.",
                "What checks, staging and settling will take is not known: the VM has not gone this way yet.");
        Prediction.Converges prediction = forecast.prediction().orElseThrow();
        assertThat(prediction.allSeconds()).isEmpty();
        assertThat(forecast.restsOn())
                .contains("110 ms from when it runs at the target until it is heard of, as this VM said"
                        + " of its last 2 landings.");
        assertThat(prediction.outageSeconds().likely()).isCloseTo(prediction.downtimeSeconds().likely() + 0.11,
                Offset.offset(1e-9));
    }

    @Test
    void whatPausesOfAStrategyTookBesideTheSendingIsWhatItsNextOneWillTake() {
        SourceFacts idle = GoodFacts.source().clearDirtyRate().build();
        History history = new History(Way.UNKNOWN, OptionalLong.empty(), List.of(), List.of(),
                Map.of(org.godwit.planner.prediction.Strategy.PRE_COPY, List.of(0.075, 0.082, 0.4)), Map.of(),
                List.of());
        Prediction.Converges before = Forecast.of(Manner.of(Strategy.PRE_COPY), idle, NONE).prediction().orElseThrow();
        Forecast after = Forecast.of(Manner.of(Strategy.PRE_COPY), idle, history);
        double more = 0.082 - before.overheads().pause().likely();
        assertThat(after.prediction().orElseThrow().downtimeSeconds().likely())
                .isCloseTo(before.downtimeSeconds().likely() + more, Offset.offset(1e-9));
        assertThat(after.prediction().orElseThrow().totalSeconds().likely())
                .isCloseTo(before.totalSeconds().likely() + more, Offset.offset(1e-9));
        assertThat(after.prediction().orElseThrow().downtimeSeconds().contains(0.4)).isTrue();
        assertThat(after.restsOn()).contains("82 ms of the downtime by pre-copy that are no sending, the median of the"
                + " last 3 copies from this host to that one.");
        assertThat(Forecast.of(Manner.of(Strategy.SUSPENDED), idle, history).prediction().orElseThrow().overheads())
                .as("others are others").isEqualTo(Forecast.of(Manner.of(Strategy.SUSPENDED), idle, NONE).prediction()
                        .orElseThrow().overheads());
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
                .containsExactly("pre-copy", "hybrid-copy", "post-copy", "suspended");
        assertThat(Forecast.of(ANY, GoodFacts.source()
                .setDirtyRate(DirtyRate.newBuilder().setBytesPerSecond(1000 * GoodFacts.MIB)).build(), NONE).choice())
                .contains(Strategy.HYBRID_COPY);
    }

    @Test
    void whatItsHypervisorMayNotSurviveIsShownAndTakenOnlyByWhoeverNamesIt() {
        SourceFacts.Builder busy = GoodFacts.source()
                .setDirtyRate(DirtyRate.newBuilder().setBytesPerSecond(1000 * GoodFacts.MIB));
        Budgets onePass = new Budgets(OptionalDouble.empty(), OptionalDouble.of(1),
                OptionalDouble.of(1.5 * busy.getHardware().getMemoryBytes()));
        Manner frugal = new Manner(Optional.empty(), onePass, CopyOptions.STANDARD);
        assertThat(Forecast.of(frugal, busy.build(), NONE).choice()).contains(Strategy.POST_COPY);

        busy.getHardwareBuilder().setVirtType("qemu");
        Forecast emulated = Forecast.of(frugal, busy.build(), NONE);
        assertThat(emulated.options()).extracting(option -> option.prediction().strategy().word())
                .containsExactly("pre-copy", "hybrid-copy", "post-copy", "suspended");
        assertThat(emulated.choice()).isEmpty();
        assertThat(emulated.options().get(2).against()).singleElement().asString().contains("name the strategy");
        Manner named = new Manner(Optional.of(Strategy.POST_COPY), onePass, CopyOptions.STANDARD);
        Forecast asked = Forecast.of(named, busy.build(), NONE);
        assertThat(asked.choice()).contains(Strategy.POST_COPY);
        assertThat(asked.options().get(2).willDo()).isTrue();
    }

    @Test
    void aVmThatIsTranslatedIsHeardOfLaterThanItRuns() {
        SourceFacts.Builder emulated = GoodFacts.source();
        emulated.getHardwareBuilder().setVirtType("qemu");
        Prediction.Converges likely = Forecast.of(ANY, emulated.build(), NONE).prediction().orElseThrow();
        assertThat(likely.outageSeconds().likely()).isGreaterThan(likely.downtimeSeconds().likely() + 0.1);
    }

    @Test
    void aVmThatIsTranslatedStandsStillForLongerByPostCopyTheMoreMemoryItHasUntilThatIsLearnt() {
        SourceFacts.Builder small = GoodFacts.source().clearDirtyRate();
        small.getHardwareBuilder().setVirtType("qemu").setMemoryBytes(256 * GoodFacts.MIB);
        SourceFacts.Builder large = small.clone();
        large.getHardwareBuilder().setMemoryBytes(4096 * GoodFacts.MIB);
        Prediction.Converges before = Forecast.of(Manner.of(Strategy.POST_COPY), small.build(), NONE).prediction()
                .orElseThrow();
        Forecast after = Forecast.of(Manner.of(Strategy.POST_COPY), large.build(), NONE);
        assertThat(before.downtimeSeconds().likely()).isCloseTo(0.241, Offset.offset(0.01));
        assertThat(after.prediction().orElseThrow().downtimeSeconds().likely()).isCloseTo(1.062, Offset.offset(0.01));
        assertThat(after.restsOn()).contains("1060 ms of the downtime by post-copy that are no sending, as was measured"
                + " without KVM of a few VMs.");
        Forecast learnt = Forecast.of(Manner.of(Strategy.POST_COPY), large.build(), new History(Way.UNKNOWN,
                OptionalLong.empty(), List.of(), List.of(),
                Map.of(org.godwit.planner.prediction.Strategy.POST_COPY, List.of(0.3, 0.3, 0.3)), Map.of(),
                List.of()));
        assertThat(learnt.prediction().orElseThrow().overheads().pause().likely()).isEqualTo(0.3);
        assertThat(learnt.restsOn()).noneMatch(sentence -> sentence.contains("by post-copy that are no sending, as was"
                + " measured without KVM"));
    }

    @Test
    void aBudgetCannotBeKeptByWhatCannotBeForecast() {
        Manner frugal = new Manner(Optional.of(Strategy.PRE_COPY),
                new Budgets(OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.of(1e12)),
                CopyOptions.STANDARD);
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
                        "nothing can be predicted: how much memory the VM has is not known", Corrections.NONE,
                        Optional.empty(), Baggage.NONE, List.of()));
    }

    @Test
    void disksThatTravelAreForecastBesideTheMemoryAndCountAgainstTheBudget() {
        SourceFacts facts = GoodFacts.source().clearStorage()
                .addStorage(Storage.newBuilder().setUse("disk vda").setPath("/srv/vm1.qcow2").setWritable(true)
                        .setFilesystem("ext4").setImage(LocalImage.newBuilder().setFormat("qcow2")
                                .setVirtualBytes(8000 * GoodFacts.MIB).setUsedBytes(1_250_000_000)))
                .addStorage(Storage.newBuilder().setUse("kernel").setPath("/boot/vmlinuz"))
                .build();
        Forecast forecast = Forecast.of(Manner.of(Strategy.PRE_COPY), facts, NONE);
        assertThat(forecast.disks()).isEqualTo(Baggage.of(1.25e9, 125e6));
        assertThat(forecast.prediction().orElseThrow().totalSeconds().likely()).as("of the memory alone").isLessThan(4);
        assertThat(forecast.restsOn()).anyMatch(sentence -> sentence.startsWith("1192.1 MiB of disks that travel"));

        Manner hurried = new Manner(Optional.of(Strategy.PRE_COPY),
                new Budgets(OptionalDouble.of(6), OptionalDouble.empty(), OptionalDouble.empty()),
                CopyOptions.STANDARD);
        assertThat(Forecast.of(hurried, GoodFacts.source().build(), NONE).choice()).isPresent();
        assertThat(Forecast.of(hurried, facts, NONE).choice()).isEmpty();

        Manner slow = new Manner(Optional.of(Strategy.PRE_COPY), Budgets.NONE, SLOWLY);
        assertThat(Forecast.of(slow, facts, NONE).disks()).isEqualTo(Baggage.of(1.25e9, 8 * GoodFacts.MIB));
    }

    @Test
    void aVmThatIsOffWaitsForItsDisksAndSaysSoBeforeItsGuestWasEverSeenToBoot() {
        SourceFacts facts = GoodFacts.source().clearStorage().addStorage(Storage.newBuilder().setUse("disk vda")
                .setPath("/srv/vm1.qcow2").setWritable(true).setFilesystem("ext4")
                .setImage(LocalImage.newBuilder().setFormat("qcow2").setUsedBytes(1_250_000_000))).build();
        Forecast first = Forecast.of(Manner.of(Strategy.COLD), facts, NONE);
        assertThat(first.prediction()).isEmpty();
        assertThat(first.disks()).isEqualTo(Baggage.atRest(1.25e9, 125e6));
        assertThat(first.restsOn()).anyMatch(
                sentence -> sentence.startsWith("1192.1 MiB of disks that travel while the VM is off"));

        Forecast.History once = new Forecast.History(Forecast.Way.UNKNOWN, OptionalLong.empty(), List.of(3.0),
                List.of(), Map.of(), Map.of(), List.of(40.0));
        Prediction.Converges next = Forecast.of(Manner.of(Strategy.COLD), facts, once).prediction().orElseThrow();
        assertThat(next.downtimeSeconds().likely()).isEqualTo(50);
        assertThat(next.allSeconds().orElseThrow().likely()).isEqualTo(53);
        assertThat(Forecast.of(new Manner(Optional.of(Strategy.COLD), Budgets.NONE, SLOWLY), facts, once).disks())
                .isEqualTo(Baggage.atRest(1.25e9, 8 * GoodFacts.MIB));

        SourceFacts blind = facts.toBuilder().clearBandwidth().build();
        assertThat(Forecast.of(Manner.of(Strategy.COLD), blind, once).reason()).contains("how fast the link is");
        assertThat(Forecast.of(Manner.of(Strategy.COLD), blind.toBuilder().clearStorage().build(), once).prediction())
                .as("nothing travels").isPresent();
    }

    @Test
    void whatIsAskedForBesideTheStrategyCountsToo() {
        CopyOptions options = new CopyOptions(OptionalInt.of(8), OptionalInt.of(2_000), false, OptionalInt.of(2),
                Compression.NONE, Optional.empty(), StallAction.ABORT);
        Forecast forecast = Forecast.of(new Manner(Optional.empty(), Budgets.NONE, options),
                GoodFacts.source().build(), NONE);
        assertThat(forecast.options()).extracting(option -> option.prediction().strategy().word())
                .as("what cannot be done so is not offered").containsExactly("pre-copy");
        assertThat(forecast.prediction().orElseThrow().totalSeconds().likely()).isGreaterThan(256 / 8);
        assertThat(forecast.conditions()).hasValueSatisfying(told -> {
            assertThat(told.bytesPerSecond()).isEqualTo(8 * GoodFacts.MIB);
            assertThat(told.downtime().last()).isEqualTo(Duration.ofSeconds(2));
        });
        assertThat(forecast.restsOn()).contains("8.0 MiB/s at most, as was asked for; but not while the VM is paused.");
    }

    @Test
    void whatForecastsOfThisWayWereOffByIsCorrectedAndSaid() {
        Correction twice = new Correction(2, 0.1, 4);
        Map<org.godwit.planner.prediction.Strategy, Corrections> past = Map.of(
                org.godwit.planner.prediction.Strategy.PRE_COPY,
                new Corrections(twice, Correction.NONE, Correction.NONE));
        Forecast plain = Forecast.of(Manner.of(Strategy.PRE_COPY), GoodFacts.source().build(), NONE);
        Forecast corrected = Forecast.of(Manner.of(Strategy.PRE_COPY), GoodFacts.source().build(),
                new History(Way.UNKNOWN, OptionalLong.empty(), List.of(), List.of(), Map.of(), past, List.of()));
        assertThat(corrected.prediction().orElseThrow().totalSeconds().likely())
                .isEqualTo(2 * plain.prediction().orElseThrow().totalSeconds().likely());
        assertThat(corrected.prediction().orElseThrow().bytes())
                .isEqualTo(plain.prediction().orElseThrow().bytes());
        assertThat(corrected.corrections().totalSeconds()).isEqualTo(twice);
        assertThat(corrected.restsOn()).contains("The last 4 by pre-copy from this host to that one were off their"
                + " forecasts, and this one is corrected by that: time x 2.00 (give or take 10 %).");
    }
}
