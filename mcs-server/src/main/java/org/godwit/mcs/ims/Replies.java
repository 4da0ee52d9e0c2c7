package org.godwit.mcs.ims;

import java.util.Optional;
import java.util.stream.Stream;
import org.godwit.model.AddressBinding;
import org.godwit.model.Epoch;
import org.godwit.protocol.lisp.LispEncoder;
import org.godwit.protocol.lisp.LispMessage.MapReply;
import org.godwit.protocol.lisp.MapRecord;
import org.godwit.protocol.lisp.Mapping;

/**
 * Nobody who forges a source shall make us send its owner more than was sent to us: an answer that is longer than its question
 * leaves out what its receiver needs least.
 */
final class Replies {

    private Replies() {}

    /** Empty when there is no room even for what is needed most. @param room bytes */
    static Optional<byte[]> shorterThan(int room, MapReply reply) {
        return Stream.of(reply, reduced(reply, false), reduced(reply, true)).map(LispEncoder::encode)
                .filter(frame -> frame.length <= room).findFirst();
    }

    /** Without what is retired; then without epoch and what is staged, which no unsigned message makes anybody believe. */
    private static MapReply reduced(MapReply reply, boolean toTheMinimum) {
        return new MapReply(reply.nonce(), switch (reply.record()) {
            case MapRecord.OfHome(int ttl, Mapping all) -> new MapRecord.OfHome(ttl,
                    new Mapping(all.hoa(), all.active(), toTheMinimum ? Optional.empty() : all.staged(),
                            Optional.empty(), toTheMinimum ? Epoch.NONE : all.epoch()));
            case MapRecord.OfMobile(int ttl, var moa, var binding) -> new MapRecord.OfMobile(ttl, moa,
                    toTheMinimum
                            ? binding.map(it -> new AddressBinding(it.hoa(), it.moa(), it.state(), Epoch.NONE))
                            : binding);
        });
    }
}
