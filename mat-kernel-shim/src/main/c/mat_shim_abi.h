/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The contract between the BPF programs (mat.bpf.c) and user space (org.godwit.shim.Abi). This is its only definition; a
 * test compares the Java side with the type information of the built object. Whoever changes anything here raises
 * MAT_ABI_VERSION, so that an agent never adopts pinned maps of another shape.
 *
 * Addresses are in network order, all other fields in host order.
 */
#ifndef MAT_SHIM_ABI_H
#define MAT_SHIM_ABI_H

#include <linux/in6.h>
#include <linux/types.h>

enum mat_abi {
	MAT_ABI_VERSION = 6,
	MAT_EVENTS_BYTES = 1 << 16, /* sizes of the rings; multiples of every page size */
	MAT_HELD_BYTES = 1 << 18,
	MAT_PEERS_MAX = 16384,
	MAT_PLAIN_MAX = 4096,
};

/*
 * A choice between two places, in one word so that it changes by one store or one compare-and-swap: bit 0 is the active
 * place; with MAT_STAGED the other place is about to become it. For the own slots that means "armed"; there, with
 * MAT_UNPROVEN also set, the active place has just become so on the strength of an announcement.
 */
enum mat_choice {
	MAT_ACTIVE = 1,
	MAT_STAGED = 2,
	MAT_UNPROVEN = 4,
};

/*
 * The relay's stamp, in the 20 bits of the IPv6 flow label. From before the pause until quiet, the host that a VM leaves sends
 * a copy of every packet for the old MoA to the new MoA, where it waits for the VM. Original and copy get the same number, so
 * that the VM, once it runs, can tell which copies it has had as originals. Numbers count up by one and wrap; what a NIC cut
 * out of one large packet shares one. mat_egress never sends a label with the first bit set, so what a peer sends does not
 * look stamped before it was; mat_ingress reads the stamps of peers' packets only, for other nodes set labels as they like.
 */
enum mat_label {
	MAT_LABEL_STAMPED = 0x80000,
	MAT_LABEL_NUMBER = 0x7ffff,
};

/*
 * What mat_ingress remembers of a slot's stamped packets; all zero unless the node is about to move. A stamped packet is
 * dropped as a duplicate when it is not newer (RFC 1982) than the newest that came to the other slot. Arming begins with a
 * clean slate; disarming and disowning a slot end it.
 */
enum mat_newest {
	MAT_NEWEST_NUMBER = 0x7ffff,
	MAT_NEWEST_SEEN = 1 << 20,    /* there is a number */
	MAT_NEWEST_WATCHED = 1 << 21, /* numbers are to be remembered */
};

/* mat_config: one element, mapped into user space. */
struct mat_config {
	enum mat_choice output; /* over the slots */
	enum mat_abi abi_version;
	struct in6_addr hoa;
	enum mat_newest newest[2]; /* by slot */
	__u32 generation; /* of the maps from mat_slots to mat_exempt: whoever has changed one counts up */
};

/*
 * mat_landing: one element, when packets of peers came and went around a landing, by CLOCK_MONOTONIC. That stands still while
 * the hypervisor has the node paused: of what lies between two of these times the pause is no part. All zero when it was armed,
 * and so are times of what has not happened since. For user space only, and no more than an account: processors may write over
 * each other.
 */
struct mat_landing {
	__u64 in_first_ns[2]; /* by slot, this and the next: packets that came while armed */
	__u64 in_last_ns[2];
	__u64 out_last_ns; /* the last packet of a program out while armed, or the first one after; so of the next */
	__u64 out_silence_ns; /* the longest between two packets out, since one came in through the old slot, to the first when landed */
	__u64 landed_ns; /* the first sign of landing that was no false alarm */
};

/* mat_slots: slot number (0 or 1) -> where the slot leads. */
struct mat_slot {
	struct in6_addr moa;
	__u32 interface_index;
};

/* mat_own: own MoA -> its slot. */
struct mat_own {
	__u32 slot;
};

/* mat_peers: HoA of a peer -> its MoAs. A place that is not in use is all zero. */
struct mat_peer {
	struct in6_addr moa[3];
	enum mat_choice choice; /* over the first two of moa[] */
	__u32 reserved;
	__u64 epoch; /* of the announcement; for user space only */
};

/* Indices into mat_peer.moa as user space fills it; when the kernel promotes a MoA, it stays where it is. */
enum mat_place {
	MAT_PLACE_ACTIVE = 0,
	MAT_PLACE_STAGED = 1,
	MAT_PLACE_RETIRED = 2, /* accepted, never promoted */
};

/* mat_peer_moas: MoA of a peer -> whose it is. */
struct mat_peer_moa {
	struct in6_addr hoa;
	enum mat_place place;
};

/* mat_exempt: address of a node that talks to our MoA untranslated -> this. */
struct mat_exempt {
	__u32 reserved; /* a value cannot be empty */
};

/* mat_plain: address that is nobody's MoA -> until when that is believed. */
struct mat_plain {
	__u64 until_ns; /* CLOCK_MONOTONIC */
};

/* mat_note: one element, what user space wants to find again after its restart. The programs do not look at it. */
struct mat_note {
	__u32 length;
	__u8 text[4092];
};

/* mat_hooks: index of an interface that user space gave a clsact qdisc -> this. The programs do not look at it. */
struct mat_hook {
	__u32 reserved; /* a value cannot be empty */
};

/* mat_gateway: one element; all zero where the node is no home gateway. */
struct mat_gateway {
	struct in6_addr proxy_prefix; /* a /64; all of it leads here */
	struct in6_addr address;      /* the gateway's own: errors of those without a proxy address come from here */
	__u32 interface_index;	      /* leads to the mobile nodes */
};

/* mat_proxies: plain correspondent -> its proxy address. mat_proxied: proxy address -> plain correspondent. */
struct mat_proxy {
	struct in6_addr address;
	__u32 used; /* set by every packet, cleared by user space, which so finds out who is idle */
};

enum mat_event_type {
	MAT_EVENT_MISS_OUT = 1,	      /* address: HoA without a binding */
	MAT_EVENT_UNKNOWN_SOURCE = 2, /* address: MoA of no known peer, or where a peer was */
	MAT_EVENT_FLIPPED = 3,	      /* slot, trigger */
	MAT_EVENT_PEER_FLIPPED = 4,   /* address: HoA of the peer, moa: where it is now */
	MAT_EVENT_STRANGER = 5,	      /* address: plain node without a proxy address */
	MAT_EVENT_UNKNOWN_PROXY = 6,  /* address: in the proxy prefix, but nobody's */
};

enum mat_trigger {
	MAT_TRIGGER_RECEIVED = 1,
	MAT_TRIGGER_ANNOUNCED = 2,
	MAT_TRIGGER_NOTIFIED = 3,
};

/* mat_events: ring buffer of these. */
struct mat_event {
	enum mat_event_type type;
	__u32 slot;
	enum mat_trigger trigger;
	__u32 reserved;
	struct in6_addr address;
	struct in6_addr moa;
};

/*
 * mat_held: ring buffer of these, packets for a HoA without a binding and from an unknown MoA; at a home gateway also those
 * from strangers and for unknown proxy addresses. User space keeps them until it has an answer, then sends them through
 * matif: those on their way out as they are, those that came in with the protocol number MAT_PROTOCOL_HELD_IN, by which the
 * program there knows to hand them to the NIC that they came in on.
 */
struct mat_held {
	__u64 at_ns; /* CLOCK_MONOTONIC */
	enum mat_event_type why;
	__u32 length;
	struct in6_addr address; /* as in the event */
	__u8 frame[2048]; /* checksums of TCP and UDP may be left to the NIC: the field holds the pseudo-header's sum then */
};

/* "Local experimental" (IEEE 802); never on a wire, and only a socket with CAP_NET_RAW can set it. */
#define MAT_PROTOCOL_HELD_IN 0x88b5

/* mat_counters: one 64-bit number for each, per processor. org.godwit.shim.Counter tells what they mean. */
enum mat_counter {
	MAT_TRANSLATED_OUT,
	MAT_TRANSLATED_IN,
	MAT_QUOTE_OUT,
	MAT_QUOTE_IN,
	MAT_FRAGMENT,
	MAT_BICAST,
	MAT_FLIP,
	MAT_FALSE_ALARM,
	MAT_PEER_FLIP,
	MAT_LATE_IN,
	MAT_EXEMPT_IN,
	MAT_PLAIN_IN,
	MAT_STAMPED_IN,
	MAT_HELD_OUT,
	MAT_HELD_IN,
	MAT_RELEASED, /* this and the next are written by user space only */
	MAT_DROP_UNRESOLVED,
	MAT_EVENT_LOST,
	MAT_DROP_NOT_IPV6,
	MAT_DROP_FOREIGN_SOURCE,
	MAT_DROP_MULTICAST,
	MAT_DROP_MISS_OUT,
	MAT_DROP_EMPTY_SLOT,
	MAT_DROP_HEADERS,
	MAT_DROP_REWRITE,
	MAT_DROP_UNKNOWN_SOURCE,
	MAT_DROP_UNKNOWN_QUOTE,
	MAT_DROP_HOA_IN,
	MAT_DROP_HOA_OUT,
	MAT_DROP_DUPLICATE,
	MAT_DROP_STRANGER,
	MAT_DROP_UNKNOWN_PROXY,
	MAT_COUNTERS,
};

/* In this time: at most one event that others can provoke (all but the flips) and so many held packets per address, and in all. */
#define MAT_REPORT_INTERVAL_NS (100 * 1000 * 1000ULL)
#define MAT_HELD_PER_ADDRESS_MAX 8
#define MAT_HELD_MAX 64

#endif
