/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Nearly every packet goes the way of the one before it. A way is what the maps said then, all in one place: how the addresses
 * change, what that does to a checksum, and on the way out the link-layer header too, which spares the kernel the search for
 * route and neighbour. Only the plain case has a way (TCP or UDP without extension headers, no migration under way); for
 * all others, and whenever there is none, the programs ask the maps.
 *
 * Each processor has its own ways, so nobody sees one half written. A way ends when a map changes (mat_config.generation), when
 * the output does, when another way needs its place, and on the way out after WAY_BELIEVED_NS: then one packet asks the routes
 * and neighbours anew, which also shows the neighbour subsystem that the neighbour is still in use.
 *
 * Part of mat.bpf.c, whose functions it uses.
 */

#define WAY_BELIEVED_NS (100 * 1000 * 1000ULL)

enum {
	WAYS = 256, /* of each direction; a power of two */
};

/* No verdict of a program. */
#define NO_WAY (-2)

/* tc_index of a packet on its way to the NIC whose link-layer header is to be remembered: this plus the place of its way. */
#define WAY_EXPLORER 0x4e00

struct way {
	struct addresses before;
	struct addresses after;
	__u32 change; /* of the checksum */
	__u32 output; /* mat_config.output, and the next too */
	__u32 generation;
	__u32 interface_index; /* this and the rest on the way out only */
	__u64 until_ns;	       /* by the coarse clock; 0: not yet explored */
	__u64 tick;	       /* in which the clock was read last */
	struct link_header link;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, WAYS);
	__type(key, __u32);
	__type(value, struct way);
} mat_ways_out SEC(".maps"), mat_ways_in SEC(".maps");

/* Where the way from or to a peer has its place. Those of one prefix, and those of one host, have different ones. */
static __always_inline __u32 place_of(const struct in6_addr *peer)
{
	__u32 folded = peer->in6_u.u6_addr32[1] ^ peer->in6_u.u6_addr32[2] ^ peer->in6_u.u6_addr32[3];

	folded ^= folded >> 16;
	return (folded ^ folded >> 8) & (WAYS - 1);
}

/* Where the checksum of the packet stands, or 0 when this is not the plain case. */
static __always_inline __u32 plain_checksum(const struct ipv6hdr *header)
{
	switch (header->nexthdr) {
	case IPPROTO_TCP:
		return IP_OFFSET + sizeof(*header) + TCP_CHECKSUM;
	case IPPROTO_UDP:
		return IP_OFFSET + sizeof(*header) + UDP_CHECKSUM;
	default:
		return 0;
	}
}

/* As readdress() does. Without BPF_F_MARK_MANGLED_0 a UDP packet might say that it has no checksum. */
static __always_inline long rewrite_checksum(struct __sk_buff *skb, const struct way *way, __u32 checksum)
{
	bool tcp = checksum == IP_OFFSET + sizeof(struct ipv6hdr) + TCP_CHECKSUM;

	return bpf_l4_csum_replace(skb, checksum, 0, way->change,
				   tcp ? BPF_F_PSEUDO_HDR : BPF_F_PSEUDO_HDR | BPF_F_MARK_MANGLED_0);
}

/* As it is before the maps are asked, hence an operation that no load is done ahead of. */
static __always_inline __u32 generation_before(struct mat_config *config)
{
	return __sync_fetch_and_add(&config->generation, 0);
}

static __always_inline bool is_way_of(const struct way *way, const struct ipv6hdr *header, const struct mat_config *config)
{
	return way->generation == *(volatile __u32 *)&config->generation && way->output == choice(&config->output) &&
	       same_addresses(&way->before, addresses(header));
}

/* The clock costs as much as the rest of a look-up, hence at most once a tick. */
static __always_inline bool is_believed(struct way *way)
{
	__u64 tick = bpf_jiffies64();

	if (tick != way->tick) {
		if (bpf_ktime_get_coarse_ns() >= way->until_ns)
			return false;
		way->tick = tick;
	}
	return true;
}

/* Out of matif, where no NIC has summed the packet, the way of the one before. Returns a verdict, or NO_WAY. */
static __always_inline int follow_way_out(struct __sk_buff *skb, const struct mat_config *config)
{
	struct ipv6hdr *header = ip_header(skb);
	__u32 checksum = header ? plain_checksum(header) : 0;
	__u32 place = header ? place_of(&header->daddr) : 0;
	struct way *way = bpf_map_lookup_elem(&mat_ways_out, &place);

	if (!header || !checksum || !way || skb->tc_index || !is_way_of(way, header, config) || !is_believed(way))
		return NO_WAY;
	if (rewrite_checksum(skb, way, checksum))
		return drop(MAT_DROP_REWRITE);
	header = ip_header(skb);
	if (!header)
		return drop(MAT_DROP_REWRITE);
	*link_header(header) = way->link;
	*(__be32 *)header &= ~bpf_htonl(MAT_LABEL_STAMPED);
	*addresses(header) = way->after;
	count_here(MAT_TRANSLATED_OUT);
	return bpf_redirect(way->interface_index, 0);
}

/* Into a NIC, the way of the one before. Returns a verdict, or NO_WAY. */
static __always_inline int follow_way_in(struct __sk_buff *skb, const struct mat_config *config)
{
	struct ipv6hdr *header = ip_header(skb);
	__u32 checksum = header ? plain_checksum(header) : 0;
	__u32 place = header ? place_of(&header->saddr) : 0;
	struct way *way = bpf_map_lookup_elem(&mat_ways_in, &place);

	if (!header || !checksum || !way || label(header) & MAT_LABEL_STAMPED || !is_way_of(way, header, config))
		return NO_WAY;
	if (rewrite_checksum(skb, way, checksum) ||
	    bpf_skb_store_bytes(skb, SOURCE(IP_OFFSET), &way->after, sizeof(way->after), BPF_F_RECOMPUTE_CSUM))
		return drop(MAT_DROP_REWRITE);
	count_here(MAT_TRANSLATED_IN);
	return PASS;
}

/*
 * What the maps say of this packet is the way of those after it. Output and generation are what they were before the maps were
 * asked: if they have changed since, this is no way any more.
 */
static __always_inline void remember(struct way *way, const struct ipv6hdr *header, const struct addresses *after, __u32 output,
				     __u32 generation)
{
	way->before = *addresses(header);
	way->after = *after;
	way->change = difference(addresses(header), after);
	way->output = output;
	way->generation = generation;
}

static __always_inline void remember_way_in(const struct ipv6hdr *header, const struct addresses *after, __u32 output,
					    __u32 generation)
{
	__u32 place = place_of(&header->saddr);
	struct way *way = bpf_map_lookup_elem(&mat_ways_in, &place);

	if (way)
		remember(way, header, after, output, generation);
}

/* The rest of the way is known when this packet gets to the NIC. */
static __always_inline void explore_way_out(struct __sk_buff *skb, const struct ipv6hdr *header, const struct addresses *after,
					    __u32 interface_index, __u32 output, __u32 generation)
{
	__u32 place = place_of(&header->daddr);
	struct way *way = bpf_map_lookup_elem(&mat_ways_out, &place);

	if (!way)
		return;
	remember(way, header, after, output, generation);
	way->interface_index = interface_index;
	way->until_ns = 0;
	way->tick = 0;
	skb->tc_index = WAY_EXPLORER | place;
}

/* The explorer may have waited for its neighbour, and be on another processor now, or its way another one. */
static __always_inline void arrive(struct __sk_buff *skb, const struct ipv6hdr *header)
{
	__u32 place = skb->tc_index & (WAYS - 1);
	struct way *way = bpf_map_lookup_elem(&mat_ways_out, &place);
	struct link_header link;

	skb->tc_index = 0;
	if (!way || way->interface_index != skb->ifindex || !same_addresses(&way->after, addresses(header)) ||
	    bpf_skb_load_bytes(skb, 0, &link, sizeof(link)))
		return;
	way->link = link;
	way->until_ns = bpf_ktime_get_coarse_ns() + WAY_BELIEVED_NS;
}
