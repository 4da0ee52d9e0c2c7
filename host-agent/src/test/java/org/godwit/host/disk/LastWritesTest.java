package org.godwit.host.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.godwit.host.disk.LastWrites.Copy;
import org.godwit.host.disk.LastWrites.Writing;
import org.junit.jupiter.api.Test;

class LastWritesTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    /** 10 s of memory, on Gigabit Ethernet. */
    private static final Copy NEAR = new Copy(1_250_000_000, 125e6, Duration.ofMillis(1), MINUTE);
    private static final Copy FAR = new Copy(1_250_000_000, 125e6, Duration.ofMillis(100), MINUTE);

    @Test
    void smallWritesHereAndThereAreSentAsTheyAre() {
        assertThat(LastWrites.of(new Writing(100, 409_600, 1000), NEAR)).isEqualTo(new LastWrites(true,
                "100 writes/s, a round trip of 1.0 ms, memory within 10.0 s: at once 3.9 MB and 99 % of all writes,"
                        + " later 69.2 MB"));
    }

    @Test
    void whatIsWrittenAgainAndAgainIsBetterSentAfterwards() {
        assertThat(LastWrites.of(new Writing(5000, 20_480_000, 4), NEAR).areSentAtOnce())
                .as("a piece that was written 125 times is sent once").isFalse();
        assertThat(LastWrites.of(new Writing(5000, 20_480_000, 400), NEAR).areSentAtOnce())
                .as("but not what is written all over the disk").isTrue();
    }

    @Test
    void aVmIsNotMadeToWaitForATargetThatIsFarAway() {
        Writing writing = new Writing(100, 409_600, 1000);
        assertThat(LastWrites.of(writing, FAR).areSentAtOnce()).isTrue();
        assertThat(LastWrites.of(writing, FAR).reason()).contains("0.4 MB and 87 % of all writes");
        Copy farther = new Copy(FAR.memoryBytes(), FAR.bytesPerSecond(), Duration.ofMillis(101), FAR.soFar());
        assertThat(LastWrites.of(writing, farther).areSentAtOnce()).isFalse();
    }

    @Test
    void ofAVmThatDoesNotWriteNothingWaits() {
        assertThat(LastWrites.of(new Writing(0, 0, Long.MAX_VALUE), FAR)).isEqualTo(new LastWrites(true,
                "0 writes/s, a round trip of 100.0 ms, memory within 10.0 s: at once 0.0 MB and 100 % of all writes,"
                        + " later 0.0 MB"));
    }

    @Test
    void aLinkOfWhichNothingIsKnownIsLeftToTheHypervisor() {
        assertThat(LastWrites.of(new Writing(100, 409_600, 1000), new Copy(1 << 28, 0, Duration.ofMillis(1), MINUTE)))
                .isEqualTo(new LastWrites(false, "nothing is known of the link"));
    }
}
