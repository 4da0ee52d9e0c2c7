package org.godwit.host.network;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * The frames by which a gateway learns a VM's MAC before the VM is there, as the VM would send them.
 *
 * <p>First a neighbour solicitation for the gateway itself: one from an address that is not known makes a neighbour entry of
 * it (RFC 4861, section 7.2.3), while an advertisement for which there is no entry is ignored (7.2.5). That entry is stale:
 * five seconds after its first use, which is the gateway's answer, the gateway would look for the VM in vain and forget it.
 * So an advertisement with the solicited flag follows, which makes it reachable, for 15 seconds at least (section 10).
 */
final class Introduction {

    private static final int ETHERNET_BYTES = 14;
    private static final int IPV6_BYTES = 40;
    private static final int MESSAGE_BYTES = 32;
    private static final int ICMPV6 = 58;
    private static final int SOLICITATION = 135;
    private static final int ADVERTISEMENT = 136;
    private static final int SOLICITED_OVERRIDE = 0x60000000;
    private static final int SOURCE_LINK_LAYER_ADDRESS = 1;
    private static final int TARGET_LINK_LAYER_ADDRESS = 2;
    private static final int CHECKSUM_OFFSET = ETHERNET_BYTES + IPV6_BYTES + 2;

    private Introduction() {}

    /** In the order in which they are to be sent. */
    static List<byte[]> of(Arrival vm) {
        return List.of(frame(vm, SOLICITATION, 0, vm.gateway().linkLocal().bytes(), SOURCE_LINK_LAYER_ADDRESS),
                frame(vm, ADVERTISEMENT, SOLICITED_OVERRIDE, vm.moa().bytes(), TARGET_LINK_LAYER_ADDRESS));
    }

    private static byte[] frame(Arrival vm, int type, int flags, byte[] target, int option) {
        ByteBuffer frame = ByteBuffer.allocate(ETHERNET_BYTES + IPV6_BYTES + MESSAGE_BYTES);
        frame.put(vm.gateway().mac().bytes()).put(vm.mac().bytes()).putShort((short) 0x86dd);
        // Hop limit 255 proves that no router has forwarded it.
        frame.putInt(0x60000000).putShort((short) MESSAGE_BYTES).put((byte) ICMPV6).put((byte) 255);
        frame.put(vm.moa().bytes()).put(vm.gateway().linkLocal().bytes());
        frame.put((byte) type).put((byte) 0).putShort((short) 0).putInt(flags).put(target);
        // Lengths of options are counted in units of eight bytes.
        frame.put((byte) option).put((byte) 1).put(vm.mac().bytes());
        return frame.putShort(CHECKSUM_OFFSET, checksum(frame)).array();
    }

    /** Over both addresses, the length, the protocol and the message (RFC 8200, section 8.1). */
    private static short checksum(ByteBuffer frame) {
        int sum = MESSAGE_BYTES + ICMPV6;
        for (int at = ETHERNET_BYTES + 8; at < frame.capacity(); at += Short.BYTES) {
            sum += Short.toUnsignedInt(frame.getShort(at));
        }
        sum = (sum & 0xffff) + (sum >>> 16);
        return (short) ~(sum + (sum >>> 16));
    }
}
