package org.godwit.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.godwit.lab.meter.Measurement;
import org.godwit.lab.meter.Measurement.Edges;
import org.godwit.lab.meter.Measurement.Ping;
import org.godwit.lab.meter.Measurement.Timeline;
import org.godwit.protocol.rest.Resources.Directions;
import org.godwit.protocol.rest.Resources.Tcp;
import org.godwit.testing.Golden;
import org.junit.jupiter.api.Test;

class OutageTest {

    private static final long STOP_US = 1_000_000;

    @Test
    void anOutageIsToldByItsPartsAndByWhatItIsAboveThePause() {
        OutageRun run = run(1, Subject.GLOBAL, 83.0, 0);

        assertThat(run.pauseMs()).isEqualTo(50);
        assertThat(run.aboveVmToPeerMs()).isEqualTo(33);
        assertThat(run.abovePeerToVmMs()).isEqualTo(35);
        assertThat(run.beforeStopMs()).isEqualTo(1);
        assertThat(run.stopMs()).isEqualTo(3);
        assertThat(run.continueMs()).isEqualTo(1);
        assertThat(run.sendMs()).isEqualTo(40);
        assertThat(run.resumeMs()).isEqualTo(6);
        assertThat(run.guestMs()).isEqualTo(32);
        assertThat(run.deafMs()).isEqualTo(-20);
        assertThat(run.libvirtDowntimeMs()).isEqualTo(52);
        assertThat(run.iterations()).as("libvirt did not tell").isNull();
    }

    @Test
    void lossIsCountedOverTheWholeMigrationAndTheOutageAtTheLanding() {
        OutageRun run = run(1, Subject.GLOBAL, 83.0, 7);

        assertThat(run.lostPeerToVm()).isEqualTo(7);
        assertThat(run.outageVmToPeerMs()).isEqualTo(83);
    }

    @Test
    void bothKindsStandBesideEachOtherAndWhatFailedIsCounted() {
        Golden.assertMatches("bench/outage.txt",
                OutageTable.render(List.of(run(1, Subject.ORDINARY, 85, 60), run(1, Subject.ORDINARY, 95, 50),
                        run(1, Subject.GLOBAL, 83, 0), OutageRun.failed(1, Subject.GLOBAL, "host-b", "host-a", "gone"),
                        run(2, Subject.GLOBAL, 88, 1))));
    }

    private static OutageRun run(int round, Subject subject, double outageMs, double lostPeerToVm) {
        long endUs = STOP_US - 1000 + Math.round(outageMs * 1000);
        Edges edges = new Edges(STOP_US - 50_000, STOP_US - 1000, endUs, STOP_US - 1000, STOP_US + 30_000,
                endUs + 2000);
        return OutageRun.of(round, subject, "host-a", "host-b",
                new Landing(1, 0, STOP_US, STOP_US + 3000, STOP_US + 4000, STOP_US + 44_000, STOP_US + 50_000,
                        seen(9, 0, null), seen(2000, lostPeerToVm, edges), seen(outageMs, 0, edges)),
                Map.of("downtime", 52L, "time_elapsed", 1500L));
    }

    private static Measurement seen(double outageMs, double lostPeerToVm, Edges edges) {
        return new Measurement("window", 0, 4000, new Directions(outageMs, outageMs + 2),
                new Directions(0, lostPeerToVm), new Directions(0, 0), new Tcp(true, outageMs + 10),
                new Ping(20, 0, 210),
                null, new Timeline(0, 60, List.of(), List.of()), null, edges);
    }
}
