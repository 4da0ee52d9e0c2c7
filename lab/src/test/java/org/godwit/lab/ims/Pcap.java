package org.godwit.lab.ims;

import inet.ipaddr.IPAddressString;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;

/** Writes datagrams into a capture file, each in an IPv6 and a UDP header to the port of LISP control. */
final class Pcap {

    private static final int MAGIC = 0xa1b2c3d4;
    private static final int LINK_TYPE_IPV6 = 229;
    private static final int HEADERS = 48;
    private static final int PORT = 4342;
    private static final byte UDP = 17;

    private Pcap() {}

    static byte[] of(List<byte[]> payloads) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(
                ByteBuffer.allocate(24).putInt(MAGIC).putShort((short) 2).putShort((short) 4).putInt(0).putInt(0)
                        .putInt(65_535).putInt(LINK_TYPE_IPV6).array());
        for (byte[] payload : payloads) {
            byte[] packet = packet(payload);
            file.writeBytes(
                    ByteBuffer.allocate(16).putInt(0).putInt(0).putInt(packet.length).putInt(packet.length).array());
            file.writeBytes(packet);
        }
        return file.toByteArray();
    }

    private static byte[] packet(byte[] payload) {
        int length = HEADERS - 40 + payload.length;
        ByteBuffer out = ByteBuffer.allocate(HEADERS + payload.length);
        out.putInt(6 << 28).putShort((short) length).put(UDP).put((byte) 64);
        out.put(address("2001:db8:c::2")).put(address("2001:db8:f::53"));
        out.putShort((short) PORT).putShort((short) PORT).putShort((short) length).putShort((short) 0).put(payload);
        return out.putShort(46, (short) checksum(out)).array();
    }

    /** RFC 8200, section 8.1: over addresses, UDP header and payload, and the length and protocol of the pseudo-header. */
    private static int checksum(ByteBuffer packet) {
        long sum = packet.capacity() - 40 + UDP;
        for (int at = 8; at < packet.capacity(); at++) {
            sum += at % 2 == 0 ? (packet.get(at) & 0xff) << 8 : packet.get(at) & 0xff;
        }
        while (sum > 0xffff) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return sum == 0xffff ? 0xffff : (int) ~sum & 0xffff;
    }

    private static byte[] address(String text) {
        return new IPAddressString(text).getAddress().toIPv6().getBytes();
    }
}
