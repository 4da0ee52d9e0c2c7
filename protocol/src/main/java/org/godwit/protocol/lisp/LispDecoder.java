package org.godwit.protocol.lisp;

import static java.nio.charset.StandardCharsets.US_ASCII;

import inet.ipaddr.ipv6.IPv6Address;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.godwit.model.AddressBinding;
import org.godwit.model.BindingState;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;

/**
 * Bytes to messages. Strict: reserved bits are ignored as RFC 9301 wants, everything else that the profile does not use is
 * refused, and nothing may be left over.
 */
public final class LispDecoder {

    /** Longer datagrams are not of this profile: the longest message, an encapsulated Map-Request with 32 ITR-RLOCs, has 726. */
    public static final int FRAME_MAX = 768;

    private static final Pattern EPOCH_JSON = Pattern.compile("\\{\"epoch\":([1-9][0-9]{0,18})}");

    private final byte[] frame;
    private final ByteBuffer in;

    private LispDecoder(byte[] frame) {
        this.frame = frame;
        this.in = ByteBuffer.wrap(frame);
    }

    /**
     * Reads one datagram: all that remains in the buffer.
     *
     * @throws MalformedFrameException when it is no message of the profile
     */
    public static Incoming decode(ByteBuffer datagram) throws MalformedFrameException {
        if (datagram.remaining() > FRAME_MAX) {
            throw new MalformedFrameException(
                    "a message has at most " + FRAME_MAX + " bytes, got " + datagram.remaining());
        }
        byte[] frame = new byte[datagram.remaining()];
        datagram.get(frame);
        try {
            return new LispDecoder(frame).message();
        } catch (IllegalArgumentException e) {
            // A value that the vocabulary refuses, such as a multicast MoA.
            throw new MalformedFrameException(e.getMessage(), e);
        }
    }

    /** Whether the datagram claims to be a message with authentication data; looks at its first byte only. */
    public static boolean isSigned(ByteBuffer datagram) {
        int type = datagram.hasRemaining() ? datagram.get(datagram.position()) >> Wire.TYPE_BITS & Wire.TYPE_MASK : 0;
        return type == Wire.MAP_REGISTER || type == Wire.MAP_NOTIFY || type == Wire.MAP_NOTIFY_ACK;
    }

    private Incoming message() throws MalformedFrameException {
        need(Integer.BYTES, "header");
        int head = in.getInt();
        if (head >>> Wire.TYPE_SHIFT == Wire.ENCAPSULATED) {
            return new Incoming.Unsigned(encapsulated(head));
        }
        need(Long.BYTES, "nonce");
        long nonce = in.getLong();
        if ((head & 0xff) != 1) {
            throw new MalformedFrameException("record count must be 1, got " + (head & 0xff));
        }
        int type = head >>> Wire.TYPE_SHIFT;
        return switch (type) {
            case Wire.MAP_REQUEST -> new Incoming.Unsigned(request(head, nonce));
            case Wire.MAP_REPLY -> new Incoming.Unsigned(reply(head, nonce));
            case Wire.MAP_REGISTER, Wire.MAP_NOTIFY, Wire.MAP_NOTIFY_ACK -> signed(type, head, nonce);
            default -> throw new MalformedFrameException("message type must be 1 to 5 or 8, got " + type);
        };
    }

    private LispMessage.EncapsulatedRequest encapsulated(int head) throws MalformedFrameException {
        refuseFlag(head, Wire.ECM_SECURITY, "security");
        refuseFlag(head, Wire.ECM_DDT, "DDT");
        need(Wire.IPV6_HEADER_LENGTH + Wire.UDP_HEADER_LENGTH, "inner header");
        int version = in.getInt() >>> Wire.TYPE_SHIFT;
        int payload = in.getShort() & 0xffff;
        int next = in.get() & 0xff;
        in.get();
        if (version != Wire.IPV6_VERSION || next != Wire.UDP) {
            throw new MalformedFrameException(
                    "inside must be IPv6 (version 6) with UDP (17) and nothing between, got version "
                            + version + ", next header " + next);
        }
        IPv6Address source = innerAddress();
        IPv6Address destination = innerAddress();
        if (payload != in.remaining()) {
            throw new MalformedFrameException("inner IPv6 length must be " + in.remaining() + ", got " + payload);
        }
        if (InnerUdp.checksum(frame, in.position() - 2 * Wire.ADDRESS_LENGTH) != 0) {
            throw new MalformedFrameException("inner UDP checksum is wrong");
        }
        int sourcePort = in.getShort() & 0xffff;
        int port = in.getShort() & 0xffff;
        int length = in.getShort() & 0xffff;
        int checksum = in.getShort() & 0xffff;
        if (port != Wire.LISP_CONTROL_PORT || length != payload || checksum == 0) {
            throw new MalformedFrameException("inner UDP must go to port 4342, be " + payload
                    + " bytes long and have a checksum, got port " + port + ", length " + length + ", checksum "
                    + checksum);
        }
        need(Integer.BYTES + Long.BYTES, "inner Map-Request");
        int inner = in.getInt();
        if (inner >>> Wire.TYPE_SHIFT != Wire.MAP_REQUEST || (inner & 0xff) != 1) {
            throw new MalformedFrameException("inside must be a Map-Request (type 1) with one record, got type "
                    + (inner >>> Wire.TYPE_SHIFT) + " with " + (inner & 0xff));
        }
        return new LispMessage.EncapsulatedRequest(source, sourcePort, destination, request(inner, in.getLong()));
    }

    private IPv6Address innerAddress() {
        byte[] address = new byte[Wire.ADDRESS_LENGTH];
        in.get(address);
        return new IPv6Address(address);
    }

    private LispMessage.MapRequest request(int head, long nonce) throws MalformedFrameException {
        refuseFlag(head, Wire.REQUEST_MAP_DATA, "map-data-present");
        refuseFlag(head, Wire.REQUEST_PROBE, "probe");
        refuseFlag(head, Wire.REQUEST_SOLICIT, "solicit-map-request");
        refuseFlag(head, Wire.REQUEST_DONT_REPLY, "dont-map-reply");
        sourceEid();
        int rlocCount = (head >>> Wire.REQUEST_IRC_SHIFT & Wire.REQUEST_IRC_MASK) + 1;
        List<IPv6Address> rlocs = new ArrayList<>();
        for (int i = 0; i < rlocCount; i++) {
            rlocs.add(new IPv6Address(address("ITR-RLOC")));
        }
        need(2, "EID mask length");
        boolean subscribes = (in.get() & Wire.RECORD_SUBSCRIBE) != 0;
        maskLength();
        Eid eid = eid();
        boolean identified = (head & Wire.REQUEST_XTR_ID) != 0;
        if (subscribes && !identified) {
            throw new MalformedFrameException("a subscription (N-bit) must carry an xTR-ID (I-bit)");
        }
        Optional<HomeAddress> xtr = identified ? Optional.of(xtr()) : Optional.empty();
        finish();
        return new LispMessage.MapRequest(nonce, rlocs, eid, subscribes ? xtr : Optional.empty());
    }

    /** Who has the packet that caused the request: of no use here. */
    private void sourceEid() throws MalformedFrameException {
        need(Short.BYTES, "source EID");
        int family = in.getShort(in.position()) & 0xffff;
        switch (family) {
            case Wire.AFI_NONE -> in.getShort();
            case Wire.AFI_IPV6 -> address("source EID");
            case Wire.AFI_LCAF -> eid();
            default -> throw new MalformedFrameException("source EID has the unknown address family " + family);
        }
    }

    private LispMessage.MapReply reply(int head, long nonce) throws MalformedFrameException {
        refuseFlag(head, Wire.REPLY_PROBE, "probe");
        refuseFlag(head, Wire.REPLY_SECURITY, "security");
        MapRecord record = record();
        finish();
        return new LispMessage.MapReply(nonce, record);
    }

    private Incoming signed(int type, int head, long nonce) throws MalformedFrameException {
        need(Integer.BYTES + MessageAuthentication.MAC_LENGTH, "authentication data");
        int keyId = in.get() & 0xff;
        int algorithm = in.get() & 0xff;
        int length = in.getShort() & 0xffff;
        if (algorithm != MessageAuthentication.ALGORITHM_ID || length != MessageAuthentication.MAC_LENGTH) {
            throw new MalformedFrameException(
                    "authentication must be algorithm 3 (HMAC-SHA256-128+HKDF-SHA256) with 16 bytes, got algorithm "
                            + algorithm + " with " + length);
        }
        byte[] mac = new byte[length];
        in.get(mac);
        if (!(record() instanceof MapRecord.OfHome record)) {
            throw new MalformedFrameException("only mappings of HoAs (instance 1) are registered and published");
        }
        byte[] authenticated = Arrays.copyOf(frame, in.position());
        Arrays.fill(authenticated, Wire.MAC_OFFSET, Wire.MAC_OFFSET + length, (byte) 0);
        LispMessage.Signed claim = switch (type) {
            case Wire.MAP_REGISTER -> register(head, nonce, keyId, record);
            case Wire.MAP_NOTIFY -> new LispMessage.MapNotify(nonce, keyId, record);
            default -> new LispMessage.MapNotifyAck(nonce, keyId, record);
        };
        finish();
        return new Incoming.Signed(claim, authenticated, mac);
    }

    private LispMessage.MapRegister register(int head, long nonce, int keyId, MapRecord.OfHome record)
            throws MalformedFrameException {
        if ((head & Wire.REGISTER_XTR_ID) != 0 && !xtr().equals(record.mapping().hoa())) {
            throw new MalformedFrameException("the xTR-ID of a Map-Register must be the HoA that it registers");
        }
        return new LispMessage.MapRegister(nonce, keyId, (head & Wire.REGISTER_WANT_NOTIFY) != 0, record);
    }

    private MapRecord record() throws MalformedFrameException {
        need(10, "EID-Record");
        int ttlMinutes = in.getInt();
        int count = in.get() & 0xff;
        maskLength();
        in.getShort();
        in.getShort();
        if (count > Wire.LOCATORS_MAX) {
            throw new MalformedFrameException("locator count must be 0 to " + Wire.LOCATORS_MAX + ", got " + count);
        }
        Eid eid = eid();
        Map<BindingState, byte[]> locators = new EnumMap<>(BindingState.class);
        Epoch epoch = Epoch.NONE;
        for (int i = 0; i < count; i++) {
            need(8, "RLOC-Record");
            int priority = in.get() & 0xff;
            in.position(in.position() + 5);
            if (in.getShort(in.position()) != Wire.AFI_LCAF) {
                if (locators.put(BindingState.ofPriority(priority), address("locator")) != null) {
                    throw new MalformedFrameException("two locators have priority " + priority);
                }
            } else if (epoch.equals(Epoch.NONE)) {
                epoch = epoch();
            } else {
                throw new MalformedFrameException("a record must have one epoch");
            }
        }
        return switch (eid) {
            case Eid.Home home -> new MapRecord.OfHome(ttlMinutes, mapping(home.hoa(), locators, epoch));
            case Eid.Mobile mobile -> new MapRecord.OfMobile(ttlMinutes, mobile.moa(),
                    binding(mobile.moa(), locators, epoch));
        };
    }

    private static Mapping mapping(HomeAddress hoa, Map<BindingState, byte[]> locators, Epoch epoch) {
        return new Mapping(hoa, moa(locators, BindingState.ACTIVE), moa(locators, BindingState.STAGED),
                moa(locators, BindingState.RETIRED), epoch);
    }

    private static Optional<MobileAddress> moa(Map<BindingState, byte[]> locators, BindingState state) {
        return Optional.ofNullable(locators.get(state)).map(MobileAddress::of);
    }

    private static Optional<AddressBinding> binding(MobileAddress moa, Map<BindingState, byte[]> locators, Epoch epoch)
            throws MalformedFrameException {
        if (locators.size() > 1 || locators.isEmpty() && !epoch.equals(Epoch.NONE)) {
            throw new MalformedFrameException(
                    "a MoA has one HoA or none, got " + locators.size() + " with epoch " + epoch);
        }
        return locators.entrySet().stream().findFirst().map(
                entry -> new AddressBinding(HomeAddress.of(entry.getValue()), moa, entry.getKey(), epoch));
    }

    private Eid eid() throws MalformedFrameException {
        int end = lcaf(Wire.LCAF_INSTANCE_ID, "EID");
        need(Integer.BYTES, "instance ID");
        int instance = in.getInt();
        byte[] address = address("EID");
        endOfLcaf(end, "EID");
        return switch (instance) {
            case Eid.INSTANCE_HOME -> new Eid.Home(HomeAddress.of(address));
            case Eid.INSTANCE_MOBILE -> new Eid.Mobile(MobileAddress.of(address));
            default -> throw new MalformedFrameException(
                    "instance ID must be 1 (HoA) or 2 (MoA), got " + Integer.toUnsignedString(instance));
        };
    }

    private Epoch epoch() throws MalformedFrameException {
        int end = lcaf(Wire.LCAF_JSON, "epoch");
        need(Short.BYTES, "JSON length");
        int length = in.getShort() & 0xffff;
        need(length + Short.BYTES, "JSON");
        byte[] text = new byte[length];
        in.get(text);
        if (in.getShort() != Wire.AFI_NONE) {
            throw new MalformedFrameException("no address may follow the epoch");
        }
        endOfLcaf(end, "epoch");
        Matcher json = EPOCH_JSON.matcher(new String(text, US_ASCII));
        if (!json.matches()) {
            throw new MalformedFrameException("the JSON locator must be {\"epoch\":N} with N from 1 to 2^63-1");
        }
        try {
            return new Epoch(Long.parseLong(json.group(1)));
        } catch (NumberFormatException e) {
            throw new MalformedFrameException("an epoch must be at most 2^63-1, got " + json.group(1), e);
        }
    }

    /** Returns where the LCAF ends. */
    private int lcaf(int type, String what) throws MalformedFrameException {
        need(Wire.LCAF_HEADER_LENGTH, what);
        int family = in.getShort() & 0xffff;
        in.getShort();
        int found = in.get() & 0xff;
        in.get();
        int length = in.getShort() & 0xffff;
        if (family != Wire.AFI_LCAF || found != type) {
            throw new MalformedFrameException(what + " must be an LCAF (16387) of type " + type
                    + ", got address family " + family + ", type " + found);
        }
        need(length, what);
        return in.position() + length;
    }

    private void endOfLcaf(int end, String what) throws MalformedFrameException {
        if (in.position() != end) {
            throw new MalformedFrameException(what + " has a wrong LCAF length");
        }
    }

    private byte[] address(String what) throws MalformedFrameException {
        need(Short.BYTES + Wire.ADDRESS_LENGTH, what);
        int family = in.getShort() & 0xffff;
        if (family != Wire.AFI_IPV6) {
            throw new MalformedFrameException(what + " must be IPv6 (address family 2), got " + family);
        }
        byte[] address = new byte[Wire.ADDRESS_LENGTH];
        in.get(address);
        return address;
    }

    private void maskLength() throws MalformedFrameException {
        int length = in.get() & 0xff;
        if (length != Wire.ADDRESS_BITS) {
            throw new MalformedFrameException("EID mask length must be 128, got " + length);
        }
    }

    private HomeAddress xtr() throws MalformedFrameException {
        need(Wire.XTR_AND_SITE_LENGTH, "xTR-ID");
        byte[] id = new byte[Wire.ADDRESS_LENGTH];
        in.get(id);
        if (in.getLong() != 0) {
            throw new MalformedFrameException("site ID must be 0");
        }
        return HomeAddress.of(id);
    }

    private static void refuseFlag(int head, int flag, String name) throws MalformedFrameException {
        if ((head & flag) != 0) {
            throw new MalformedFrameException("the " + name + " bit is not in the profile");
        }
    }

    private void need(int bytes, String what) throws MalformedFrameException {
        if (in.remaining() < bytes) {
            throw new MalformedFrameException(
                    what + " is cut short: " + bytes + " bytes needed, " + in.remaining() + " left");
        }
    }

    private void finish() throws MalformedFrameException {
        if (in.hasRemaining()) {
            throw new MalformedFrameException(in.remaining() + " bytes after the end of the message");
        }
    }
}
