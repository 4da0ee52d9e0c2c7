package org.godwit.protocol.lisp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.godwit.model.AddressBinding;
import org.godwit.model.BindingState;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.lisp.LispMessage.MapNotify;
import org.godwit.protocol.lisp.LispMessage.MapNotifyAck;
import org.godwit.protocol.lisp.LispMessage.MapRegister;
import org.godwit.protocol.lisp.LispMessage.MapReply;
import org.godwit.protocol.lisp.LispMessage.MapRequest;

/**
 * The frames under {@code golden/lisp}, written by hand with a comment for each field, and what they mean. Their
 * authentication data were computed by another implementation (Python's hmac).
 */
enum Frames {

    MAP_REQUEST("map-request", new MapRequest(0x4142434445464748L,
            List.of(MobileAddress.of("2001:db8:d::9").address()), new Eid.Home(Known.HOA),
            Optional.of(HomeAddress.of("2001:db8:cafe::1")))),

    MAP_REQUEST_REVERSE("map-request-reverse", new MapRequest(0x4142434445464748L,
            List.of(MobileAddress.of("2001:db8:d::9").address()), new Eid.Mobile(Known.MOA_B), Optional.empty())),

    MAP_REQUEST_ENCAPSULATED("map-request-encapsulated", new LispMessage.EncapsulatedRequest(
            MobileAddress.of("2001:db8:d::9").address(), 61234, Known.HOA.address(),
            new MapRequest(0x4142434445464748L, List.of(MobileAddress.of("2001:db8:d::9").address()),
                    new Eid.Home(Known.HOA), Optional.empty()))),

    MAP_REPLY("map-reply", new MapReply(0x4142434445464748L, new MapRecord.OfHome(5,
            new Mapping(Known.HOA, Optional.of(Known.MOA_A), Optional.of(Known.MOA_B),
                    Optional.of(MobileAddress.of("2001:db8:c::100")), new Epoch(7))))),

    MAP_REPLY_NEGATIVE("map-reply-negative",
            new MapReply(0x4142434445464748L, new MapRecord.OfHome(15, Mapping.none(Known.HOA)))),

    MAP_REPLY_REVERSE("map-reply-reverse", new MapReply(0x4142434445464748L, new MapRecord.OfMobile(5, Known.MOA_B,
            Optional.of(new AddressBinding(Known.HOA, Known.MOA_B, BindingState.STAGED, new Epoch(7)))))),

    MAP_REGISTER("map-register", new MapRegister(0x102, 1, true,
            new MapRecord.OfHome(5, Mapping.none(Known.HOA).activate(Known.MOA_A, Epoch.NONE)))),

    MAP_NOTIFY("map-notify", new MapNotify(0x4142434445464749L, 1, new MapRecord.OfHome(5,
            Mapping.none(Known.HOA).activate(Known.MOA_A, Epoch.NONE).stage(Known.MOA_B, new Epoch(7))))),

    MAP_NOTIFY_ACK("map-notify-ack", new MapNotifyAck(0x4142434445464749L, 1, new MapRecord.OfHome(5,
            Mapping.none(Known.HOA).activate(Known.MOA_A, Epoch.NONE).stage(Known.MOA_B, new Epoch(7)))));

    final String file;
    final LispMessage message;

    Frames(String file, LispMessage message) {
        this.file = file;
        this.message = message;
    }

    byte[] golden() {
        Path path = Path.of("src/test/resources/golden/lisp", file + ".txt");
        try {
            return HexFormat.of().parseHex(Files.readAllLines(path).stream().map(line -> line.replaceFirst("#.*", ""))
                    .collect(Collectors.joining()).replace(" ", ""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    byte[] encoded() {
        return switch (message) {
            case LispMessage.Unsigned unsigned -> LispEncoder.encode(unsigned);
            case LispMessage.Signed signed -> LispEncoder.encode(signed, Known.KEY);
        };
    }

    static LispMessage message(Incoming incoming) {
        return switch (incoming) {
            case Incoming.Unsigned unsigned -> unsigned.message();
            case Incoming.Signed signed -> signed.claim();
        };
    }

    /** The values of the frames; enum constants cannot use static fields of their own enum. */
    static final class Known {

        static final HomeAddress HOA = HomeAddress.of("2001:db8:face::1");
        static final MobileAddress MOA_A = MobileAddress.of("2001:db8:a::100");
        static final MobileAddress MOA_B = MobileAddress.of("2001:db8:b::100");
        static final MappingKey KEY = MappingKey.ofHex(IntStream.range(0, 32).mapToObj("%02x"::formatted)
                .collect(Collectors.joining()));

        private Known() {}
    }
}
