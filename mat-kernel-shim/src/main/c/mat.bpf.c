// SPDX-License-Identifier: GPL-2.0
/*
 * MAT in the end host: rewrites between Home Addresses and Mobile Addresses.
 *
 *   application -> stack -> matif -[mat_egress]-> NIC -[mat_nic_egress]-> wire      HoA -> HoA  becomes  MoA -> MoA
 *   application <- stack <----------------------- NIC <-[mat_ingress]---- wire      MoA -> MoA  becomes  HoA -> HoA
 *
 * Fail open for what is not ours, closed for what is: a packet of a HoA either leaves translated or not at all, and one
 * for an own MoA that cannot be translated is kept from the stack, which would answer it with a reset.
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_tracing.h>

#include "mat_packet.h"
#include "mat_shim_abi.h"

char _license[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct mat_config);
} mat_config SEC(".maps");

/* A hash, though of two elements: its updates replace an element as a whole, an array's may be seen half done. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct mat_slot);
} mat_slots SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4);
	__type(key, struct in6_addr);
	__type(value, struct mat_own);
} mat_own SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, MAT_PEERS_MAX);
	__type(key, struct in6_addr);
	__type(value, struct mat_peer);
} mat_peers SEC(".maps");

/* Room for three MoAs a peer, and for the old and the new ones while a peer is being replaced. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 3 * MAT_PEERS_MAX + 8);
	__type(key, struct in6_addr);
	__type(value, struct mat_peer_moa);
} mat_peer_moas SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, struct in6_addr);
	__type(value, struct mat_exempt);
} mat_exempt SEC(".maps");

/* Old entries give way by themselves; who is asked about once more is believed once more. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, MAT_PLAIN_MAX);
	__type(key, struct in6_addr);
	__type(value, struct mat_plain);
} mat_plain SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct mat_note);
} mat_note SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, struct mat_hook);
} mat_hooks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct mat_landing);
} mat_landing SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, MAT_EVENTS_BYTES);
} mat_events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, MAT_COUNTERS);
	__type(key, __u32);
	__type(value, __u64);
} mat_counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, MAT_HELD_BYTES);
} mat_held SEC(".maps");

struct report {
	struct in6_addr address;
	__u32 type;
};

/* What happened since a moment. Processors may count over each other: the limits are meant as an order of magnitude. */
struct window {
	__u64 since;
	__u64 count;
};

/* Of an address that was reported. Old entries give way by themselves, so a flood of addresses costs no memory. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 256);
	__type(key, struct report);
	__type(value, struct window);
} mat_reports SEC(".maps");

/* Event type -> packets held for all addresses: a flood from outside must not cost us what we send. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAT_EVENT_UNKNOWN_PROXY + 1);
	__type(key, __u32);
	__type(value, struct window);
} mat_held_windows SEC(".maps");

#define ICMPV6_HEADER 8

/* A stamp this little behind the newest was overtaken on its way; one farther behind belongs to a numbering begun anew. */
#define OVERTAKEN_MAX 1024

/* For so long after a landing packets are looked at for the first of a program. */
#define LANDING_MAX_NS (10 * 1000 * 1000 * 1000ULL)

/* tc_index of the second copy of a bicast packet on its way through matif: this plus its slot. Means nothing to others. */
#define STAGED_COPY 0x4d40

enum {
	ICMPV6_NEIGHBOUR_ADVERTISEMENT = 136,
	NA_SOLICITED = 0x40,
};

/* For what nearly every packet passes; elsewhere count() does, which is shorter. */
static __always_inline void count_here(enum mat_counter counter)
{
	__u32 key = counter;
	__u64 *value = bpf_map_lookup_elem(&mat_counters, &key);

	if (value)
		(*value)++;
}

/* Not inlined for the same reason as emit: enum mat_counter. */
static __noinline void count(enum mat_counter counter)
{
	count_here(counter);
}

static __always_inline int drop(enum mat_counter why)
{
	count(why);
	return TC_ACT_SHOT;
}

static __always_inline int pass(enum mat_counter why)
{
	count(why);
	return PASS;
}

/* Not inlined, so that it gives a number and no pointer, of which the compiler would make sums. */
static __noinline bool is_exempt(const struct in6_addr *address)
{
	return bpf_map_lookup_elem(&mat_exempt, address) != NULL;
}

static __always_inline __u32 choice(const enum mat_choice *word)
{
	return *(const volatile __u32 *)word;
}

static __always_inline struct in6_addr active_moa(const struct mat_peer *peer)
{
	return peer->moa[choice(&peer->choice) & MAT_ACTIVE];
}

static __always_inline struct mat_config *config(void)
{
	__u32 key = 0;

	return bpf_map_lookup_elem(&mat_config, &key);
}

/* A function of its own, not inlined, so that the object's type information tells the shape of an event. */
static __noinline void emit(const struct mat_event *event)
{
	if (bpf_ringbuf_output(&mat_events, (void *)event, sizeof(*event), 0))
		count(MAT_EVENT_LOST);
}

/* How many there were in this window, the present one included. */
static __always_inline __u64 another(struct window *window, __u64 now)
{
	if (now - window->since >= MAT_REPORT_INTERVAL_NS) {
		window->since = now;
		window->count = 0;
	}
	return ++window->count;
}

/* Not inlined for the same reason as emit. */
static __noinline long fill(struct __sk_buff *skb, struct mat_held *held)
{
	__u32 length = skb->len;

	if (length < ETH_HLEN + sizeof(struct ipv6hdr) || length > sizeof(held->frame))
		return -1;
	held->length = length;
	return bpf_skb_load_bytes(skb, 0, held->frame, length);
}

static __always_inline bool hold(struct __sk_buff *skb, enum mat_event_type why, const struct in6_addr *address, __u64 now)
{
	__u32 key = why;
	struct window *all = bpf_map_lookup_elem(&mat_held_windows, &key);
	struct mat_held *held;

	if (!all || another(all, now) > MAT_HELD_MAX)
		return false;
	held = bpf_ringbuf_reserve(&mat_held, sizeof(*held), 0);
	if (!held)
		return false;
	held->at_ns = now;
	held->why = why;
	held->address = *address;
	if (fill(skb, held)) {
		bpf_ringbuf_discard(held, 0);
		return false;
	}
	bpf_ringbuf_submit(held, 0);
	return true;
}

/*
 * User space is to find out about an address, and the packet, if any, waits there meanwhile, if it can. Anybody can provoke this by
 * sending packets, hence not more often than user space can bear.
 */
static __always_inline bool ask(struct __sk_buff *skb, enum mat_event_type type, const struct in6_addr *address)
{
	struct report key = { .address = *address, .type = type };
	struct mat_event event = { .type = type, .address = *address };
	__u64 now = bpf_ktime_get_ns();
	struct window first = { .since = now, .count = 1 };
	struct window *window = bpf_map_lookup_elem(&mat_reports, &key);
	__u64 count_ = window ? another(window, now) : 1;
	bool held = skb && count_ <= MAT_HELD_PER_ADDRESS_MAX && hold(skb, type, address, now);

	if (!window)
		bpf_map_update_elem(&mat_reports, &key, &first, BPF_ANY);
	if (count_ == 1)
		emit(&event);
	return held;
}

/* False when somebody else was quicker. */
static __always_inline bool replace(void *word, __u32 before, __u32 after)
{
	return __sync_val_compare_and_swap((__u32 *)word, before, after) == before;
}

/* Whether the packet with this stamp has come to the other slot already. If not, it is remembered for this one. */
static __always_inline bool is_duplicate(struct mat_config *config, __u32 slot, __u32 number)
{
	enum mat_newest *here = &config->newest[slot & MAT_ACTIVE];
	enum mat_newest *there = &config->newest[(slot & MAT_ACTIVE) ^ MAT_ACTIVE];
	__u32 newest_here = *(volatile __u32 *)here;
	__u32 newest_there = *(volatile __u32 *)there;
	__u32 ahead = (number - newest_there) & MAT_NEWEST_NUMBER;

	if (newest_there & MAT_NEWEST_SEEN) {
		if (!ahead || ahead > MAT_NEWEST_NUMBER / 2)
			return true;
		/* So long after the last one there, nothing of it can come here any more; without this it would seem new again. */
		if (ahead > MAT_NEWEST_NUMBER / 4)
			replace(there, newest_there, MAT_NEWEST_WATCHED);
	}
	if (newest_here & MAT_NEWEST_WATCHED &&
	    !(newest_here & MAT_NEWEST_SEEN && ((newest_here - number) & MAT_NEWEST_NUMBER) < OVERTAKEN_MAX))
		replace(here, newest_here, MAT_NEWEST_WATCHED | MAT_NEWEST_SEEN | number);
	return false;
}

static __always_inline struct mat_landing *landing(void)
{
	__u32 key = 0;

	return bpf_map_lookup_elem(&mat_landing, &key);
}

/* Not inlined, this and the next two: they are for the short time in which a node is armed. */
static __noinline void stamp_landing(void)
{
	struct mat_landing *landing_ = landing();

	if (landing_ && !landing_->landed_ns)
		landing_->landed_ns = bpf_ktime_get_ns();
}

/* Of a packet while armed. Data through the old slot shows that whatever silence there was before was not that of a landing. */
static __noinline void stamp_in(__u32 slot, __u32 output)
{
	struct mat_landing *landing_ = landing();
	__u64 now = bpf_ktime_get_ns();
	__u32 old = output & MAT_UNPROVEN ? (output & MAT_ACTIVE) ^ MAT_ACTIVE : output & MAT_ACTIVE;

	if (!landing_)
		return;
	slot &= MAT_ACTIVE;
	if (!landing_->in_first_ns[slot])
		landing_->in_first_ns[slot] = now;
	landing_->in_last_ns[slot] = now;
	if (slot == old) {
		landing_->out_silence_ns = 0;
		landing_->landed_ns = 0;
	}
}

/* What a kernel says of its own accord, before any program has woken: an acknowledgement without data, an answer to an echo. */
static __always_inline bool is_kernels_own(struct __sk_buff *skb, const struct transport *transport, int icmpv6)
{
	struct {
		__u8 words; /* of the header, in the upper half */
		__u8 flags;
	} tcp;

	if (icmpv6 >= 0)
		return icmpv6 != ICMPV6_ECHO_REQUEST;
	if (transport->protocol != IPPROTO_TCP || transport->later_fragment ||
	    bpf_skb_load_bytes(skb, transport->offset + TCP_WORDS, &tcp, sizeof(tcp)))
		return false;
	return !(tcp.flags & (TCP_FIN | TCP_SYN | TCP_RST)) && skb->len <= transport->offset + (tcp.words >> 4) * 4;
}

/*
 * Of a packet while armed, and of the first one after, if it is a program's: a kernel answers for programs that still sleep. True when
 * the next one must come by here, too, since no program's has yet.
 */
static __noinline bool stamp_out(struct __sk_buff *skb, const struct transport *transport, int icmpv6, bool armed)
{
	struct mat_landing *landing_ = landing();
	__u64 before, now;
	bool is_landing;

	if (!landing_)
		return false;
	before = landing_->out_last_ns;
	is_landing = before < landing_->landed_ns;
	if (!armed && !is_landing)
		return false;
	now = bpf_ktime_get_ns();
	if (is_kernels_own(skb, transport, icmpv6))
		return is_landing && now - landing_->landed_ns < LANDING_MAX_NS;
	if (before && (is_landing || !landing_->landed_ns) && now - before > landing_->out_silence_ns)
		landing_->out_silence_ns = now - before;
	landing_->out_last_ns = now;
	return false;
}

static __always_inline void tell_flip(__u32 slot, enum mat_trigger by)
{
	struct mat_event event = { .type = MAT_EVENT_FLIPPED, .slot = slot, .trigger = by };

	emit(&event);
}

/*
 * If armed, the staged slot becomes the active one; but packets go on leaving through both, since others than a landing make
 * interfaces announce themselves. Of several signs at once exactly one wins and is reported.
 */
static __always_inline void announced(struct mat_config *config, enum mat_trigger by)
{
	__u32 before = choice(&config->output);
	__u32 after = (before ^ MAT_ACTIVE) | MAT_UNPROVEN;

	if ((before & (MAT_STAGED | MAT_UNPROVEN)) != MAT_STAGED || !replace(&config->output, before, after))
		return;
	count(MAT_FLIP);
	stamp_landing();
	tell_flip(after & MAT_ACTIVE, by);
}

/*
 * Data came through this slot, so this is where we are: if armed, the staged slot becomes the only one, or stays so if it had
 * been announced. After an announcement, data through the old slot shows that it was a false alarm, or was still on its way:
 * armed again, either is right.
 */
static __always_inline void received(struct mat_config *config, __u32 slot)
{
	__u32 before = choice(&config->output);
	bool unproven = before & MAT_UNPROVEN;
	bool elsewhere = slot != (before & MAT_ACTIVE);
	__u32 after = unproven && elsewhere ? slot | MAT_STAGED : slot;

	if (!(before & MAT_STAGED) || (!unproven && !elsewhere) || !replace(&config->output, before, after))
		return;
	if (!elsewhere)
		return;
	if (!unproven)
		stamp_landing();
	count(unproven ? MAT_FALSE_ALARM : MAT_FLIP);
	tell_flip(slot, MAT_TRIGGER_RECEIVED);
}

/* Data came from this place: if it is the staged one, packets to the peer go there from now on. */
static __always_inline void follow(struct mat_config *config, struct mat_peer *peer, const struct in6_addr *hoa, __u32 place,
				   const struct in6_addr *moa)
{
	struct mat_event event = { .type = MAT_EVENT_PEER_FLIPPED, .address = *hoa, .moa = *moa };
	__u32 before = choice(&peer->choice);

	if (place == (before & MAT_ACTIVE))
		return;
	/* While user space replaces the peer, the place may be one of before or after: what counts is who stands in it. */
	if (place >= MAT_PLACE_RETIRED || !(before & MAT_STAGED) || !same(&peer->moa[place & MAT_ACTIVE], moa)) {
		/* Late, or back there and nobody has told us: user space asks, and until it knows nothing is followed. */
		count(MAT_LATE_IN);
		ask(NULL, MAT_EVENT_UNKNOWN_SOURCE, moa);
		return;
	}
	if (!replace(&peer->choice, before, place))
		return;
	__sync_fetch_and_add(&config->generation, 1);
	count(MAT_PEER_FLIP);
	emit(&event);
}

static __always_inline long rewrite(struct __sk_buff *skb, const struct ipv6hdr *before, const struct transport *transport,
				    const struct addresses *after)
{
	if (transport->later_fragment)
		count(MAT_FRAGMENT);
	return readdress(skb, transport, difference(addresses(before), after), after);
}

/*
 * Rewrites the addresses of the packet that an ICMPv6 error quotes. They are payload to the error's checksum. The quoted
 * packet's own checksum stays: it is often cut off, and nobody verifies it.
 */
static __always_inline long rewrite_quote(struct __sk_buff *skb, __u32 icmp, const struct ipv6hdr *before,
					  const struct addresses *after)
{
	long error = bpf_l4_csum_replace(skb, icmp + ICMPV6_CHECKSUM, 0, difference(addresses(before), after), 0);

	return error ? error : bpf_skb_store_bytes(skb, SOURCE(icmp + ICMPV6_HEADER), after, sizeof(*after), 0);
}

#include "mat_ways.bpf.h"

/* A packet that user space held goes back to where it came in, if that is still ours. */
static __always_inline int hand_in(struct __sk_buff *skb)
{
	struct in6_addr moa;
	struct mat_own *own;
	struct mat_slot *slot;

	if (bpf_skb_load_bytes(skb, DESTINATION(IP_OFFSET), &moa, sizeof(moa)))
		return drop(MAT_DROP_HEADERS);
	own = bpf_map_lookup_elem(&mat_own, &moa);
	slot = own ? bpf_map_lookup_elem(&mat_slots, &own->slot) : NULL;
	if (!slot)
		return drop(MAT_DROP_EMPTY_SLOT);
	return bpf_redirect(slot->interface_index, BPF_F_INGRESS);
}

/* From HoA to the HoA of a peer, by the maps. */
static __always_inline int find_way_out(struct __sk_buff *skb, struct mat_config *config_)
{
	struct ipv6hdr header, quoted;
	struct addresses after;
	struct transport transport;
	struct mat_peer *peer;
	struct mat_slot *slot;
	__u32 generation = generation_before(config_);
	__u32 output = choice(&config_->output);
	__u32 slot_number = output & MAT_ACTIVE, interface_index;
	bool explores = false;
	int type;

	if (bpf_skb_load_bytes(skb, IP_OFFSET, &header, sizeof(header)))
		return drop(MAT_DROP_HEADERS);
	if (!same(&header.saddr, &config_->hoa))
		return drop(MAT_DROP_FOREIGN_SOURCE);
	if (header.daddr.in6_u.u6_addr8[0] == 0xff)
		return drop(MAT_DROP_MULTICAST);
	peer = bpf_map_lookup_elem(&mat_peers, &header.daddr);
	if (!peer)
		return drop(ask(skb, MAT_EVENT_MISS_OUT, &header.daddr) ? MAT_HELD_OUT : MAT_DROP_MISS_OUT);
	if (find_transport(skb, IP_OFFSET, header.nexthdr, &transport))
		return drop(MAT_DROP_HEADERS);
	type = icmpv6_type(skb, &transport);

	if ((skb->tc_index & ~MAT_ACTIVE) == STAGED_COPY) {
		slot_number = skb->tc_index & MAT_ACTIVE;
		skb->tc_index = 0;
	} else if (output & MAT_STAGED) {
		stamp_out(skb, &transport, type, true);
		/* The copy comes in here again, at once, and takes the staged slot. */
		skb->tc_index = STAGED_COPY | (slot_number ^ MAT_ACTIVE);
		if (!bpf_clone_redirect(skb, skb->ifindex, 0))
			count(MAT_BICAST);
		skb->tc_index = 0;
	} else {
		explores = !stamp_out(skb, &transport, type, false) && plain_checksum(&header);
	}
	slot = bpf_map_lookup_elem(&mat_slots, &slot_number);
	if (!slot)
		return drop(MAT_DROP_EMPTY_SLOT);
	after.source = slot->moa;
	after.destination = active_moa(peer);
	interface_index = slot->interface_index;

	if (type >= 0 && type <= ICMPV6_ERROR_MAX) {
		/* It quotes what we received, translated: the peer must find in it what it sent. */
		struct addresses received;
		struct mat_peer *sender;

		if (bpf_skb_load_bytes(skb, transport.offset + ICMPV6_HEADER, &quoted, sizeof(quoted)))
			return drop(MAT_DROP_HEADERS);
		sender = bpf_map_lookup_elem(&mat_peers, &quoted.saddr);
		if (!sender || !same(&quoted.daddr, &config_->hoa))
			return drop(MAT_DROP_UNKNOWN_QUOTE);
		received.source = active_moa(sender);
		received.destination = slot->moa;
		if (rewrite_quote(skb, transport.offset, &quoted, &received))
			return drop(MAT_DROP_REWRITE);
		count(MAT_QUOTE_OUT);
	}
	if (rewrite(skb, &header, &transport, &after))
		return drop(MAT_DROP_REWRITE);
	if (label(&header) & MAT_LABEL_STAMPED && relabel(skb, &header, label(&header) & MAT_LABEL_NUMBER))
		return drop(MAT_DROP_REWRITE);
	count(MAT_TRANSLATED_OUT);
	if (explores)
		explore_way_out(skb, &header, &after, interface_index, output, generation);
	/* Without explicit next hop: with one, packets that wait for its resolution leave with a wrong MAC. */
	return bpf_redirect_neigh(interface_index, NULL, 0, 0);
}

/* Egress of matif. Whatever comes here is ours; it leaves translated or not at all. */
SEC("tc")
int mat_egress(struct __sk_buff *skb)
{
	struct mat_config *config_ = config();
	int verdict;

	if (skb->protocol == bpf_htons(MAT_PROTOCOL_HELD_IN))
		return hand_in(skb);
	if (skb->protocol != bpf_htons(ETH_P_IPV6))
		return drop(MAT_DROP_NOT_IPV6);
	if (!config_)
		return drop(MAT_DROP_HEADERS);
	verdict = follow_way_out(skb, config_);
	return verdict == NO_WAY ? find_way_out(skb, config_) : verdict;
}

/*
 * Whether the packet belongs to a connection of a socket that is bound to the own MoA. The node opened or accepted it
 * untranslated, for translated ones are bound to the HoA; so it is none that the stack would answer with a reset.
 */
static __always_inline bool has_plain_connection(struct __sk_buff *skb, const struct ipv6hdr *header,
						 const struct transport *transport)
{
	struct bpf_sock_tuple tuple = {};
	struct bpf_sock *socket;
	bool connected;

	if (transport->later_fragment || (transport->protocol != IPPROTO_TCP && transport->protocol != IPPROTO_UDP))
		return false;
	/* Both begin with source and destination port. */
	if (bpf_skb_load_bytes(skb, transport->offset, &tuple.ipv6.sport, 2 * sizeof(__be16)))
		return false;
	__builtin_memcpy(tuple.ipv6.saddr, &header->saddr, sizeof(tuple.ipv6.saddr));
	__builtin_memcpy(tuple.ipv6.daddr, &header->daddr, sizeof(tuple.ipv6.daddr));
	/* Both give the same type of pointer, which the verifier wants of an instruction that two ways lead to. */
	socket = transport->protocol == IPPROTO_TCP ?
			 bpf_sk_lookup_tcp(skb, &tuple, sizeof(tuple.ipv6), BPF_F_CURRENT_NETNS, 0) :
			 bpf_sk_lookup_udp(skb, &tuple, sizeof(tuple.ipv6), BPF_F_CURRENT_NETNS, 0);
	if (!socket)
		return false;
	/* A connected UDP socket is "established", one that is not is "closed". */
	connected = transport->protocol == IPPROTO_TCP ? socket->state != BPF_TCP_LISTEN :
							 socket->state == BPF_TCP_ESTABLISHED;
	bpf_sk_release(socket);
	return connected;
}

/* Whether this is plain traffic: from an address that is nobody's MoA, as far as is known. */
static __always_inline bool is_plain(struct __sk_buff *skb, const struct ipv6hdr *header,
				     const struct transport *transport)
{
	struct mat_plain *plain = bpf_map_lookup_elem(&mat_plain, &header->saddr);

	return (plain && bpf_ktime_get_ns() < plain->until_ns) || is_link_local(&header->saddr) ||
	       has_plain_connection(skb, header, transport);
}

/*
 * An ICMPv6 error for an own MoA. Routers send them, so the source need not be known; what counts is that the quoted packet
 * went from an own MoA. If to a peer's, it was translated; if not, it was plain, and the stack finds out whose it was.
 */
static __always_inline int ingress_error(struct __sk_buff *skb, const struct mat_config *config_,
					 const struct ipv6hdr *header, const struct transport *transport, bool exempt)
{
	struct ipv6hdr quoted;
	struct addresses after = { .source = header->saddr, .destination = config_->hoa }, sent;
	struct mat_peer_moa *about, *sender;
	struct mat_own *own;
	bool about_exempt;

	if (bpf_skb_load_bytes(skb, transport->offset + ICMPV6_HEADER, &quoted, sizeof(quoted)))
		return drop(MAT_DROP_HEADERS);
	own = bpf_map_lookup_elem(&mat_own, &quoted.saddr);
	about = bpf_map_lookup_elem(&mat_peer_moas, &quoted.daddr);
	about_exempt = is_exempt(&quoted.daddr);
	if (!own || !about || about_exempt) {
		if (exempt || about_exempt)
			return pass(MAT_EXEMPT_IN);
		return own ? pass(MAT_PLAIN_IN) : drop(MAT_DROP_UNKNOWN_QUOTE);
	}
	sent.source = config_->hoa;
	sent.destination = about->hoa;
	if (rewrite_quote(skb, transport->offset, &quoted, &sent))
		return drop(MAT_DROP_REWRITE);
	count(MAT_QUOTE_IN);
	sender = bpf_map_lookup_elem(&mat_peer_moas, &header->saddr);
	if (sender)
		after.source = sender->hoa;
	if (rewrite(skb, header, transport, &after))
		return drop(MAT_DROP_REWRITE);
	count(MAT_TRANSLATED_IN);
	return PASS;
}

/* From the MoA of a peer to an own one, whichever slot it stands in, by the maps. */
static __always_inline int find_way_in(struct __sk_buff *skb, struct mat_config *config_)
{
	struct ipv6hdr header;
	struct addresses after;
	struct transport transport;
	struct mat_own *own;
	struct mat_peer_moa *sender;
	struct mat_peer *peer;
	__u32 generation = generation_before(config_);
	__u32 output = choice(&config_->output);
	bool exempt;
	int type;

	if (bpf_skb_load_bytes(skb, IP_OFFSET, &header, sizeof(header)))
		return PASS;
	own = bpf_map_lookup_elem(&mat_own, &header.daddr);
	if (!own)
		return same(&header.daddr, &config_->hoa) ? drop(MAT_DROP_HOA_IN) : PASS;

	exempt = is_exempt(&header.saddr);
	if (find_transport(skb, IP_OFFSET, header.nexthdr, &transport))
		return exempt ? pass(MAT_EXEMPT_IN) : drop(MAT_DROP_HEADERS);
	type = icmpv6_type(skb, &transport);
	if (concerns_the_link_only(type))
		return PASS;
	if (type >= 0 && type <= ICMPV6_ERROR_MAX)
		return ingress_error(skb, config_, &header, &transport, exempt);
	if (exempt)
		return pass(MAT_EXEMPT_IN);
	sender = bpf_map_lookup_elem(&mat_peer_moas, &header.saddr);
	if (!sender && is_plain(skb, &header, &transport))
		return pass(MAT_PLAIN_IN);
	if (!sender)
		return drop(ask(skb, MAT_EVENT_UNKNOWN_SOURCE, &header.saddr) ? MAT_HELD_IN
										: MAT_DROP_UNKNOWN_SOURCE);
	if (label(&header) & MAT_LABEL_STAMPED) {
		count(MAT_STAMPED_IN);
		if (is_duplicate(config_, own->slot, label(&header) & MAT_LABEL_NUMBER))
			return drop(MAT_DROP_DUPLICATE);
		if (relabel(skb, &header, 0))
			return drop(MAT_DROP_REWRITE);
	}
	peer = bpf_map_lookup_elem(&mat_peers, &sender->hoa);
	if (peer)
		follow(config_, peer, &sender->hoa, sender->place, &header.saddr);
	if (output & MAT_STAGED)
		stamp_in(own->slot, output);
	received(config_, own->slot);
	after.source = sender->hoa;
	after.destination = config_->hoa;
	if (peer && sender->place == (choice(&peer->choice) & MAT_ACTIVE) && !(output & MAT_STAGED) && plain_checksum(&header))
		remember_way_in(&header, &after, output, generation);
	if (rewrite(skb, &header, &transport, &after))
		return drop(MAT_DROP_REWRITE);
	count(MAT_TRANSLATED_IN);
	return PASS;
}

/* Ingress of every NIC. What is not for an own MoA is not ours. */
SEC("tc")
int mat_ingress(struct __sk_buff *skb)
{
	struct mat_config *config_ = config();
	int verdict;

	if (skb->protocol != bpf_htons(ETH_P_IPV6) || !config_)
		return PASS;
	verdict = follow_way_in(skb, config_);
	return verdict == NO_WAY ? find_way_in(skb, config_) : verdict;
}

/* Egress of every NIC: a HoA must not leave, and an announcement of our own is a sign that we have landed. */
SEC("tc")
int mat_nic_egress(struct __sk_buff *skb)
{
	struct {
		__u8 type;
		__u8 code;
		__be16 checksum;
		__u8 flags;
	} __attribute__((packed)) advertisement;
	struct ipv6hdr copy;
	const struct ipv6hdr *header = ip_header(skb);
	struct mat_config *config_ = config();

	if (skb->protocol != bpf_htons(ETH_P_IPV6) || !config_)
		return PASS;
	if (!header) {
		if (bpf_skb_load_bytes(skb, IP_OFFSET, &copy, sizeof(copy)))
			return PASS;
		header = &copy;
	}
	if ((skb->tc_index & ~(WAYS - 1)) == WAY_EXPLORER)
		arrive(skb, header);
	if (same(&header->saddr, &config_->hoa))
		return drop(MAT_DROP_HOA_OUT);
	/* Unsolicited, to all nodes (RFC 4861, section 7.2.6). */
	if (header->nexthdr != IPPROTO_ICMPV6 || header->daddr.in6_u.u6_addr32[0] != bpf_htonl(0xff020000) ||
	    header->daddr.in6_u.u6_addr32[3] != bpf_htonl(1))
		return PASS;
	if (bpf_skb_load_bytes(skb, IP_OFFSET + sizeof(*header), &advertisement, sizeof(advertisement)))
		return PASS;
	if (advertisement.type == ICMPV6_NEIGHBOUR_ADVERTISEMENT && !(advertisement.flags & NA_SOLICITED))
		announced(config_, MAT_TRIGGER_ANNOUNCED);
	return PASS;
}

struct net_device {
	int ifindex;
} __attribute__((preserve_access_index));

/* What virtio-net and xen-netfront call on resume. Optional: not every kernel lets it be traced. */
SEC("fentry/netdev_notify_peers")
int BPF_PROG(mat_notify_peers, struct net_device *device)
{
	struct mat_config *config_ = config();

	for (__u32 number = 0; number < 2; number++) {
		__u32 key = number;
		struct mat_slot *slot = bpf_map_lookup_elem(&mat_slots, &key);

		if (config_ && slot && slot->interface_index == (__u32)device->ifindex) {
			announced(config_, MAT_TRIGGER_NOTIFIED);
			return 0;
		}
	}
	return 0;
}

#include "home_gateway.bpf.h"
