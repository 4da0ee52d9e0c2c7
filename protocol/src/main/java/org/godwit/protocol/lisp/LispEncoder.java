package org.godwit.protocol.lisp;

import static java.nio.charset.StandardCharsets.US_ASCII;

import inet.ipaddr.ipv6.IPv6Address;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.godwit.model.AddressBinding;
import org.godwit.model.BindingState;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;

/** Messages to bytes. */
public final class LispEncoder {

    private record Locator(byte[] address, BindingState state) {}

    private LispEncoder() {}

    public static byte[] encode(LispMessage.Unsigned message) {
        ByteBuffer out = ByteBuffer.allocate(LispDecoder.FRAME_MAX);
        switch (message) {
            case LispMessage.MapRequest request -> putRequest(out, request);
            case LispMessage.EncapsulatedRequest encapsulated -> {
                return encapsulated(out, encapsulated);
            }
            case LispMessage.MapReply reply -> {
                putHeader(out, Wire.MAP_REPLY, 0, reply.nonce());
                putRecord(out, reply.record(), Wire.ACTION_NATIVELY_FORWARD);
            }
        }
        return written(out);
    }

    public static byte[] encode(LispMessage.Signed message, MappingKey key) {
        ByteBuffer out = ByteBuffer.allocate(LispDecoder.FRAME_MAX);
        switch (message) {
            case LispMessage.MapRegister register -> putHeader(out, Wire.MAP_REGISTER,
                    // Proxy: the owner of a HoA never answers Map-Requests itself.
                    Wire.REGISTER_PROXY | Wire.REGISTER_XTR_ID
                            | (register.notifyWanted() ? Wire.REGISTER_WANT_NOTIFY : 0),
                    register.nonce());
            case LispMessage.MapNotify notify -> putHeader(out, Wire.MAP_NOTIFY, 0, notify.nonce());
            case LispMessage.MapNotifyAck ack -> putHeader(out, Wire.MAP_NOTIFY_ACK, 0, ack.nonce());
        }
        out.put((byte) message.keyId()).put((byte) MessageAuthentication.ALGORITHM_ID)
                .putShort((short) MessageAuthentication.MAC_LENGTH).put(new byte[MessageAuthentication.MAC_LENGTH]);
        putRecord(out, message.record(), 0);
        byte[] mac = MessageAuthentication.mac(key, message, written(out));
        if (message instanceof LispMessage.MapRegister register) {
            putXtr(out, register.record().mapping().hoa());
        }
        return written(out.put(Wire.MAC_OFFSET, mac));
    }

    private static byte[] encapsulated(ByteBuffer out, LispMessage.EncapsulatedRequest message) {
        byte[] request = encode(message.request());
        int length = Wire.UDP_HEADER_LENGTH + request.length;
        out.putInt(Wire.ENCAPSULATED << Wire.TYPE_SHIFT);
        out.putInt(Wire.IPV6_VERSION << Wire.TYPE_SHIFT).putShort((short) length).put((byte) Wire.UDP)
                .put((byte) Wire.HOP_LIMIT);
        int addresses = out.position();
        out.put(message.source().getBytes()).put(message.destination().getBytes());
        out.putShort((short) message.sourcePort()).putShort((short) Wire.LISP_CONTROL_PORT).putShort((short) length);
        int checksumAt = out.position();
        byte[] frame = written(out.putShort((short) 0).put(request));
        int checksum = InnerUdp.checksum(frame, addresses);
        // A zero would mean "none" (RFC 768); in ones' complement 0xffff is zero as well.
        return ByteBuffer.wrap(frame).putShort(checksumAt, (short) (checksum == 0 ? 0xffff : checksum)).array();
    }

    private static void putRequest(ByteBuffer out, LispMessage.MapRequest request) {
        boolean subscribes = request.subscriber().isPresent();
        putHeader(out, Wire.MAP_REQUEST, (subscribes ? Wire.REQUEST_XTR_ID : 0)
                | (request.itrRlocs().size() - 1) << Wire.REQUEST_IRC_SHIFT, request.nonce());
        out.putShort((short) Wire.AFI_NONE);
        for (IPv6Address rloc : request.itrRlocs()) {
            putAddress(out, rloc.getBytes());
        }
        out.put((byte) (subscribes ? Wire.RECORD_SUBSCRIBE : 0)).put((byte) Wire.ADDRESS_BITS);
        putEid(out, request.eid());
        request.subscriber().ifPresent(hoa -> putXtr(out, hoa));
    }

    /** Every message has one record. */
    private static void putHeader(ByteBuffer out, int type, int flags, long nonce) {
        out.putInt(type << Wire.TYPE_SHIFT | flags | 1).putLong(nonce);
    }

    private static void putRecord(ByteBuffer out, MapRecord record, int actionWhenEmpty) {
        switch (record) {
            case MapRecord.OfHome home -> putRecord(out, record,
                    home.mapping().bindings().stream()
                            .map(binding -> new Locator(binding.moa().bytes(), binding.state())).toList(),
                    home.mapping().epoch(), actionWhenEmpty);
            case MapRecord.OfMobile mobile -> putRecord(out, record,
                    mobile.binding().stream().map(binding -> new Locator(binding.hoa().bytes(), binding.state()))
                            .toList(),
                    mobile.binding().map(AddressBinding::epoch).orElse(Epoch.NONE), actionWhenEmpty);
        }
    }

    private static void putRecord(ByteBuffer out, MapRecord record, List<Locator> locators, Epoch epoch,
            int actionWhenEmpty) {
        boolean withEpoch = !epoch.equals(Epoch.NONE);
        int count = locators.size() + (withEpoch ? 1 : 0);
        out.putInt(record.ttlMinutes()).put((byte) count).put((byte) Wire.ADDRESS_BITS);
        out.putShort((short) (count == 0 ? actionWhenEmpty << Wire.ACTION_SHIFT : 0));
        out.putShort((short) 0);
        putEid(out, record.eid());
        // RFC 9301, section 5.5: ascending by address.
        for (Locator locator : locators.stream().sorted(Comparator.comparing(Locator::address, Arrays::compareUnsigned))
                .toList()) {
            putLocatorHead(out, locator.state().priority(), Wire.WEIGHT, Wire.LOCATOR_REACHABLE);
            putAddress(out, locator.address());
        }
        if (withEpoch) {
            putLocatorHead(out, Wire.PRIORITY_UNUSED, 0, 0);
            putJson(out, "{\"epoch\":" + epoch.number() + "}");
        }
    }

    private static void putLocatorHead(ByteBuffer out, int priority, int weight, int flags) {
        out.put((byte) priority).put((byte) weight).put((byte) Wire.MULTICAST_PRIORITY_UNUSED).put((byte) 0)
                .putShort((short) flags);
    }

    /** LCAF with an instance ID around an IPv6 address. */
    private static void putEid(ByteBuffer out, Eid eid) {
        putLcaf(out, Wire.LCAF_INSTANCE_ID, Integer.BYTES + Short.BYTES + Wire.ADDRESS_LENGTH);
        out.putInt(eid.instance());
        putAddress(out, eid.bytes());
    }

    /** LCAF with JSON and no address after it. */
    private static void putJson(ByteBuffer out, String json) {
        byte[] text = json.getBytes(US_ASCII);
        putLcaf(out, Wire.LCAF_JSON, Short.BYTES + text.length + Short.BYTES);
        out.putShort((short) text.length).put(text).putShort((short) Wire.AFI_NONE);
    }

    private static void putLcaf(ByteBuffer out, int type, int length) {
        out.putShort((short) Wire.AFI_LCAF).putShort((short) 0).put((byte) type).put((byte) 0)
                .putShort((short) length);
    }

    private static void putAddress(ByteBuffer out, byte[] address) {
        out.putShort((short) Wire.AFI_IPV6).put(address);
    }

    /** The xTR-ID is the HoA; the site ID is 0, since a HoA is a site of its own. */
    private static void putXtr(ByteBuffer out, HomeAddress hoa) {
        out.put(hoa.bytes()).putLong(0);
    }

    private static byte[] written(ByteBuffer out) {
        return Arrays.copyOf(out.array(), out.position());
    }
}
