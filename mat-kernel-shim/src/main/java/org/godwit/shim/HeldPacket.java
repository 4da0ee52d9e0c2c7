package org.godwit.shim;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A packet that waits for an answer about an address.
 *
 * @param atNanos when the kernel kept it, on its monotonic clock
 * @param incoming from an unknown MoA or for an unknown proxy address; else for a HoA without a binding or from a stranger
 * @param address that MoA, proxy address, HoA or stranger
 * @param frame with the Ethernet header
 */
record HeldPacket(long atNanos, boolean incoming, byte[] address, byte[] frame) {

    static HeldPacket read(ByteBuffer held) {
        byte[] frame = new byte[held.getInt(Abi.HELD_LENGTH)];
        held.get(Abi.HELD_FRAME, frame);
        int why = held.getInt(Abi.HELD_WHY);
        return new HeldPacket(held.getLong(Abi.HELD_AT_NS),
                why == Abi.EVENT_UNKNOWN_SOURCE || why == Abi.EVENT_UNKNOWN_PROXY,
                BpfMap.address(held, Abi.HELD_ADDRESS), frame);
    }

    boolean isAbout(boolean aMoa, byte[] sought) {
        return incoming == aMoa && Arrays.equals(address, sought);
    }
}
