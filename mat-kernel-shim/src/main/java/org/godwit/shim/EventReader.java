package org.godwit.shim;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;

/** Turns the kernel's records into events. */
final class EventReader {

    private EventReader() {}

    /** @return empty for a record about an address that can be nobody's HoA or MoA: anybody may send such packets */
    static Optional<ShimEvent> read(ByteBuffer record) {
        byte[] address = BpfMap.address(record, Abi.EVENT_ADDRESS);
        try {
            return Optional.of(switch (record.getInt(Abi.EVENT_TYPE)) {
                case Abi.EVENT_MISS_OUT -> new ShimEvent.MissOut(HomeAddress.of(address));
                case Abi.EVENT_UNKNOWN_SOURCE -> new ShimEvent.UnknownSource(MobileAddress.of(address));
                case Abi.EVENT_FLIPPED -> new ShimEvent.Flipped(SharedWords.slot(record.getInt(Abi.EVENT_SLOT)),
                        trigger(record.getInt(Abi.EVENT_TRIGGER)));
                case Abi.EVENT_PEER_FLIPPED -> new ShimEvent.PeerFlipped(HomeAddress.of(address),
                        MobileAddress.of(BpfMap.address(record, Abi.EVENT_MOA)));
                case Abi.EVENT_STRANGER -> new ShimEvent.Stranger(HomeAddress.of(address));
                case Abi.EVENT_UNKNOWN_PROXY -> new ShimEvent.UnknownProxy(MobileAddress.of(address));
                default -> throw new ShimException("the kernel reports an event of unknown type "
                        + record.getInt(Abi.EVENT_TYPE));
            });
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static FlipTrigger trigger(int number) {
        return switch (number) {
            case Abi.TRIGGER_RECEIVED -> FlipTrigger.RECEIVED;
            case Abi.TRIGGER_ANNOUNCED -> FlipTrigger.ANNOUNCED;
            case Abi.TRIGGER_NOTIFIED -> FlipTrigger.NOTIFIED;
            default -> throw new ShimException("the kernel reports a flip by unknown trigger " + number);
        };
    }
}
