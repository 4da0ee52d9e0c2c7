package org.godwit.protocol.lisp;

/** The numbers of the wire that both directions of the codec need. */
final class Wire {

    static final int MAP_REQUEST = 1;
    static final int MAP_REPLY = 2;
    static final int MAP_REGISTER = 3;
    static final int MAP_NOTIFY = 4;
    static final int MAP_NOTIFY_ACK = 5;
    static final int ENCAPSULATED = 8;

    /** The S-bit and the D-bit of an Encapsulated Control Message. */
    static final int ECM_SECURITY = 1 << 27;
    static final int ECM_DDT = 1 << 26;

    /** The headers inside of it. */
    static final int IPV6_HEADER_LENGTH = 40;
    static final int IPV6_VERSION = 6;
    static final int UDP_HEADER_LENGTH = 8;
    static final int UDP = 17;
    static final int HOP_LIMIT = 64;
    static final int LISP_CONTROL_PORT = 4342;

    /** Bits of the first 32-bit word of each message, as RFC 9301 draws them. */
    static final int TYPE_SHIFT = 28;
    /** The type in the first byte. */
    static final int TYPE_BITS = 4;
    static final int TYPE_MASK = 0xf;
    static final int REQUEST_MAP_DATA = 1 << 26;
    static final int REQUEST_PROBE = 1 << 25;
    static final int REQUEST_SOLICIT = 1 << 24;
    static final int REQUEST_XTR_ID = 1 << 20;
    static final int REQUEST_DONT_REPLY = 1 << 13;
    static final int REQUEST_IRC_SHIFT = 8;
    static final int REQUEST_IRC_MASK = 0x1f;
    static final int REPLY_PROBE = 1 << 27;
    static final int REPLY_SECURITY = 1 << 25;
    static final int REGISTER_PROXY = 1 << 27;
    static final int REGISTER_XTR_ID = 1 << 25;
    static final int REGISTER_WANT_NOTIFY = 1 << 8;

    /** The N-bit of RFC 9437, in the first octet of a Map-Request's record. */
    static final int RECORD_SUBSCRIBE = 0x80;

    /** Address family numbers (IANA). */
    static final int AFI_NONE = 0;
    static final int AFI_IPV6 = 2;
    static final int AFI_LCAF = 16387;

    /** LCAF types (RFC 8060). */
    static final int LCAF_INSTANCE_ID = 2;
    static final int LCAF_JSON = 14;

    static final int ADDRESS_LENGTH = 16;
    static final int ADDRESS_BITS = 128;
    static final int XTR_AND_SITE_LENGTH = 24;
    static final int LCAF_HEADER_LENGTH = 8;

    /** Where the authentication data of a signed message begin. */
    static final int MAC_OFFSET = 16;

    /** Unicast priority "do not use": what a client that does not know our epoch shall do with that locator. */
    static final int PRIORITY_UNUSED = 255;
    static final int WEIGHT = 100;
    static final int MULTICAST_PRIORITY_UNUSED = 255;

    /** The R-bit of an RLOC-Record: whoever says the locator thinks it is reachable. */
    static final int LOCATOR_REACHABLE = 1;

    /** ACT of a negative Map-Reply: the address is none of ours, send as if there were no mapping system. */
    static final int ACTION_NATIVELY_FORWARD = 1;
    static final int ACTION_SHIFT = 13;

    /** A HoA has at most three MoAs; the epoch rides in one locator more. */
    static final int LOCATORS_MAX = 4;

    private Wire() {}
}
