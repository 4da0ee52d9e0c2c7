package org.godwit.host.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.godwit.host.disk.NextRound.Sent;
import org.junit.jupiter.api.Test;

class NextRoundTest {

    private static final long MIB = 1 << 20;
    private static final Duration MINUTE = Duration.ofMinutes(1);
    /** 10 MiB/s. */
    private static final Sent SLOW = new Sent(600 * MIB, MINUTE);
    private static final Sent ALL_WAS_THERE = new Sent(0, Duration.ofSeconds(2));

    @Test
    void aLayerThatGrewIsSentByItself() {
        assertThat(NextRound.of(60 * MIB, MINUTE, SLOW, 0))
                .isEqualTo(new NextRound(true, "61440 KiB written in 60.0 s"));
    }

    @Test
    void whatIsLittleGoesWithTheMemory() {
        assertThat(NextRound.of(NextRound.LITTLE_BYTES, MINUTE, ALL_WAS_THERE, 0).isSent()).isFalse();
        assertThat(NextRound.of(5 * MIB, MINUTE, SLOW, 0).isSent()).as("half a second of the link").isFalse();
        assertThat(NextRound.of(5 * MIB + 1, MINUTE, SLOW, 0).isSent()).isTrue();
    }

    @Test
    void aVmThatWritesAsFastAsTheLinkIsNotFollowedForEver() {
        assertThat(NextRound.of(440 * MIB, MINUTE, SLOW, 0).isSent()).isTrue();
        assertThat(NextRound.of(460 * MIB, MINUTE, SLOW, 0))
                .isEqualTo(new NextRound(false, "471040 KiB written in 60.0 s, nearly as fast as 10.5 MB/s are sent"));
        assertThat(NextRound.of(60 * MIB, MINUTE, SLOW, NextRound.ROUNDS_MAX))
                .isEqualTo(new NextRound(false, "61440 KiB written in 60.0 s, after 5 rounds"));
    }

    @Test
    void aLinkOfWhichNothingIsKnownIsTried() {
        assertThat(NextRound.of(460 * MIB, Duration.ZERO, ALL_WAS_THERE, 0).isSent()).isTrue();
    }
}
