package org.godwit.shim;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Sends frames through matif, and ICMPv6 errors to who sent one, by raw sockets of the namespace in which it was made. */
final class KernelInjection implements Injection {

    private static final int IPPROTO_ICMPV6 = 58;
    private static final int ETH_P_IPV6 = 0x86dd;
    private static final int ETHERNET_HEADER = 14;

    /** In an IPv6 header. */
    private static final int SOURCE = 8;
    private static final int DESTINATION_UNREACHABLE = 1;
    private static final int ADDRESS_UNREACHABLE = 3;

    /** An error must fit into the smallest MTU: 1280 bytes with both headers (RFC 4443, section 2.4). */
    private static final int QUOTE_BYTES_MAX = 1280 - 40 - 8;

    private final int matif;
    private final int frames;
    private final int errors;

    /** @param matif the index of the interface */
    KernelInjection(int matif) {
        this.matif = matif;
        // Protocol 0: it receives nothing.
        frames = Libc.socket(Libc.AF_PACKET, Libc.SOCK_RAW, 0, "that sends through matif");
        errors = Libc.socket(Libc.AF_INET6, Libc.SOCK_RAW, IPPROTO_ICMPV6, "that sends ICMPv6 errors");
    }

    @Override
    public void out(byte[] frame) {
        Libc.send(frames, frame, place(ETH_P_IPV6));
    }

    @Override
    public void in(byte[] frame) {
        Libc.send(frames, frame, place(Abi.PROTOCOL_HELD_IN));
    }

    /** struct sockaddr_ll */
    private byte[] place(int protocol) {
        ByteBuffer address = BpfMap.buffer(20).putShort((short) Libc.AF_PACKET);
        address.order(ByteOrder.BIG_ENDIAN).putShort((short) protocol);
        return address.order(ByteOrder.nativeOrder()).putInt(matif).array();
    }

    /** The kernel completes the checksum. */
    @Override
    public void unreachable(byte[] frame) {
        byte[] quoted = Arrays.copyOfRange(frame, ETHERNET_HEADER,
                Math.min(frame.length, ETHERNET_HEADER + QUOTE_BYTES_MAX));
        ByteBuffer error = ByteBuffer.allocate(8 + quoted.length).put((byte) DESTINATION_UNREACHABLE);
        // struct sockaddr_in6
        ByteBuffer sender = BpfMap.buffer(28).putShort((short) Libc.AF_INET6).put(8, quoted, SOURCE, Abi.ADDRESS_BYTES);
        Libc.send(errors, error.put((byte) ADDRESS_UNREACHABLE).put(8, quoted).array(), sender.array());
    }

    @Override
    public void close() {
        Libc.close(frames);
        Libc.close(errors);
    }
}
