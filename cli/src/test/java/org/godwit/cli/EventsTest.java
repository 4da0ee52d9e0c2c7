package org.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.godwit.cli.FakeMcs.Answer;
import org.godwit.testing.Golden;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens: events, and a migration that is watched by them. */
class EventsTest {

    private static final String MIGRATION = "/v1/migrations/" + Bodies.ID;
    private static final String ADDED = "{\"number\":8,\"at\":\"2026-11-21T10:00:00.000001Z\",\"kind\":\"site.added\","
            + "\"subject\":\"a\",\"vm\":null,\"phase\":null,\"message\":null}";
    private static final String MOVED = "{\"number\":9,\"at\":\"2026-11-21T10:00:04.7Z\",\"kind\":\"vm.moved\","
            + "\"subject\":\"web\",\"vm\":\"web\",\"phase\":null,\"message\":\"at host b-1\"}";

    private final FakeMcs mcs = new FakeMcs();

    @AfterEach
    void close() {
        mcs.close();
    }

    @Test
    void eventsAreListedOldestFirst() {
        mcs.on("GET /v1/events?limit=100", "{\"items\": [" + MOVED + "," + ADDED + "]}");
        Golden.assertMatches("list/event.txt", Trial.against(mcs).run("events").out());
    }

    @Test
    void aWatchGoesOnWhereItStopped() {
        Trial trial = Trial.against(mcs);
        mcs.on("GET /v1/events?vm=web", Answer.of(200, "id: 7\n\n"),
                Answer.of(200, "id: 8\nevent: site.added\ndata: " + ADDED + "\n\n"),
                Answer.of(200, ": hello\n\nid: 9\nevent: vm.moved\ndata: " + MOVED + "\n\n"),
                Answer.of(200, "").when(trial::pressCtrlC));
        trial.run("events", "-w", "--vm", "web", "-o", "json");
        assertThat(trial.exitCode()).isEqualTo(130);
        assertThat(trial.out()).isEqualTo(ADDED + "\n" + MOVED + "\n");
        assertThat(mcs.lastEventIds()).startsWith("-", "7", "8", "9");
    }

    @Test
    void whatTheServerRefusesEndsAWatch() {
        mcs.on("GET /v1/events?kind=x",
                Answer.of(400, "{\"detail\": \"There is no such kind.\", \"field\": \"kind\"}"));
        Trial trial = Trial.against(mcs).run("events", "-w", "--kind", "x");
        assertThat(trial.exitCode()).isEqualTo(3);
        assertThat(trial.err()).contains("no such kind");
    }

    @Test
    void aMigrationIsWatchedByItsEvents() {
        mcs.on("POST /v1/migrations", Answer.of(202, Bodies.json(Bodies.requested())));
        mcs.on("GET " + MIGRATION, Answer.of(200, Bodies.json(Bodies.requested())),
                Answer.of(200, Bodies.json(Bodies.completed())));
        mcs.on("GET " + MIGRATION + "/events", Answer.of(200, "id: 1\nevent: migration.phase\ndata: {}\n\n"));
        Trial trial = Trial.against(mcs).run("migrate", "web", "--to", "b-1");
        assertThat(trial.exitCode()).isZero();
        assertThat(mcs.requests()).contains("GET " + MIGRATION + "/events");
    }
}
