package org.godwit.shim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Sends Ethernet frames as they are, through a packet socket (AF_PACKET). Needs root. */
public final class LinkFrame {

    private static final NativeCall SENDTO = NativeCall.ofC("sendto");
    private static final NativeCall SOCKET = NativeCall.ofC("socket");

    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_CLOEXEC = 0x80000;

    /** struct sockaddr_ll: family, protocol, int index at 4, …; what is zero here is taken from the frame. */
    private static final int ADDRESS_BYTES = 20;
    private static final int ADDRESS_INDEX = 4;

    private LinkFrame() {}

    /**
     * @param frame with its Ethernet header, without a check sequence
     * @throws ShimException when there is no such interface or it is down
     */
    public static void send(String interfaceName, byte[] frame) {
        int index = Libc.interfaceIndex(interfaceName);
        if (index == 0) {
            throw new ShimException("there is no interface " + interfaceName);
        }
        // With protocol 0 the socket hears nothing: it is for sending only.
        NativeCall.Result socket = SOCKET.call(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
        if (socket.number() < 0) {
            throw new ShimException("no packet socket can be made: " + Libc.message(socket.errno()));
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(ADDRESS_BYTES, Integer.BYTES);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_PACKET);
            address.set(ValueLayout.JAVA_INT, ADDRESS_INDEX, index);
            MemorySegment bytes = arena.allocate(frame.length);
            MemorySegment.copy(frame, 0, bytes, ValueLayout.JAVA_BYTE, 0, frame.length);
            NativeCall.Result sent = SENDTO.call(socket.number(), bytes.address(), frame.length, 0, address.address(),
                    ADDRESS_BYTES);
            if (sent.word() < 0) {
                throw new ShimException(
                        "a frame cannot be sent through " + interfaceName + ": " + Libc.message(sent.errno()));
            }
        } finally {
            Libc.close(socket.number());
        }
    }
}
