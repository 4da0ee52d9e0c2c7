package org.godwit.lab.experiment.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.LongPredicate;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PlayoutTest {

    private static final long START_US = 1_000_000_000;

    @Test
    void aStreamThatFlowsIsShownWhole() {
        List<Frame> frames = frames(_ -> true, sentUs -> sentUs);

        assertThat(Playout.live(frames, 200_000)).isEqualTo(new Playout.Live(100, 0, 0, 0));
        assertThat(Playout.patient(frames, 1_000_000)).isEqualTo(new Playout.Patient(100, 0, 0));
    }

    @Test
    void picturesThatAreMissingFreezeTheOneBefore() {
        List<Frame> frames = frames(each -> each < 50 || each >= 60, sentUs -> sentUs);

        assertThat(Playout.live(frames, 200_000)).isEqualTo(new Playout.Live(90, 10, 0, 400));
    }

    @Test
    void picturesThatAreHeldUpForLessThanTheBufferAreShown() {
        assertThat(Playout.live(frames(_ -> true, sentUs -> heldFor(180_000, sentUs)), 200_000))
                .isEqualTo(new Playout.Live(100, 0, 0, 0));
    }

    @Test
    void picturesThatAreHeldUpForLongerAreLate() {
        // Held up from the 51st on for half a second: the first seven come more than 200 ms too late.
        assertThat(Playout.live(frames(_ -> true, sentUs -> heldFor(500_000, sentUs)), 200_000))
                .isEqualTo(new Playout.Live(92, 0, 8, 320));
    }

    @Test
    void whoWaitsDoesNotNoticeWhatIsShorterThanHisBuffer() {
        assertThat(Playout.patient(frames(_ -> true, sentUs -> heldFor(900_000, sentUs)), 1_000_000).rebufferings())
                .isZero();
    }

    @Test
    void whoWaitsStopsWhenNothingIsLeftAndGoesOnWhenHisBufferIsFull() {
        // Nothing for 1.8 s: the picture of 2.0 s is due at 3.0 s, and at 3.8 s a second of the stream is there at once.
        assertThat(Playout.patient(frames(_ -> true, sentUs -> heldFor(1_800_000, sentUs)), 1_000_000))
                .isEqualTo(new Playout.Patient(100, 1, 800));
    }

    /** Nothing comes through in a time from the 51st picture on, and then all at once. */
    private static long heldFor(long us, long sentUs) {
        long fromUs = START_US + 50 * Frame.INTERVAL_US;
        return sentUs >= fromUs && sentUs < fromUs + us ? fromUs + us : sentUs;
    }

    private static List<Frame> frames(LongPredicate comes, LongUnaryOperator arrivesUs) {
        return LongStream.range(0, 100).filter(comes)
                .mapToObj(each -> new Frame(each * Frame.INTERVAL_US,
                        arrivesUs.applyAsLong(START_US + each * Frame.INTERVAL_US)))
                .toList();
    }
}
