package org.godwit.protocol.lisp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever comes, decoding ends with a message or with {@link MalformedFrameException}. The seed is fixed. */
class LispDecoderFuzzTest {

    private static final int ROUNDS = 200_000;
    private final Random random = new Random(4342);

    @Test
    void damagedFramesAreReadOrRefused() {
        byte[][] seeds = Arrays.stream(Frames.values()).map(Frames::golden).toArray(byte[][]::new);
        int read = 0;
        for (int round = 0; round < ROUNDS; round++) {
            read += survives(damaged(seeds[random.nextInt(seeds.length)])) ? 1 : 0;
        }
        // Otherwise the damage is so heavy that nothing behind the first checks is ever reached.
        assertThat(read).isGreaterThan(ROUNDS / 100);
    }

    @Test
    void noiseIsReadOrRefused() {
        for (int round = 0; round < ROUNDS; round++) {
            byte[] noise = new byte[random.nextInt(LispDecoder.FRAME_MAX + 64)];
            random.nextBytes(noise);
            survives(noise);
        }
    }

    private byte[] damaged(byte[] seed) {
        byte[] frame = seed.clone();
        for (int hits = 1 + random.nextInt(3); hits > 0 && frame.length > 0; hits--) {
            int at = random.nextInt(frame.length);
            switch (random.nextInt(5)) {
                case 0 -> frame[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> frame[at] = (byte) random.nextInt(256);
                case 2 -> frame[at] = (byte) (random.nextBoolean() ? 0xff : 0);
                case 3 -> frame = Arrays.copyOf(frame, at);
                default -> {
                    byte[] longer = Arrays.copyOf(frame, frame.length + 1 + random.nextInt(16));
                    System.arraycopy(frame, at, longer, longer.length - (frame.length - at), frame.length - at);
                    frame = longer;
                }
            }
        }
        return frame;
    }

    /** Returns whether it was a message; then it must be written and read again as the same one. */
    private static boolean survives(byte[] frame) {
        try {
            LispMessage message = Frames.message(LispDecoder.decode(ByteBuffer.wrap(frame)));
            byte[] again = switch (message) {
                case LispMessage.Unsigned unsigned -> LispEncoder.encode(unsigned);
                case LispMessage.Signed signed -> LispEncoder.encode(signed, Frames.Known.KEY);
            };
            assertThat(Frames.message(LispDecoder.decode(ByteBuffer.wrap(again)))).isEqualTo(message);
            return true;
        } catch (MalformedFrameException e) {
            assertThat(e.getMessage()).isNotBlank();
            return false;
        } catch (RuntimeException e) {
            return fail("not to be thrown for " + HexFormat.of().formatHex(frame), e);
        }
    }
}
