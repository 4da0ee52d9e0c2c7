package org.godwit.shim;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A packet that waits for an answer about an address.
 *
 * @param atNanos when the kernel kept it, on its monotonic clock
 * @param incoming from an unknown MoA; else for a HoA without a binding
 * @param address that MoA or HoA
 * @param frame with the Ethernet header
 */
record HeldPacket(long atNanos, boolean incoming, byte[] address, byte[] frame) {

    static HeldPacket read(ByteBuffer held) {
        byte[] frame = new byte[held.getInt(Abi.HELD_LENGTH)];
        held.get(Abi.HELD_FRAME, frame);
        return new HeldPacket(held.getLong(Abi.HELD_AT_NS), held.getInt(Abi.HELD_WHY) == Abi.EVENT_UNKNOWN_SOURCE,
                BpfMap.address(held, Abi.HELD_ADDRESS), frame);
    }

    boolean isAbout(boolean aMoa, byte[] sought) {
        return incoming == aMoa && Arrays.equals(address, sought);
    }
}
