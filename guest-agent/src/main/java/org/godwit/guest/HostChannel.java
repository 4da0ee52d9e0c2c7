package org.godwit.guest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.godwit.protocol.guest.GuestAnswer;
import org.godwit.protocol.guest.GuestCall;
import org.godwit.protocol.guest.GuestCodec;
import org.godwit.protocol.guest.GuestLineException;
import org.godwit.protocol.guest.GuestLines;
import org.godwit.protocol.guest.GuestReply;
import org.godwit.protocol.guest.GuestReply.Refused;
import org.godwit.protocol.guest.GuestRequest;

/**
 * Serves a host agent, or one after the other: a migration puts another host at the far end of the same open device, in the
 * middle of a line at worst.
 */
final class HostChannel {

    /** What answers; never throws. */
    interface Answering {
        GuestReply answer(GuestRequest request);
    }

    /** What to do when a read says "end": nobody is connected at the far end now. */
    interface Absence {

        /** Waits a moment; false to give up. */
        boolean await();
    }

    private final Answering agent;
    private final Absence absence;
    private final LineLog log;
    private final GuestLines lines = new GuestLines();
    private long malformed;

    HostChannel(Answering agent, Absence absence, LineLog log) {
        this.agent = agent;
        this.absence = absence;
        this.log = log;
    }

    /** Lines so far that were too long, too many or no message. */
    long skipped() {
        return lines.skipped() + malformed;
    }

    /** Returns when the absence gives up. */
    void serve(InputStream in, OutputStream out) throws IOException {
        byte[] piece = new byte[GuestCodec.LINE_BYTES_MAX];
        while (true) {
            int count = in.read(piece);
            if (count <= 0) {
                // A virtio-serial port without a host reads as ended, and goes on when one connects.
                if (!absence.await()) {
                    return;
                }
                continue;
            }
            lines.feed(piece, 0, count);
            for (byte[] line = lines.poll(); line != null; line = lines.poll()) {
                GuestAnswer answer = answer(line);
                if (answer != null) {
                    out.write(GuestCodec.encode(answer));
                    out.flush();
                }
            }
        }
    }

    private GuestAnswer answer(byte[] line) {
        try {
            GuestCall call = GuestCodec.decodeCall(line);
            return new GuestAnswer(call.id(), agent.answer(call.request()));
        } catch (GuestLineException e) {
            malformed++;
            log.line("line_skipped", "skipped", skipped(), "reason", e.getMessage());
            return e.id().isPresent()
                    ? new GuestAnswer(e.id().getAsLong(), Refused.because(e.code(), e.getMessage()))
                    : null;
        }
    }
}
