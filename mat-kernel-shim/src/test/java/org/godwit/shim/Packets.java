package org.godwit.shim;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import org.godwit.model.MobileAddress;

/** Builds packets by the RFCs, checksums and all, so that what BPF makes of them can be compared byte by byte. */
final class Packets {

    static final int TCP = 6;
    static final int UDP = 17;
    static final int DCCP = 33;
    static final int FRAGMENT = 44;
    static final int ICMPV6 = 58;
    static final int HOP_BY_HOP = 0;
    static final int ROUTING = 43;
    static final int DESTINATION_OPTIONS = 60;
    static final int SCTP = 132;
    static final int UDP_LITE = 136;

    /** A flow label that a relay has set, and how many bits of it are the number. */
    static final int STAMPED = 0x80000;
    static final int STAMP_NUMBER = 0x7ffff;

    private static final int IP_HEADER = 40;
    private static final byte[] ETHERNET = HexFormat.of().parseHex("0200000000010200000000fe86dd");
    private static final byte[] BODY = "forty-two bytes of what applications say..".getBytes();

    private Packets() {}

    /**
     * What IPv6 carries.
     *
     * @param checksumAt offset of the field, or -1
     */
    record Upper(int protocol, byte[] bytes, int checksumAt) {

        byte[] summed(String source, String destination) {
            byte[] summed = bytes.clone();
            if (checksumAt >= 0) {
                ByteBuffer.wrap(summed).putShort(checksumAt, (short) 0);
                int sum = checksum(source, destination, protocol, summed);
                boolean noZero = (protocol == UDP || protocol == UDP_LITE) && sum == 0;
                ByteBuffer.wrap(summed).putShort(checksumAt, (short) (noZero ? 0xffff : sum));
            }
            return summed;
        }
    }

    static Upper tcp() {
        return tcp(0);
    }

    /** @param salt makes another packet of it */
    static Upper tcp(int salt) {
        byte[] header = HexFormat.of().parseHex("c35000500000000100000002501820000000" + "0000");
        return new Upper(TCP, ByteBuffer.wrap(join(header, BODY)).putInt(4, salt).array(), 16);
    }

    /** An acknowledgement without data. */
    static Upper tcpAcknowledgement() {
        return new Upper(TCP, HexFormat.of().parseHex("c35000500000000100000002501020000000" + "0000"), 16);
    }

    static Upper udp() {
        return udp(0);
    }

    static Upper udp(int salt) {
        ByteBuffer datagram = ByteBuffer.allocate(8 + BODY.length).putShort((short) 4000).putShort((short) 53);
        datagram.putShort((short) (8 + BODY.length)).putShort((short) 0).put(BODY);
        return new Upper(UDP, datagram.putShort(8, (short) salt).array(), 6);
    }

    static Upper icmp(int type) {
        return new Upper(ICMPV6, join(HexFormat.of().parseHex("%02x00000012340001".formatted(type)), BODY), 2);
    }

    /** An ICMPv6 error (RFC 4443, section 3) that quotes a packet. */
    static Upper error(int type, byte[] quoted) {
        return new Upper(ICMPV6, join(HexFormat.of().parseHex("%02x00000000000578".formatted(type)), quoted), 2);
    }

    /** A neighbour advertisement (RFC 4861, section 4.4). */
    static Upper advertisement(boolean solicited) {
        byte[] target = MobileAddress.of("2001:db8:a::10").bytes();
        byte[] header = HexFormat.of().parseHex("88000000" + (solicited ? "60" : "20") + "000000");
        return new Upper(ICMPV6, join(header, target), 2);
    }

    /** A protocol whose sum covers the pseudo-header and all the rest, like UDP-Lite (RFC 3828) and DCCP (RFC 4340). */
    static Upper summed(int protocol, int checksumAt) {
        return new Upper(protocol, BODY.clone(), checksumAt);
    }

    static Upper raw(int protocol, byte[] bytes) {
        return new Upper(protocol, bytes, -1);
    }

    /** As a socket hands it to a NIC that completes checksums: the field holds the pseudo-header's sum. */
    static Upper partial(Upper upper, String source, String destination) {
        byte[] bytes = upper.bytes().clone();
        byte[] nothing = new byte[bytes.length];
        int pseudo = ~checksum(source, destination, upper.protocol(), nothing) & 0xffff;
        ByteBuffer.wrap(bytes).putShort(upper.checksumAt(), (short) pseudo);
        return new Upper(upper.protocol(), bytes, -1);
    }

    /** An IPv6 packet, with extension headers of these kinds, each 16 bytes, between. */
    static byte[] ip(String source, String destination, Upper upper, int... extensions) {
        return ip(source, destination, upper.protocol(), upper.summed(source, destination), extensions);
    }

    private static byte[] ip(String source, String destination, int protocol, byte[] upper, int... extensions) {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        for (int i = 0; i < extensions.length; i++) {
            int next = i + 1 < extensions.length ? extensions[i + 1] : protocol;
            // A padding option that fills what two units of eight bytes leave.
            payload.writeBytes(HexFormat.of().parseHex("%02x01010c000000000000000000000000".formatted(next)));
        }
        payload.writeBytes(upper);
        ByteBuffer packet = ByteBuffer.allocate(IP_HEADER + payload.size()).putInt(0x60012345);
        packet.putShort((short) payload.size()).put((byte) (extensions.length > 0 ? extensions[0] : protocol));
        packet.put((byte) 64).put(address(source)).put(address(destination)).put(payload.toByteArray());
        return packet.array();
    }

    /** One fragment of a packet (RFC 8200, section 4.5): bytes from to to of what IPv6 carries; from in units of eight. */
    static byte[] fragment(String source, String destination, Upper upper, int from, int to, int... extensions) {
        byte[] whole = upper.summed(source, destination);
        int more = to < whole.length ? 1 : 0;
        byte[] header = HexFormat.of()
                .parseHex("%02x00%04x%08x".formatted(upper.protocol(), from | more, 0x1234));
        return ip(source, destination, FRAGMENT, join(header, Arrays.copyOfRange(whole, from, to)), extensions);
    }

    /** The same packet with other addresses and everything else, checksums included, left as it is. */
    static byte[] readdressed(byte[] ip, String source, String destination) {
        byte[] copy = ip.clone();
        System.arraycopy(address(source), 0, copy, 8, 16);
        System.arraycopy(address(destination), 0, copy, 24, 16);
        return copy;
    }

    /** The same packet with another flow label. */
    static byte[] labelled(int label, byte[] ip) {
        byte[] copy = ip.clone();
        ByteBuffer.wrap(copy).putInt(0, 0x60000000 | label);
        return copy;
    }

    static byte[] frame(byte[] ip) {
        return join(ETHERNET, ip);
    }

    /** A frame of another protocol: ARP. */
    static byte[] foreignFrame() {
        byte[] frame = frame(new byte[46]);
        ByteBuffer.wrap(frame).putShort(12, (short) 0x0806);
        return frame;
    }

    private static int checksum(String source, String destination, int protocol, byte[] upper) {
        byte[] pseudo = ByteBuffer.allocate(40).put(address(source)).put(address(destination)).putInt(upper.length)
                .putInt(protocol).array();
        byte[] all = join(pseudo, upper);
        int sum = 0;
        for (int i = 0; i < all.length; i++) {
            sum += (all[i] & 0xff) << (i % 2 == 0 ? 8 : 0);
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return ~sum & 0xffff;
    }

    private static byte[] address(String text) {
        try {
            return InetAddress.ofLiteral(text).getAddress();
        } catch (IllegalArgumentException e) {
            throw new AssertionError(text, e);
        }
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }
}
