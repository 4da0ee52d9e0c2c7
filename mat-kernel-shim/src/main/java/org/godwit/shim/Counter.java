package org.godwit.shim;

/** What the kernel counts, in packets unless said otherwise. The order is that of {@code enum mat_counter}. */
public enum Counter {

    /** Rewritten from HoAs to MoAs and sent. */
    TRANSLATED_OUT("translated_out"),

    /** Rewritten from MoAs to HoAs and handed to the stack. */
    TRANSLATED_IN("translated_in"),

    /** Outgoing ICMPv6 errors whose quoted packet was rewritten too. Also counted in {@link #TRANSLATED_OUT}. */
    QUOTE_OUT("quote_out"),

    /** Incoming ICMPv6 errors whose quoted packet was rewritten too. Also counted in {@link #TRANSLATED_IN}. */
    QUOTE_IN("quote_in"),

    /** Fragments after the first, of which only the addresses are rewritten. Also counted as translated. */
    FRAGMENT("fragment"),

    /** Second copies sent while armed. Also counted in {@link #TRANSLATED_OUT}. */
    BICAST("bicast"),

    /** Flips of the output by a sign of landing. */
    FLIP("flip"),

    /** Times that data came through the old slot after an announcement had flipped the output; it was armed again. */
    FALSE_ALARM("false_alarm"),

    /** Peers that were promoted to their staged MoA by its first packet. */
    PEER_FLIP("peer_flip"),

    /** Accepted from a peer's MoA that is no longer the active one. Also counted in {@link #TRANSLATED_IN}. */
    LATE_IN("late_in"),

    /** Passed untouched from an exempt node. */
    EXEMPT_IN("exempt_in"),

    /**
     * Passed untouched: from an address that is nobody's MoA, or for a connection that a socket has from the own MoA, or an
     * ICMPv6 error about a packet that was sent from it to no peer.
     */
    PLAIN_IN("plain_in"),

    /** From a peer with the stamp of a relay, those included that were dropped as duplicates. */
    STAMPED_IN("stamped_in"),

    /** Kept for a while: no binding for the destination; an event asks for one. */
    HELD_OUT("held_out"),

    /** Kept for a while: to an own MoA from nobody known; an event asks whose the source is. */
    HELD_IN("held_in"),

    /** Held packets that went on. Those for a HoA are also counted in {@link #TRANSLATED_OUT}, the others as they come in. */
    RELEASED("released"),

    /** Held packets that were given up: the answer was no, or came too late, or too many waited. */
    DROP_UNRESOLVED("drop_unresolved"),

    /** Events that found the queue to user space full. */
    EVENT_LOST("event_lost"),

    /** Dropped on matif: not IPv6. */
    DROP_NOT_IPV6("drop_not_ipv6"),

    /** Dropped on matif: the source is not the HoA. */
    DROP_FOREIGN_SOURCE("drop_foreign_source"),

    /** Dropped on matif: multicast has no binding. */
    DROP_MULTICAST("drop_multicast"),

    /** Dropped on matif: no binding for the destination, and too much held already or the packet too large to hold. */
    DROP_MISS_OUT("drop_miss_out"),

    /** Dropped on matif: the slot to send through holds no MoA. */
    DROP_EMPTY_SLOT("drop_empty_slot"),

    /** Dropped in either direction: truncated, or more extension headers than are walked. */
    DROP_HEADERS("drop_headers"),

    /** Dropped in either direction: the kernel refused to change the packet, for want of memory. */
    DROP_REWRITE("drop_rewrite"),

    /**
     * Dropped on input: to an own MoA from nobody known, and too much held already or the packet too large to hold. Handed
     * on, it would be answered by a reset if it is of a peer's connection.
     */
    DROP_UNKNOWN_SOURCE("drop_unknown_source"),

    /** Dropped on input: an ICMPv6 error about a packet that this node cannot have sent. */
    DROP_UNKNOWN_QUOTE("drop_unknown_quote"),

    /** Dropped on input: the HoA stood untranslated on the wire. */
    DROP_HOA_IN("drop_hoa_in"),

    /** Dropped on output of an interface: the HoA was about to leave untranslated. */
    DROP_HOA_OUT("drop_hoa_out"),

    /** Dropped on input: the packet that a relay sent to both MoAs has come to the other one already. */
    DROP_DUPLICATE("drop_duplicate"),

    /** Dropped at a home gateway: from a plain node that has no proxy address; an event asks for one. */
    DROP_STRANGER("drop_stranger"),

    /** Dropped at a home gateway: to an address in the proxy prefix that is nobody's; an event asks whose it was. */
    DROP_UNKNOWN_PROXY("drop_unknown_proxy");

    private final String label;

    Counter(String label) {
        this.label = label;
    }

    /** The name in logs and JSON. */
    public String label() {
        return label;
    }
}
