package org.godwit.shim;

/**
 * The Java side of {@code mat_shim_abi.h}: names, sizes and offsets in bytes. Addresses are in network order, other fields
 * in the processor's. A test compares all of it with the type information of the built object.
 */
final class Abi {

    static final int VERSION = 6;
    static final int EVENTS_BYTES = 1 << 16;
    static final int HELD_BYTES = 1 << 18;
    static final int PEERS_MAX = 16384;
    static final int PLAIN_MAX = 4096;

    /** {@code enum mat_choice} */
    static final int ACTIVE = 1;
    static final int STAGED = 2;
    static final int UNPROVEN = 4;

    /** {@code struct mat_config} */
    static final int CONFIG_BYTES = 36;
    static final int CONFIG_OUTPUT = 0;
    static final int CONFIG_ABI_VERSION = 4;
    static final int CONFIG_HOA = 8;
    static final int CONFIG_NEWEST = 24;
    static final int CONFIG_GENERATION = 32;

    /** {@code enum mat_newest} */
    static final int NEWEST_NUMBER = 0x7ffff;
    static final int NEWEST_SEEN = 1 << 20;
    static final int NEWEST_WATCHED = 1 << 21;

    /** {@code struct mat_landing} */
    static final int LANDING_BYTES = 56;
    static final int LANDING_IN_FIRST_NS = 0;
    static final int LANDING_IN_LAST_NS = 16;
    static final int LANDING_OUT_LAST_NS = 32;
    static final int LANDING_OUT_SILENCE_NS = 40;
    static final int LANDING_LANDED_NS = 48;

    /** {@code struct mat_slot} */
    static final int SLOT_BYTES = 20;
    static final int SLOT_MOA = 0;
    static final int SLOT_INTERFACE_INDEX = 16;

    /** {@code struct mat_own} */
    static final int OWN_BYTES = 4;
    static final int OWN_SLOT = 0;

    /** {@code struct mat_peer} */
    static final int PEER_BYTES = 64;
    static final int PEER_MOA = 0;
    static final int PEER_CHOICE = 48;
    static final int PEER_EPOCH = 56;

    /** Places in {@code mat_peer.moa}, as user space fills them. */
    static final int PLACE_ACTIVE = 0;
    static final int PLACE_STAGED = 1;
    static final int PLACE_RETIRED = 2;
    static final int PLACES = 3;

    /** {@code struct mat_peer_moa} */
    static final int PEER_MOA_BYTES = 20;
    static final int PEER_MOA_HOA = 0;
    static final int PEER_MOA_PLACE = 16;

    /** {@code struct mat_exempt} */
    static final int EXEMPT_BYTES = 4;

    /** {@code struct mat_plain} */
    static final int PLAIN_BYTES = 8;
    static final int PLAIN_UNTIL_NS = 0;

    /** {@code struct mat_note} */
    static final int NOTE_BYTES = 4096;
    static final int NOTE_LENGTH = 0;
    static final int NOTE_TEXT = 4;

    /** {@code struct mat_hook} */
    static final int HOOK_BYTES = 4;

    /** {@code struct mat_gateway} */
    static final int GATEWAY_BYTES = 36;
    static final int GATEWAY_PROXY_PREFIX = 0;
    static final int GATEWAY_ADDRESS = 16;
    static final int GATEWAY_INTERFACE_INDEX = 32;

    /** {@code struct mat_proxy} */
    static final int PROXY_BYTES = 20;
    static final int PROXY_ADDRESS = 0;
    static final int PROXY_USED = 16;

    /** {@code struct mat_event} */
    static final int EVENT_BYTES = 48;
    static final int EVENT_TYPE = 0;
    static final int EVENT_SLOT = 4;
    static final int EVENT_TRIGGER = 8;
    static final int EVENT_ADDRESS = 16;
    static final int EVENT_MOA = 32;

    /** {@code struct mat_held} */
    static final int HELD_AT_NS = 0;
    static final int HELD_WHY = 8;
    static final int HELD_LENGTH = 12;
    static final int HELD_ADDRESS = 16;
    static final int HELD_FRAME = 32;

    /** {@code MAT_PROTOCOL_HELD_IN} */
    static final int PROTOCOL_HELD_IN = 0x88b5;

    /** {@code enum mat_event_type} */
    static final int EVENT_MISS_OUT = 1;
    static final int EVENT_UNKNOWN_SOURCE = 2;
    static final int EVENT_FLIPPED = 3;
    static final int EVENT_PEER_FLIPPED = 4;
    static final int EVENT_STRANGER = 5;
    static final int EVENT_UNKNOWN_PROXY = 6;

    /** {@code enum mat_trigger} */
    static final int TRIGGER_RECEIVED = 1;
    static final int TRIGGER_ANNOUNCED = 2;
    static final int TRIGGER_NOTIFIED = 3;

    static final int ADDRESS_BYTES = 16;

    static final String MAP_CONFIG = "mat_config";
    static final String MAP_SLOTS = "mat_slots";
    static final String MAP_OWN = "mat_own";
    static final String MAP_PEERS = "mat_peers";
    static final String MAP_PEER_MOAS = "mat_peer_moas";
    static final String MAP_EXEMPT = "mat_exempt";
    static final String MAP_PLAIN = "mat_plain";
    static final String MAP_NOTE = "mat_note";
    static final String MAP_HOOKS = "mat_hooks";
    static final String MAP_GATEWAY = "mat_gateway";
    static final String MAP_PROXIES = "mat_proxies";
    static final String MAP_PROXIED = "mat_proxied";
    static final String MAP_LANDING = "mat_landing";
    static final String MAP_EVENTS = "mat_events";
    static final String MAP_HELD = "mat_held";
    static final String MAP_COUNTERS = "mat_counters";

    static final String PROGRAM_EGRESS = "mat_egress";
    static final String PROGRAM_INGRESS = "mat_ingress";
    static final String PROGRAM_NIC_EGRESS = "mat_nic_egress";
    static final String PROGRAM_GATEWAY_EGRESS = "mat_gateway_egress";
    static final String PROGRAM_GATEWAY_INGRESS = "mat_gateway_ingress";
    static final String PROGRAM_NOTIFY_PEERS = "mat_notify_peers";

    private Abi() {}
}
