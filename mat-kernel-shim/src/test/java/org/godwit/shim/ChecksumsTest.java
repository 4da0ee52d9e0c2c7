package org.godwit.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.godwit.shim.Fixtures.HOA;
import static org.godwit.shim.Fixtures.PEER;
import static org.godwit.shim.Packets.frame;
import static org.godwit.shim.Packets.ip;
import static org.godwit.shim.Packets.partial;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ChecksumsTest {

    static List<Packets.Upper> uppers() {
        return List.of(Packets.tcp(), Packets.udp(), Packets.icmp(128));
    }

    @ParameterizedTest
    @MethodSource("uppers")
    void whatWasLeftToTheNicIsCompleted(Packets.Upper upper) {
        byte[] frame = frame(ip(HOA, PEER, partial(upper, HOA, PEER)));

        Checksums.complete(frame);

        assertThat(frame).isEqualTo(frame(ip(HOA, PEER, upper)));
    }

    @Test
    void extensionHeadersStandInNobodysWay() {
        byte[] frame = frame(ip(HOA, PEER, partial(Packets.tcp(), HOA, PEER), Packets.HOP_BY_HOP,
                Packets.DESTINATION_OPTIONS));

        Checksums.complete(frame);

        assertThat(frame).isEqualTo(frame(ip(HOA, PEER, Packets.tcp(), Packets.HOP_BY_HOP,
                Packets.DESTINATION_OPTIONS)));
    }

    @Test
    void whatIsRightOrWrongOrHasNoSumStays() {
        byte[] right = frame(ip(HOA, PEER, Packets.udp()));
        byte[] wrong = right.clone();
        wrong[wrong.length - 1]++;
        byte[] none = frame(ip(HOA, PEER, Packets.raw(132, new byte[20])));
        byte[] fragment = frame(Packets.fragment(HOA, PEER, Packets.udp(), 0, 24));

        for (byte[] frame : List.of(right, wrong, none, fragment)) {
            byte[] before = frame.clone();
            Checksums.complete(frame);
            assertThat(frame).isEqualTo(before);
        }
    }

    @Test
    void cutPacketsDoNoHarm() {
        byte[] whole = frame(ip(HOA, PEER, partial(Packets.tcp(), HOA, PEER), Packets.HOP_BY_HOP));

        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatNoException().isThrownBy(() -> Checksums.complete(cut));
            assertThat(cut).isEqualTo(Arrays.copyOf(whole, cut.length));
        }
    }
}
