package org.godwit.protocol.guest;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.MobileAddress;

/** Bytes on the guest's channel, in both directions: cut into lines, decoded, and what was understood is written again. */
public final class GuestChannelFuzz {

    private GuestChannelFuzz() {}

    static List<byte[]> seeds() {
        return List.of(GuestCodec.encode(new GuestCall(1, new GuestRequest.Status())),
                GuestCodec.encode(new GuestCall(2, new GuestRequest.Arm(new Epoch(7)))),
                """
                        {"v":1,"id":3,"do":"stage","interface_mac":"52:54:00:00:00:02","gateway":{"link_local":"fe80::b1",\
                        "mac":"02:00:00:00:00:b1","prefix":"2001:db8:b::/64"},"epoch":3}
                        {"v":1,"id":4,"do":"enrol","hoa":"2001:db8:face::1","hoa_space":"2001:db8:face::/64",\
                        "ims_address":"2001:db8:c::1","ims_port":4342,"ims_key":"%s"}
                        """
                        .formatted("00".repeat(32)).getBytes(StandardCharsets.UTF_8),
                GuestCodec.encode(new GuestAnswer(5,
                        new GuestReply.Staged(MobileAddress.of("2001:db8:b::2"), MacAddress.of("52:54:00:00:00:02"),
                                LinkLocalAddress.of("fe80::2")))),
                """
                        {"v":1,"id":6,"is":"status","enrolled":true,"hoa":"%s","armed":false,"epoch":2}
                        """.formatted(HomeAddress.of("2001:db8:face::1")).getBytes(StandardCharsets.UTF_8),
                GuestCodec.encode(new GuestAnswer(7, new GuestReply.Refused(RefusalCode.MALFORMED, "what?"))));
    }

    public static void fuzzerTestOneInput(byte[] bytes) {
        GuestLines lines = new GuestLines();
        lines.feed(bytes, 0, bytes.length);
        for (byte[] line = lines.poll(); line != null; line = lines.poll()) {
            call(line);
            answer(line);
        }
    }

    private static void call(byte[] line) {
        try {
            GuestCall call = GuestCodec.decodeCall(line);
            same(call, GuestCodec.decodeCall(withoutEnd(GuestCodec.encode(call))));
        } catch (GuestLineException e) {
            // What is refused with words is well treated.
        }
    }

    private static void answer(byte[] line) {
        try {
            GuestAnswer answer = GuestCodec.decodeAnswer(line);
            same(answer, GuestCodec.decodeAnswer(withoutEnd(GuestCodec.encode(answer))));
        } catch (GuestLineException e) {
            // As above.
        }
    }

    private static byte[] withoutEnd(byte[] line) {
        if (line.length > GuestCodec.LINE_BYTES_MAX) {
            throw new IllegalStateException("a line of " + line.length + " bytes is written");
        }
        return Arrays.copyOf(line, line.length - 1);
    }

    private static void same(Object understood, Object again) {
        if (!understood.equals(again)) {
            throw new IllegalStateException(understood + " is written so that it is read as " + again);
        }
    }
}
