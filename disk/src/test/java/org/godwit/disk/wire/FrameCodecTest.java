package org.godwit.disk.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import org.godwit.testing.Fuzzing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameCodecTest {

    @ParameterizedTest
    @EnumSource
    void framesAreThoseOfTheDocument(Frames frame) throws IOException {
        assertThat(HexFormat.of().formatHex(frame.encoded())).isEqualTo(HexFormat.of().formatHex(frame.golden()));
        assertThat(FrameCodec.read(new ByteArrayInputStream(frame.golden()))).isEqualTo(frame.frame);
    }

    @ParameterizedTest
    @EnumSource
    void aFrameThatBreaksOffIsNone(Frames frame) {
        byte[] whole = frame.golden();
        for (int length = 0; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> FrameCodec.read(new ByteArrayInputStream(part))).isInstanceOf(EOFException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "00000000", // no type
            "0010000b 06", // longer than any chunk
            "00000801 04", // longer than any frame but a chunk
            "00000001 00", // no such type
            "00000002 03 00", // a byte too many
            "0000000a 04 0000000000000000 00", // an offer of nothing
            "0000000d 05 0000000000000000 00010000", // wants the 17th chunk
            "0000000a 06 0000000000000000 00", // a chunk without bytes
            "0000000b 06 0000000000000000 02 00", // no such codec
            "00000011 07 7fffffffffffffff 7fffffffffffffff", // ends nowhere
            "00000011 07 0000000000000000 0000000000000000", // no chunk
            "00000017 02 47574432 0001 00010203040506070809 0a0b0c0d0e0f", // another protocol
            "00000017 02 47574431 0002 00010203040506070809 0a0b0c0d0e0f", // another version
            "00000002 0e 00", // no reason
            "00000002 0e 08", // no such reason
    })
    void whatBreaksALimitIsRefused(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        byte[] followed = Arrays.copyOf(bytes, Math.max(bytes.length, 4096));
        assertThatThrownBy(() -> FrameCodec.read(new ByteArrayInputStream(followed)))
                .isInstanceOf(MalformedFrameException.class);
    }

    @Test
    void whateverComesIsUnderstoodOrRefused() {
        Fuzzing.run(FrameFuzz.class, FrameFuzz.seeds());
    }
}
