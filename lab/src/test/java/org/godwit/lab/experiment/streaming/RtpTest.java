package org.godwit.lab.experiment.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class RtpTest {

    /** Three packets each; the numbers wrap in the second one. */
    private static final List<String> THREE_PICTURES = List.of(line(1_000, false, 65_532, 4_294_965_496L),
            line(1_001, false, 65_533, 4_294_965_496L), line(1_002, true, 65_534, 4_294_965_496L),
            line(41_000, false, 65_535, 1_800), line(41_500, false, 0, 1_800), line(42_000, true, 1, 1_800),
            line(81_000, false, 2, 5_400), line(81_500, false, 3, 5_400), line(82_000, true, 4, 5_400));

    @Test
    void aPictureIsThereWithItsLastPacket() {
        assertThat(Rtp.frames(THREE_PICTURES)).containsExactly(new Frame(0, 1_002), new Frame(40_000, 42_000),
                new Frame(80_000, 82_000));
    }

    @Test
    void aPictureOfWhichAPacketIsMissingIsLost() {
        assertThat(Rtp.frames(without(4))).containsExactly(new Frame(0, 1_002), new Frame(80_000, 82_000));
    }

    @Test
    void whereTheEndOfAPictureIsMissingTheNextOneIsTakenForCut() {
        assertThat(Rtp.frames(without(5))).containsExactly(new Frame(0, 1_002));
    }

    @Test
    void packetsThatComeTwiceOrInAnotherOrderMakeTheSamePictures() {
        List<String> muddled = new ArrayList<>(THREE_PICTURES);
        muddled.add(5, muddled.remove(4));
        muddled.add(line(90_000, false, 3, 5_400));
        muddled.addFirst("listening on matif");

        assertThat(Rtp.frames(muddled)).isEqualTo(Rtp.frames(THREE_PICTURES));
        assertThat(Rtp.frames(List.of("listening on matif"))).isEmpty();
    }

    @Test
    void whatIsLeftOfAFilmBeforeIsNoPictureOfThisOne() {
        List<String> lines = new ArrayList<>(THREE_PICTURES);
        lines.addFirst(line(10, true, 77, 123_456).replace(".1024 >", ".1023 >"));
        lines.add(4, line(2_000, true, 78, 127_056).replace(".1024 >", ".1023 >"));

        assertThat(Rtp.frames(lines)).isEqualTo(Rtp.frames(THREE_PICTURES));
    }

    private static List<String> without(int each) {
        List<String> lines = new ArrayList<>(THREE_PICTURES);
        lines.remove(each);
        return lines;
    }

    private static String line(long atUs, boolean isLast, int sequence, long ticks) {
        return String.format(Locale.ROOT,
                "0.%06d IP6 2001:db8:face::1.1024 > 2001:db8:face::2.5004: udp/rtp 793 c96 %s %d %d",
                atUs, isLast ? "*" : "", sequence, ticks);
    }
}
