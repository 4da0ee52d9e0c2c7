package org.godwit.disk.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/** The frames under {@code golden}, written by hand with a comment for each field, and what they mean. */
enum Frames {

    OPEN("open", new Frame.Open(Known.TRANSFER, new Geometry(2L << 30, 256 << 10), 300L << 20, "vda")),

    JOIN("join", new Frame.Join(Known.TRANSFER)),

    READY("ready", new Frame.Ready()),

    OFFER("offer", new Frame.Offer(4096, List.of(Known.HASH, ChunkHash.ZERO))),

    WANT("want", new Frame.Want(4096, 1)),

    CHUNK("chunk", new Frame.Chunk(4096, Frame.Codec.ZSTD, Known.BYTES, 5)),

    ZEROES("zeroes", new Frame.Zeroes(4098, 4094)),

    END("end", new Frame.End()),

    ENDED("ended", new Frame.Ended()),

    STILL_HERE("still-here", new Frame.StillHere()),

    VERIFY("verify", new Frame.Verify(8192, Known.HASH)),

    VERIFYING("verifying", new Frame.Verifying(4096)),

    VERIFIED("verified", new Frame.Verified()),

    REFUSED("refused", new Frame.Refused(Refusal.NO_SPACE, "full"));

    final String file;
    final Frame frame;

    Frames(String file, Frame frame) {
        this.file = file;
        this.frame = frame;
    }

    byte[] golden() {
        try {
            return HexFormat.of()
                    .parseHex(Files.readAllLines(Path.of("src/test/resources/golden", file + ".txt")).stream()
                            .map(line -> line.replaceFirst("#.*", "")).collect(Collectors.joining()).replace(" ", ""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    byte[] encoded() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            FrameCodec.write(frame, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** In a class of its own: constants of an enum are made before its other fields. */
    private static final class Known {
        static final TransferId TRANSFER = new TransferId(UUID.fromString("00010203-0405-0607-0809-0a0b0c0d0e0f"));
        static final byte[] BYTES = "hello".getBytes(StandardCharsets.US_ASCII);
        static final ChunkHash HASH = ChunkHash.of(BYTES, 0, BYTES.length);
    }
}
