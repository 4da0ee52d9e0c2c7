package org.godwit.shim;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.godwit.model.MobileAddress;

/** Addresses that are nobody's MoA, each believed for a while. When there are too many, old ones give way. */
record PlainNodes(BpfMap map, LongSupplier monotonicNanos) {

    void put(MobileAddress address, Duration lifetime) {
        map.put(address.bytes(), BpfMap.buffer(Abi.PLAIN_BYTES).putLong(Abi.PLAIN_UNTIL_NS,
                monotonicNanos.getAsLong() + lifetime.toNanos()));
    }

    /** Whether the address that it waits for is one of them. */
    boolean canPass(HeldPacket packet) {
        return packet.incoming() && map.get(packet.address())
                .filter(value -> value.getLong(Abi.PLAIN_UNTIL_NS) > monotonicNanos.getAsLong()).isPresent();
    }
}
