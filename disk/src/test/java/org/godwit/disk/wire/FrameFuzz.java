package org.godwit.disk.wire;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Bytes from a stranger: understood, or refused in the declared way. What was understood is written again and compared. */
public final class FrameFuzz {

    private FrameFuzz() {}

    static List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        for (Frames frame : Frames.values()) {
            seeds.add(frame.golden());
        }
        return seeds;
    }

    public static void fuzzerTestOneInput(byte[] bytes) throws IOException {
        ByteArrayInputStream in = new ByteArrayInputStream(bytes);
        try {
            while (true) {
                Frame frame = FrameCodec.read(in);
                ByteArrayOutputStream again = new ByteArrayOutputStream();
                FrameCodec.write(frame, again);
                if (!FrameCodec.read(new ByteArrayInputStream(again.toByteArray())).equals(frame)) {
                    throw new AssertionError(frame + " is not the same when written and read again");
                }
            }
        } catch (MalformedFrameException | EOFException e) {
            // Refused, or there is no more.
            return;
        }
    }
}
