package org.godwit.guest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Optional;
import org.godwit.protocol.guest.GuestAnswer;
import org.godwit.protocol.guest.GuestCall;
import org.godwit.protocol.guest.GuestCodec;
import org.godwit.protocol.guest.GuestLineException;
import org.godwit.protocol.guest.GuestReply;
import org.godwit.protocol.guest.GuestReply.GuestStatus;
import org.godwit.protocol.guest.GuestReply.Settled;
import org.godwit.protocol.guest.GuestReply.Staged;
import org.godwit.protocol.guest.GuestRequest;
import org.godwit.protocol.guest.GuestRequest.Enrol;
import org.godwit.protocol.guest.GuestRequest.Settle;
import org.godwit.protocol.guest.GuestRequest.Stage;

/**
 * What an agent leaves to its successor: the calls whose effects stand, with their answers, as they went over the channel.
 *
 * @param status with the place from before what is staged
 * @param stage begun, and done if {@code staged} is there too
 * @param settle the last one that was done, with its answer
 */
record Memory(Enrol identity, GuestStatus status, Optional<Stage> stage, Optional<Staged> staged,
        Optional<Settle> settle, Optional<Settled> settled) {

    private static final byte CALL = '>';
    private static final byte ANSWER = '<';

    String text() {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        call(lines, identity);
        answer(lines, status);
        stage.ifPresent(it -> call(lines, it));
        staged.ifPresent(it -> answer(lines, it));
        settle.ifPresent(it -> call(lines, it));
        settled.ifPresent(it -> answer(lines, it));
        return lines.toString(UTF_8);
    }

    private static void call(ByteArrayOutputStream lines, GuestRequest request) {
        lines.write(CALL);
        lines.writeBytes(GuestCodec.encode(new GuestCall(1, request)));
    }

    private static void answer(ByteArrayOutputStream lines, GuestReply reply) {
        lines.write(ANSWER);
        lines.writeBytes(GuestCodec.encode(new GuestAnswer(1, reply)));
    }

    /** @return empty for what is no such text, such as that of an agent which was not enrolled */
    static Optional<Memory> of(String text) {
        Reading reading = new Reading();
        try {
            for (String line : text.lines().toList()) {
                byte[] message = line.substring(1).getBytes(UTF_8);
                if (line.charAt(0) == CALL) {
                    reading.take(GuestCodec.decodeCall(message).request());
                } else {
                    reading.take(GuestCodec.decodeAnswer(message).reply());
                }
            }
        } catch (GuestLineException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
        return reading.memory();
    }

    private static final class Reading {

        private Enrol identity;
        private GuestStatus status;
        private Stage stage;
        private Staged staged;
        private Settle settle;
        private Settled settled;

        void take(GuestRequest request) {
            switch (request) {
                case Enrol it -> identity = it;
                case Stage it -> stage = it;
                case Settle it -> settle = it;
                case GuestRequest.Status _,GuestRequest.Arm _,GuestRequest.Unstage _ -> {
                    // Leave nothing to be remembered.
                }
            }
        }

        void take(GuestReply reply) {
            switch (reply) {
                case GuestStatus it -> status = it;
                case Staged it -> staged = it;
                case Settled it -> settled = it;
                case GuestReply.Done _,GuestReply.Refused _ -> {
                    // As above.
                }
            }
        }

        Optional<Memory> memory() {
            if (identity == null || status == null || status.activeMoa().isEmpty() || status.activeMac().isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(new Memory(identity, status, Optional.ofNullable(stage), Optional.ofNullable(staged),
                    Optional.ofNullable(settle), Optional.ofNullable(settled)));
        }
    }
}
