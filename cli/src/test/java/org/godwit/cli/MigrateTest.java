package org.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.godwit.cli.FakeMcs.Answer;
import org.godwit.protocol.rest.Resources.Migration;
import org.godwit.testing.Golden;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MigrateTest {

    private static final String ONE = "GET /v1/migrations/" + Bodies.ID;
    private static final String CANCEL = "POST /v1/migrations/" + Bodies.ID + "/cancel";

    private final FakeMcs mcs = new FakeMcs().on("POST /v1/migrations", accepted());

    @AfterEach
    void close() {
        mcs.close();
    }

    @Test
    void aMigrationIsWatchedToItsEndAndReported() {
        mcs.on(ONE, told(Bodies.requested()), told(Bodies.copying(60L << 20, 1)), told(Bodies.completed()));
        Trial trial = Trial.against(mcs).run("migrate", "web", "--to", "b-1");
        assertThat(trial.exitCode()).isZero();
        Golden.assertMatches("progress/plain.txt", trial.out());
        assertThat(mcs.requests())
                .startsWith(
                        "POST /v1/migrations {\"vm\":\"web\",\"target\":\"b-1\",\"strategy\":null,\"budgets\":null,\"copy\":null}");
    }

    @Test
    void howItsMemoryTravelsIsSaidInAWordOrRefused() {
        Trial trial = Trial.against(mcs).run("migrate", "web", "--to", "b-1", "--strategy", "hybrid-copy", "--detach");
        assertThat(trial.exitCode()).isZero();
        assertThat(mcs.requests()).singleElement().asString().contains("\"strategy\":\"hybrid-copy\"");
        Trial wrong = Trial.against(mcs).run("migrate", "web", "--to", "b-1", "--strategy", "PRE_COPY");
        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.err())
                .contains("must be one of pre-copy, post-copy, hybrid-copy, suspended, cold, got \"PRE_COPY\"");
    }

    @Test
    void howItsMemoryIsCopiedIsSaidBesideTheStrategy() {
        Trial trial = Trial.against(mcs).run("migrate", "web", "--to", "b-1", "--detach", "--bandwidth-max", "40",
                "--downtime-limit", "1.5s", "--auto-converge", "--parallel", "2", "--compression", "zstd", "--on-stall",
                "suspend");
        assertThat(trial.exitCode()).isZero();
        assertThat(mcs.requests()).singleElement().asString().contains(
                "\"copy\":{\"bandwidth_mib_per_second\":40,\"downtime_limit_ms\":1500,\"auto_converge\":true,"
                        + "\"parallel_connections\":2,\"compression\":\"zstd\",\"on_stall\":\"suspend\"}");
    }

    @Test
    void jsonHasStandardOutputForItself() {
        mcs.on(ONE, told(Bodies.requested()), told(Bodies.measured()));
        Trial trial = Trial.against(mcs).run("migrate", "web", "--to", "b-1", "-o", "json");
        assertThat(trial.exitCode()).isZero();
        Golden.assertMatches("report/measured.json", trial.out());
        assertThat(trial.err()).contains("REBINDING");
    }

    @Test
    void detachedItIsNotWaitedFor() {
        Trial trial = Trial.against(mcs).run("migrate", "web", "--to", "b-1", "--detach");
        assertThat(trial.exitCode()).isZero();
        assertThat(trial.out()).isEqualTo("migration " + Bodies.ID
                + " of VM web has begun; watch it: godwit migration watch " + Bodies.ID + "\n");
        assertThat(mcs.requests()).hasSize(1);
    }

    @Test
    void rolledBackExitsWithFour() {
        mcs.on(ONE, told(Bodies.copying(60L << 20, 1)), told(Bodies.rolledBack()));
        Trial trial = Trial.against(mcs).run("migrate", "web", "--to", "b-1");
        assertThat(trial.exitCode()).isEqualTo(4);
        assertThat(trial.out()).contains("rolled back, the VM is safe at a-1");
    }

    @Test
    void refusedAfterTheChecksExitsWithThree() {
        mcs.on(ONE, told(Bodies.refused()));
        assertThat(Trial.against(mcs).run("migrate", "web", "--to", "b-1").exitCode()).isEqualTo(3);
    }

    @Test
    void aPlanIsShownAndNothingIsBegun() {
        mcs.on("POST /v1/migrations?dryRun=true", told(Bodies.plan(true)));
        Trial trial = Trial.against(mcs).run("migrate", "web", "--to", "b-1", "--plan");
        assertThat(trial.exitCode()).isZero();
        Golden.assertMatches("report/plan.txt", trial.out());
        assertThat(mcs.requests()).hasSize(1);
    }

    @Test
    void aPlanThatWouldBeRefusedExitsWithThree() {
        mcs.on("POST /v1/migrations?dryRun=true", told(Bodies.plan(false)));
        Trial trial = Trial.against(mcs).run("migrate", "web", "--to", "b-1", "--plan");
        assertThat(trial.exitCode()).isEqualTo(3);
        Golden.assertMatches("report/plan_refused.txt", trial.out());
        assertThat(Trial.against(mcs).run("migrate", "web", "--to", "b-1", "--plan", "-o", "json").out())
                .contains("\"would_go\": false");
    }

    @Test
    void whatItMayCostGoesToTheServerInItsUnits() {
        mcs.on("POST /v1/migrations?dryRun=true", told(Bodies.plan(true)));
        Trial.against(mcs).run("migrate", "web", "--to", "b-1", "--plan", "--strategy", "auto", "--time-max", "1.5min",
                "--downtime-max", "100ms", "--bytes-max", "2GiB");
        assertThat(mcs.requests().getLast()).contains("\"strategy\":\"auto\"",
                "\"budgets\":{\"time_max_ms\":90000.0,\"downtime_max_ms\":100.0,\"bytes_max\":2147483648}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --time-max     | 90       | a time is a number and ms, s or min, such as 100ms; got "90"
            --time-max     | 0s       | a longest time must be above zero
            --downtime-max | -5ms     | a time is a number and ms, s or min, such as 100ms; got "-5ms"
            --bytes-max    | 2GB      | a size is a number of bytes, or one and KiB, MiB, GiB or TiB, such as 800MiB; got "2GB"
            --bytes-max    | 0        | a largest size must be above zero and below 8 EiB; got "0"
            --bytes-max    | 99999999TiB | a largest size must be above zero and below 8 EiB; got "99999999TiB"
            --strategy     | magic    | the strategy must be one of
            --compression  | zip      | the compression must be one of
            --on-stall     | pause    | what is done on a stall must be one of
            """)
    void aBadLimitIsRefusedByNameAndNothingIsSent(String option, String value, String complaint) {
        Trial trial = Trial.against(mcs).run("migrate", "web", "--to", "b-1", option, value);
        assertThat(trial.exitCode()).isEqualTo(2);
        assertThat(trial.err()).contains(option, complaint);
        assertThat(mcs.requests()).isEmpty();
    }

    @Test
    void aRehearsalIsWatchedLikeAMigration() {
        mcs.on("POST /v1/migrations?rehearse=true", accepted()).on(ONE, told(Bodies.rehearsed()));
        assertThat(Trial.against(mcs).run("migrate", "web", "--to", "b-1", "--rehearse").exitCode()).isZero();
        assertThat(Trial.against(mcs).run("migrate", "web", "--to", "b-1", "--rehearse", "--plan").exitCode())
                .isEqualTo(2);
    }

    @Test
    void refusedAtOnceExitsWithThree() {
        mcs.on("POST /v1/migrations", Answer.of(404,
                "{\"detail\": \"there is no host b-9; see godwit host list\", \"status\": 404, \"field\": \"target\"}"));
        Trial trial = Trial.against(mcs).run("migrate", "web", "--to", "b-9");
        assertThat(trial.exitCode()).isEqualTo(3);
        assertThat(trial.err())
                .isEqualTo("godwit: refused: there is no host b-9; see godwit host list (field: target)\n");
    }

    @Test
    void anUncertainOutcomeMayStillBecomeCertain() {
        mcs.on(ONE, told(Bodies.uncertain()), told(Bodies.uncertain()), told(Bodies.completed()));
        assertThat(Trial.against(mcs).run("migrate", "web", "--to", "b-1").exitCode()).isZero();
    }

    @Test
    void anOutcomeThatStaysUncertainExitsWithFive() {
        mcs.on(ONE, told(Bodies.uncertain()));
        Trial trial = Trial.against(mcs).tick(Duration.ofSeconds(10)).run("migrate", "web", "--to", "b-1");
        assertThat(trial.exitCode()).isEqualTo(5);
        assertThat(trial.out()).contains("start it nowhere by hand");
    }

    @Test
    void aVmThatEndedOnItsWayExitsWithSeven() {
        mcs.on(ONE, told(Bodies.lost()));
        Trial trial = Trial.against(mcs).run("migrate", "web", "--to", "b-1");
        assertThat(trial.exitCode()).isEqualTo(7);
        assertThat(trial.out()).contains("LOST", "runs nowhere");
    }

    @Test
    void aServerThatIsNotThereExitsWithSix() {
        Trial trial = new Trial().run("migrate", "web", "--to", "b-1");
        assertThat(trial.exitCode()).isEqualTo(6);
        assertThat(trial.err()).startsWith("godwit: no server answers at http://[::1]:1");
    }

    @Test
    void aServerThatGoesAwayIsGivenTimeThenExitsWithSix() {
        mcs.on(ONE, told(Bodies.requested()).when(mcs::close));
        Trial trial = Trial.against(mcs).tick(Duration.ofSeconds(10)).run("migrate", "web", "--to", "b-1");
        assertThat(trial.exitCode()).isEqualTo(6);
        assertThat(trial.err()).contains("migration " + Bodies.ID + " may go on without it");
    }

    @Test
    void aFaultOfTheServerThatPassesIsWaitedFor() {
        mcs.on(ONE, told(Bodies.requested()), Answer.of(503, ""), Answer.of(500, ""), told(Bodies.completed()));
        assertThat(Trial.against(mcs).run("migrate", "web", "--to", "b-1").exitCode()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 500 })
    void whoCannotWatchAnyMoreIsToldThatTheMigrationGoesOn(int status) {
        mcs.on(ONE, Answer.of(status, "{\"detail\": \"The token has expired.\"}"));
        Trial trial = Trial.against(mcs).tick(Duration.ofSeconds(10)).run("migrate", "web", "--to", "b-1");
        assertThat(trial.exitCode()).isEqualTo(5);
        assertThat(trial.err()).contains("The token has expired", "migration " + Bodies.ID + " goes on");
    }

    @Test
    void aMigrationThatThereIsNotCannotBeWatched() {
        mcs.on(ONE, Answer.of(404, "{\"detail\": \"There is none.\"}"));
        Trial trial = Trial.against(mcs).run("migration", "watch", Bodies.ID);
        assertThat(trial.exitCode()).isEqualTo(3);
        assertThat(trial.err()).doesNotContain("goes on");
    }

    @Test
    void ctrlCThenYesCancels() {
        Trial trial = Trial.against(mcs).onTerminal("y");
        mcs.on(ONE, told(Bodies.requested()), told(Bodies.requested()).when(trial::pressCtrlC),
                told(Bodies.requested()));
        mcs.on(CANCEL, Answer.of(202, "").when(() -> mcs.on(ONE, told(Bodies.rolledBack()))));
        trial.run("migrate", "web", "--to", "b-1");
        assertThat(trial.exitCode()).isEqualTo(4);
        assertThat(trial.out()).contains("Cancel the migration? [y/N]").contains("cancelling");
    }

    @Test
    void ctrlCThenNoWatchesOn() {
        Trial trial = Trial.against(mcs).onTerminal("");
        mcs.on(ONE, told(Bodies.requested()).when(trial::pressCtrlC), told(Bodies.requested()),
                told(Bodies.requested()), told(Bodies.completed()));
        trial.run("migrate", "web", "--to", "b-1");
        assertThat(trial.exitCode()).isZero();
        assertThat(mcs.requests()).noneMatch(request -> request.contains("cancel"));
    }

    @Test
    void aSecondCtrlCDetaches() {
        Trial trial = Trial.against(mcs).onTerminal();
        mcs.on(ONE, told(Bodies.requested()).when(trial::pressCtrlC),
                told(Bodies.requested()).when(trial::pressCtrlC), told(Bodies.requested()));
        trial.run("migrate", "web", "--to", "b-1");
        assertThat(trial.exitCode()).isEqualTo(130);
        assertThat(trial.out()).contains("godwit migration cancel " + Bodies.ID);
    }

    @Test
    void aMigrationThatEndsWhileTheQuestionStandsIsReported() {
        Trial trial = Trial.against(mcs).onTerminal();
        mcs.on(ONE, told(Bodies.requested()).when(trial::pressCtrlC), told(Bodies.completed()));
        trial.run("migrate", "web", "--to", "b-1");
        assertThat(trial.exitCode()).isZero();
        assertThat(trial.out()).contains("VM web from a-1 to b-1: completed");
    }

    @Test
    void aCancelThatComesTooLateDoesNotEndTheWatch() {
        Trial trial = Trial.against(mcs).onTerminal("yes");
        mcs.on(ONE, told(Bodies.requested()).when(trial::pressCtrlC), told(Bodies.requested()));
        mcs.on(CANCEL, Answer.of(409, "{\"detail\": \"the VM runs at b-1 already\", \"status\": 409}")
                .when(() -> mcs.on(ONE, told(Bodies.completed()))));
        trial.run("migrate", "web", "--to", "b-1");
        assertThat(trial.exitCode()).isZero();
        assertThat(trial.out()).contains("not cancelled: refused: the VM runs at b-1 already");
    }

    @Test
    void withoutATerminalSigintDetachesAndSaysHowToCancel() {
        Trial trial = Trial.against(mcs);
        mcs.on(ONE, told(Bodies.requested()).when(trial::pressCtrlC), told(Bodies.requested()));
        trial.run("migrate", "web", "--to", "b-1");
        assertThat(trial.exitCode()).isEqualTo(130);
        assertThat(trial.out()).contains("cancel it:       godwit migration cancel " + Bodies.ID);
        assertThat(mcs.requests()).noneMatch(request -> request.contains("cancel"));
    }

    @Test
    void aWordOfANewerServerIsNotGuessedAt() {
        mcs.on(ONE, Bodies.json(Bodies.completed()).replace("\"completed\"", "\"teleported\""));
        Trial trial = Trial.against(mcs).run("migration", "watch", Bodies.ID);
        assertThat(trial.exitCode()).isEqualTo(5);
        assertThat(trial.err()).contains("\"teleported\"");
    }

    private static Answer told(Object migration) {
        return Answer.of(200, Bodies.json(migration));
    }

    private static Answer accepted() {
        return Answer.of(202, Bodies.json(Bodies.requested()));
    }
}
