package org.godwit.shim;

import java.nio.ByteBuffer;

/** Checksums that a packet's sender left to a NIC which the packet never met. */
final class Checksums {

    private static final int ETHERNET_HEADER = 14;
    private static final int IP_HEADER = 40;
    private static final int HOP_BY_HOP = 0;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int ROUTING = 43;
    private static final int ICMPV6 = 58;
    private static final int DESTINATION_OPTIONS = 60;

    private Checksums() {}

    /**
     * Completes the checksum of a frame whose field holds the sum of the pseudo-header only (RFC 8200, section 8.1). All others
     * stay as they are, wrong ones too: the receiver is to see them.
     */
    static void complete(byte[] frame) {
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        if (frame.length < ETHERNET_HEADER + IP_HEADER) {
            return;
        }
        int protocol = frame[ETHERNET_HEADER + 6] & 0xff;
        int at = ETHERNET_HEADER + IP_HEADER;
        int end = at + (bytes.getShort(ETHERNET_HEADER + 4) & 0xffff);
        while (protocol == HOP_BY_HOP || protocol == ROUTING || protocol == DESTINATION_OPTIONS) {
            if (at + 2 > frame.length) {
                return;
            }
            protocol = frame[at] & 0xff;
            at += 8 * ((frame[at + 1] & 0xff) + 1);
        }
        int field = at + offsetOfField(protocol);
        if (field < at || field + 2 > end || end > frame.length) {
            return;
        }
        int pseudo = sum(frame, ETHERNET_HEADER + 8, ETHERNET_HEADER + IP_HEADER, protocol + (end - at));
        if ((bytes.getShort(field) & 0xffff) != pseudo) {
            return;
        }
        // The field holds the pseudo-header's sum already.
        int checksum = ~sum(frame, at, end, 0) & 0xffff;
        bytes.putShort(field, (short) (protocol == UDP && checksum == 0 ? 0xffff : checksum));
    }

    /** From the start of the upper-layer header; negative where there is no such checksum. */
    private static int offsetOfField(int protocol) {
        return switch (protocol) {
            case TCP -> 16;
            case UDP -> 6;
            case ICMPV6 -> 2;
            default -> -1;
        };
    }

    /** The ones' complement sum (RFC 1071), in 16 bits. */
    private static int sum(byte[] bytes, int from, int to, int start) {
        long sum = start;
        for (int i = from; i < to; i++) {
            sum += (bytes[i] & 0xffL) << ((i - from) % 2 == 0 ? 8 : 0);
        }
        while (sum > 0xffff) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (int) sum;
    }
}
