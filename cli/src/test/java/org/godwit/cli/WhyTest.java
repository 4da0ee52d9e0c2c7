package org.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.godwit.protocol.rest.Resources.CopyOptions;
import org.godwit.protocol.rest.Resources.Diagnosis;
import org.godwit.protocol.rest.Resources.Option;
import org.godwit.protocol.rest.Resources.Outage;
import org.godwit.protocol.rest.Resources.Range;
import org.godwit.protocol.rest.Resources.Report;
import org.godwit.protocol.rest.Resources.DiskForecast;
import org.godwit.protocol.rest.Resources.ReportDeed;
import org.godwit.protocol.rest.Resources.ReportDisks;
import org.godwit.protocol.rest.Resources.ReportPhase;
import org.godwit.protocol.rest.Resources.ReportStep;
import org.godwit.testing.Golden;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WhyTest {

    private final FakeMcs mcs = new FakeMcs();

    @AfterEach
    void close() {
        mcs.close();
    }

    @Test
    void everyMillisecondHasItsCause() {
        Golden.assertMatches("why/completed.txt",
                why(new Report(Bodies.ID, "web", "a-1", "b-1", "hybrid-copy",
                        new CopyOptions(40, 100, true, 2, "zstd", "post-copy"), "SETTLED",
                        "completed", "2026-11-21T10:00:00Z", null, 12.5, 1671.4, 2790.0, 84.0, "agents",
                        new Outage(203.1, null),
                        95.3,
                        51_000L, 12_000L,
                        900L, 20,
                        201L << 20, 82L << 20, 2, 17L,
                        4661.7,
                        List.of(phase("REQUESTED", 0, 330.0, "accepted", step("inspect_source", 12.5, 4.2),
                                step("check_guest", 17.0, 310.0)),
                                phase("TARGET_PREPARED", 330.0, 41.1, "target ready", step("copy", 330.2, 2832.0)),
                                phase("COPYING", 371.1, 2811.0, "copy started"),
                                phase("SETTLED", 4661.7, null, "staging removed")),
                        List.of(),
                        new Option("hybrid-copy", new Range(8000, 9000, 11_000.0), new Range(1900, 2200, 2900.0),
                                new Range(21, 24, null),
                                new Range(21, 143, null),
                                new Range(2e8, 2.6e8, 3e8), new Range(80, 117.6, 200.0), List.of()),
                        new ReportDisks(12_430.0, 134L << 20, 2, "at-once",
                                "90 writes/s, a round trip of 1.0 ms, memory within 10.0 s: at once 3.5 MB and 99 % of"
                                        + " all writes, later 62.2 MB",
                                new DiskForecast(new Range(0, 11_200, 36_800.0), new Range(0, 1.4e8, 4.6e8))))));
    }

    @Test
    void disksOfAVmThatWasOffHaveNoLastWrites() {
        assertThat(why(new Report(Bodies.ID, "web", "a-1", "b-1", "cold", null, "SETTLED", "completed",
                "2026-11-21T10:00:00Z", null, 0.0, 900.0, 52_000.0, 52_000.0, "server", null, null, null, null, null,
                null, null,
                null, null, null, 54_000.0, List.of(phase("SETTLED", 54_000, null, "staging removed")), List.of(), null,
                new ReportDisks(12_430.0, 134L << 20, 0, null, null,
                        new DiskForecast(new Range(0, 11_200, 11_200.0), new Range(0, 1.4e8, 1.4e8))))))
                .contains("134.0 MiB, 0 layers after the images").doesNotContain("last writes");
    }

    @Test
    void aRefusalSaysWhatToDoAndARetryWhatWentWrong() {
        Golden.assertMatches("why/refused.txt",
                why(new Report(Bodies.ID, "web", "a-1", "b-1", "pre-copy", null, "ABORTED", "refused",
                        "2026-11-21T10:00:00Z",
                        new Diagnosis("guest_silent", "The guest agent of VM web does not answer.",
                                "Look inside the VM."),
                        0.0, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
                        5_004.0,
                        List.of(phase("REQUESTED", 0, 5_004.0, "accepted",
                                new ReportStep("check_guest", 4.0, 5_000.0, "it did not answer within 5 s")),
                                phase("ABORTED", 5_004.0, null, "step failed")),
                        List.of(new ReportDeed("a-1", 31_250.0, "unstage",
                                "Host a-1 removed the bridge that was the gateway by itself.")),
                        null, null)));
    }

    @Test
    void whoCallsItByItsVmGetsTheNewestOfThatVm() {
        mcs.on("GET /v1/migrations?vm=web&limit=1", "{\"items\": [" + Bodies.json(Bodies.completed()) + "]}")
                .on("GET /v1/migrations/" + Bodies.ID, Bodies.json(Bodies.completed()))
                .on("POST /v1/migrations/" + Bodies.ID + "/cancel", Bodies.json(Bodies.completed()));
        assertThat(Trial.against(mcs).run("migration", "show", "web").out())
                .isEqualTo(Trial.against(mcs).run("migration", "show", Bodies.ID).out()).contains(Bodies.ID);
        assertThat(Trial.against(mcs).run("migration", "cancel", "web").out())
                .isEqualTo("cancelling migration " + Bodies.ID + "; watch it: godwit migration watch " + Bodies.ID
                        + "\n");
    }

    @Test
    void aVmThatHasNeverMigratedIsToldSo() {
        mcs.on("GET /v1/migrations?vm=web&limit=1", "{\"items\": []}");
        Trial trial = Trial.against(mcs).run("why", "web");
        assertThat(trial.exitCode()).isEqualTo(3);
        assertThat(trial.err()).isEqualTo("godwit: no migration is of a VM web; see godwit migration list\n");
    }

    private String why(Report report) {
        mcs.on("GET /v1/migrations/" + Bodies.ID + "/report", Bodies.json(report));
        Trial trial = Trial.against(mcs).run("why", Bodies.ID);
        assertThat(trial.exitCode()).as(trial.err()).isZero();
        return trial.out();
    }

    private static ReportPhase phase(String phase, double startMs, Double durationMs, String reason,
            ReportStep... steps) {
        return new ReportPhase(phase, startMs, durationMs, reason, List.of(steps));
    }

    private static ReportStep step(String effect, double startMs, double durationMs) {
        return new ReportStep(effect, startMs, durationMs, null);
    }
}
