package org.godwit.shim;

/** What the kernel counts, in packets unless said otherwise. The order is that of {@code enum mat_counter}. */
public enum Counter {

    TRANSLATED_OUT("translated_out", "Rewritten from HoAs to MoAs and sent."),

    TRANSLATED_IN("translated_in", "Rewritten from MoAs to HoAs and handed to the stack."),

    QUOTE_OUT("quote_out",
            "Outgoing ICMPv6 errors whose quoted packet was rewritten too. Also counted in translated_out."),

    QUOTE_IN("quote_in",
            "Incoming ICMPv6 errors whose quoted packet was rewritten too. Also counted in translated_in."),

    FRAGMENT("fragment",
            "Fragments after the first, of which only the addresses are rewritten. Also counted as translated."),

    BICAST("bicast", "Second copies sent while armed. Also counted in translated_out."),

    FLIP("flip", "Flips of the output by a sign of landing."),

    FALSE_ALARM("false_alarm",
            "Times that data came through the old slot after an announcement had flipped the output; it was armed again."),

    PEER_FLIP("peer_flip", "Peers that were promoted to their staged MoA by its first packet."),

    LATE_IN("late_in", "Accepted from a peer's MoA that is no longer the active one. Also counted in translated_in."),

    EXEMPT_IN("exempt_in", "Passed untouched from an exempt node."),

    PLAIN_IN("plain_in",
            "Passed untouched: from an address that is nobody's MoA, or for a connection that a socket has from the own MoA, or an ICMPv6 error about a packet that was sent from it to no peer."),

    STAMPED_IN("stamped_in", "From a peer with the stamp of a relay, those included that were dropped as duplicates."),

    HELD_OUT("held_out", "Kept for a while: no binding for the destination; an event asks for one."),

    HELD_IN("held_in", "Kept for a while: to an own MoA from nobody known; an event asks whose the source is."),

    RELEASED("released",
            "Held packets that went on. Those for a HoA are also counted in translated_out, the others as they come in."),

    DROP_UNRESOLVED("drop_unresolved",
            "Held packets that were given up: the answer was no, or came too late, or too many waited."),

    EVENT_LOST("event_lost", "Events that found the queue to user space full."),

    DROP_NOT_IPV6("drop_not_ipv6", "Dropped on matif: not IPv6."),

    DROP_FOREIGN_SOURCE("drop_foreign_source", "Dropped on matif: the source is not the HoA."),

    DROP_MULTICAST("drop_multicast", "Dropped on matif: multicast has no binding."),

    DROP_MISS_OUT("drop_miss_out",
            "Dropped on matif: no binding for the destination, and too much held already or the packet too large to hold."),

    DROP_EMPTY_SLOT("drop_empty_slot", "Dropped on matif: the slot to send through holds no MoA."),

    DROP_HEADERS("drop_headers", "Dropped in either direction: truncated, or more extension headers than are walked."),

    DROP_REWRITE("drop_rewrite",
            "Dropped in either direction: the kernel refused to change the packet, for want of memory."),

    DROP_UNKNOWN_SOURCE("drop_unknown_source",
            "Dropped on input: to an own MoA from nobody known, and too much held already or the packet too large to hold. Handed on, it would be answered by a reset if it is of a peer's connection."),

    DROP_UNKNOWN_QUOTE("drop_unknown_quote",
            "Dropped on input: an ICMPv6 error about a packet that this node cannot have sent."),

    DROP_HOA_IN("drop_hoa_in", "Dropped on input: the HoA stood untranslated on the wire."),

    DROP_HOA_OUT("drop_hoa_out", "Dropped on output of an interface: the HoA was about to leave untranslated."),

    DROP_DUPLICATE("drop_duplicate",
            "Dropped on input: the packet that a relay sent to both MoAs has come to the other one already."),

    DROP_STRANGER("drop_stranger",
            "Dropped at a home gateway: from a plain node that has no proxy address; an event asks for one."),

    DROP_UNKNOWN_PROXY("drop_unknown_proxy",
            "Dropped at a home gateway: to an address in the proxy prefix that is nobody's; an event asks whose it was.");

    private final String label;
    private final String meaning;

    Counter(String label, String meaning) {
        this.label = label;
        this.meaning = meaning;
    }

    /** The name in logs and JSON. */
    public String label() {
        return label;
    }

    /** What is counted, in a sentence or two. */
    public String meaning() {
        return meaning;
    }
}
