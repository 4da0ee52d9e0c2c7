package org.godwit.protocol.lisp;

/** The checksum of the UDP header inside an Encapsulated Control Message (RFC 8200, section 8.1). */
final class InnerUdp {

    private InnerUdp() {}

    /**
     * Over the pseudo-header and all that follows it to the end of the frame; 0 when a checksum that is there is right.
     *
     * @param addresses where source and destination address begin, with the UDP header after them
     */
    static int checksum(byte[] frame, int addresses) {
        int length = frame.length - addresses - 2 * Wire.ADDRESS_LENGTH;
        long sum = length + Wire.UDP;
        for (int at = addresses; at < frame.length; at++) {
            sum += (at - addresses) % 2 == 0 ? (frame[at] & 0xff) << Byte.SIZE : frame[at] & 0xff;
        }
        while (sum >>> Short.SIZE != 0) {
            sum = (sum & 0xffff) + (sum >>> Short.SIZE);
        }
        return (int) ~sum & 0xffff;
    }
}
