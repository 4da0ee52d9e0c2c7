package org.godwit.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private Instant now = Instant.EPOCH;
    private final StringWriter terminal = new StringWriter();

    @Test
    void theRestIsEstimatedFromTheRunsAloneAndNotFromThePreparation() {
        InstantSource clock = () -> now;
        Progress progress = new Progress(new PrintWriter(terminal), clock);
        now = now.plusSeconds(100);
        progress.runsBegin();
        now = now.plusSeconds(10);
        progress.ran(1, 31, "first");
        now = now.plusSeconds(290);
        progress.ran(30, 31, "thirtieth");
        now = now.plusSeconds(10);
        progress.ran(31, 31, "last");

        assertThat(terminal.toString().lines()).containsExactly("[ 110.0 s] run 1 of 31, about 5 min left: first",
                "[ 400.0 s] run 30 of 31, about 10 s left: thirtieth", "[ 410.0 s] run 31 of 31: last");
    }
}
