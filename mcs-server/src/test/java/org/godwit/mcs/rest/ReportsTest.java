package org.godwit.mcs.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.godwit.mcs.store.MigrationRecord;
import org.godwit.mcs.workflow.CopyDestination;
import org.godwit.mcs.workflow.CopyFigures;
import org.godwit.mcs.workflow.Event;
import org.godwit.mcs.workflow.MigrationState;
import org.godwit.mcs.workflow.Plans;
import org.godwit.mcs.workflow.Workflow;
import org.godwit.model.Silences;
import org.godwit.planner.prediction.Estimate;
import org.godwit.planner.prediction.Overheads;
import org.godwit.planner.prediction.Prediction;
import org.godwit.planner.prediction.Strategy;
import org.godwit.protocol.rest.Resources;
import org.junit.jupiter.api.Test;

class ReportsTest {

    private static final Instant BEGIN = Instant.parse("2026-11-21T10:00:00Z");
    private static final CopyFigures FIGURES = new CopyFigures(42, 900, 1 << 20, 256, 0, 3, 0, 0, 0, 1 << 21);

    @Test
    void theOutageIsThePauseAndTheSilenceThatTheVmTellsOf() {
        assertThat(report(new Silences(Optional.of(Duration.ofMillis(119)), Optional.of(Duration.ofNanos(107_500_000))))
                .outageMs()).isEqualTo(new Resources.Outage(161.0, 149.5));
    }

    @Test
    void whereNothingWasSentThereIsNoNumber() {
        assertThat(report(Silences.UNKNOWN).outageMs()).isEqualTo(new Resources.Outage(null, null));
    }

    @Test
    void aVmThatTellsOfMoreThanItsMigrationTookIsNotBelieved() {
        assertThat(
                report(new Silences(Optional.of(Duration.ofMinutes(50)), Optional.of(Duration.ofMillis(8)))).outageMs())
                .isEqualTo(new Resources.Outage(null, 50.0));
    }

    @Test
    void eachFigureThatWasForecastStandsBesideTheSameOneMeasured() {
        Resources.Report report = report(new Silences(Optional.of(Duration.ZERO), Optional.empty()));
        Resources.Option forecast = report.forecast();
        assertThat(List.of(report.tAllMs(), report.copyMs(), report.vmDowntimeMs(), report.outageMs().vmToPeer(),
                report.bytesTransferred(), report.bytesPerSecond(), report.postCopyRequests()))
                .containsExactly(5_000.0, 900.0, 42.0, 42.0, 1L << 20, 1L << 21, 0L);
        assertThat(List.of(forecast.tAllMs().likely(), forecast.copyMs().likely(), forecast.vmDowntimeMs().likely(),
                forecast.outageMs().likely(), forecast.bytes().likely(), forecast.pageFaults().likely()))
                .containsExactly(7_000.0, 1_000.0, 1_000.0, 2_000.0, 1.0, 1.0);
    }

    @Test
    void whatHasNotSettledHasNoOutage() {
        MigrationState state = MigrationState.requested(Plans.fromAToB());
        assertThat(Reports.of(new MigrationRecord(state, BEGIN, Optional.of(BEGIN), Optional.empty(), false, List.of(),
                List.of()), List.of(), List.of(), Optional.empty(), Optional.empty()).outageMs()).isNull();
    }

    private static Resources.Report report(Silences silences) {
        MigrationState state = MigrationState.requested(Plans.fromAToB());
        for (Event event : List.of(new Event.ChecksPassed(Plans.SECONDARY_MAC, true, List.of()),
                new Event.GatewayStaged(),
                new Event.AddressStaged(Plans.MOA_B, Plans.SECONDARY_MAC.linkLocal()), new Event.MappingStaged(0),
                new Event.GuestArmed(), new Event.TargetReady(new CopyDestination("qemu:///x", "br0", "idle0")),
                new Event.CopyStarted(), new Event.CopyCompleted(FIGURES), new Event.VmMoved(),
                new Event.MappingActivated(), new Event.GuestSettled(silences), new Event.StagingRemoved())) {
            state = Workflow.decide(state, event).orElseThrow().state();
        }
        Estimate one = new Estimate(1, 1, 1);
        Prediction.Converges forecast = new Prediction.Converges(Strategy.PRE_COPY, one, one, one, one,
                new Overheads(Estimate.ZERO, Estimate.ZERO, one, Optional.of(new Estimate(6, 6, 6))));
        return Reports
                .of(new MigrationRecord(state, BEGIN, Optional.of(BEGIN), Optional.of(BEGIN.plusSeconds(5)), false,
                        List.of(), List.of()), List.of(), List.of(), Optional.of(forecast), Optional.empty());
    }
}
