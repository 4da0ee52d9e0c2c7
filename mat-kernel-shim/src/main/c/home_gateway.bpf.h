/* SPDX-License-Identifier: GPL-2.0 */
/*
 * MAT on behalf of correspondents that know nothing of it. Each has an address of its own in the gateway's proxy prefix, so
 * that to mobile nodes it is a peer like any other: its real address plays the part of the HoA, the proxy address that of
 * the MoA.
 *
 *   correspondent -> stack -> matif -[mat_gateway_egress]-> NIC       C -> HoA  becomes  proxy -> MoA
 *   correspondent <- stack <- NIC <-[mat_gateway_ingress]- wire       C <- HoA  becomes  proxy <- MoA, read from right to left
 *
 * Part of mat.bpf.c, whose functions it uses. The stack in between forwards: it counts hops and says what is too big.
 */

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct mat_gateway);
} mat_gateway SEC(".maps");

/* User space keeps the number of correspondents below this, and both maps alike. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16384);
	__type(key, struct in6_addr);
	__type(value, struct mat_proxy);
} mat_proxies SEC(".maps"), mat_proxied SEC(".maps");

static __always_inline struct mat_gateway *gateway(void)
{
	__u32 key = 0;

	return bpf_map_lookup_elem(&mat_gateway, &key);
}

/* Writes only where there is a change: the processors share the entry. */
static __always_inline void touch(struct mat_proxy *proxy)
{
	if (!*(volatile __u32 *)&proxy->used)
		proxy->used = 1;
}

static __always_inline bool in_prefix(const struct in6_addr *address, const struct in6_addr *prefix)
{
	return address->in6_u.u6_addr32[1] == prefix->in6_u.u6_addr32[1] &&
	       address->in6_u.u6_addr32[0] == prefix->in6_u.u6_addr32[0];
}

static __always_inline bool is_error(int icmpv6_type)
{
	return icmpv6_type >= 0 && icmpv6_type <= ICMPV6_ERROR_MAX;
}

/* An error about a packet from a HoA to a correspondent: the mobile node must find in it what it sent. */
static __always_inline int gateway_quote_out(struct __sk_buff *skb, const struct transport *transport)
{
	struct ipv6hdr quoted;
	struct addresses received;
	struct mat_peer *sender;
	struct mat_proxy *receiver;

	if (bpf_skb_load_bytes(skb, transport->offset + ICMPV6_HEADER, &quoted, sizeof(quoted)))
		return drop(MAT_DROP_HEADERS);
	sender = bpf_map_lookup_elem(&mat_peers, &quoted.saddr);
	receiver = bpf_map_lookup_elem(&mat_proxies, &quoted.daddr);
	if (!sender || !receiver)
		return drop(MAT_DROP_UNKNOWN_QUOTE);
	received.source = active_moa(sender);
	received.destination = receiver->address;
	if (rewrite_quote(skb, transport->offset, &quoted, &received))
		return drop(MAT_DROP_REWRITE);
	count(MAT_QUOTE_OUT);
	return PASS;
}

/* Egress of a home gateway's matif: from a correspondent to a HoA. */
SEC("tc")
int mat_gateway_egress(struct __sk_buff *skb)
{
	struct ipv6hdr header;
	struct addresses after;
	struct transport transport;
	struct mat_gateway *gateway_ = gateway();
	struct mat_proxy *proxy;
	struct mat_peer *peer;
	bool error;

	if (gateway_ && skb->protocol == bpf_htons(MAT_PROTOCOL_HELD_IN))
		return bpf_redirect(gateway_->interface_index, BPF_F_INGRESS);
	if (skb->protocol != bpf_htons(ETH_P_IPV6))
		return drop(MAT_DROP_NOT_IPV6);
	if (!gateway_ || bpf_skb_load_bytes(skb, IP_OFFSET, &header, sizeof(header)))
		return drop(MAT_DROP_HEADERS);
	if (header.daddr.in6_u.u6_addr8[0] == 0xff)
		return drop(MAT_DROP_MULTICAST);
	if (find_transport(skb, IP_OFFSET, header.nexthdr, &transport))
		return drop(MAT_DROP_HEADERS);
	error = is_error(icmpv6_type(skb, &transport));
	proxy = bpf_map_lookup_elem(&mat_proxies, &header.saddr);
	if (proxy) {
		touch(proxy);
		after.source = proxy->address;
	} else if (error) {
		/* Of a router on the way to the correspondent, or our own. */
		after.source = gateway_->address;
	} else {
		return drop(ask(skb, MAT_EVENT_STRANGER, &header.saddr) ? MAT_HELD_OUT : MAT_DROP_STRANGER);
	}
	peer = bpf_map_lookup_elem(&mat_peers, &header.daddr);
	if (!peer)
		return drop(ask(skb, MAT_EVENT_MISS_OUT, &header.daddr) ? MAT_HELD_OUT : MAT_DROP_MISS_OUT);
	after.destination = active_moa(peer);
	if (error && gateway_quote_out(skb, &transport) != PASS)
		return TC_ACT_SHOT;
	if (rewrite(skb, &header, &transport, &after))
		return drop(MAT_DROP_REWRITE);
	/* What plain nodes put into the flow label must not look like a relay's stamp. */
	if (label(&header) & MAT_LABEL_STAMPED && relabel(skb, &header, label(&header) & MAT_LABEL_NUMBER))
		return drop(MAT_DROP_REWRITE);
	count(MAT_TRANSLATED_OUT);
	return bpf_redirect_neigh(gateway_->interface_index, NULL, 0, 0);
}

/* An error about a packet from a correspondent to a HoA. */
static __always_inline int gateway_quote_in(struct __sk_buff *skb, const struct transport *transport)
{
	struct ipv6hdr quoted;
	struct addresses sent;
	struct mat_proxy *sender;
	struct mat_peer_moa *receiver;

	if (bpf_skb_load_bytes(skb, transport->offset + ICMPV6_HEADER, &quoted, sizeof(quoted)))
		return drop(MAT_DROP_HEADERS);
	sender = bpf_map_lookup_elem(&mat_proxied, &quoted.saddr);
	receiver = bpf_map_lookup_elem(&mat_peer_moas, &quoted.daddr);
	if (!sender || !receiver)
		return drop(MAT_DROP_UNKNOWN_QUOTE);
	sent.source = sender->address;
	sent.destination = receiver->hoa;
	if (rewrite_quote(skb, transport->offset, &quoted, &sent))
		return drop(MAT_DROP_REWRITE);
	count(MAT_QUOTE_IN);
	return PASS;
}

/* Ingress of a home gateway's NIC: from the MoA of a peer to a proxy address. All else is left to the stack. */
SEC("tc")
int mat_gateway_ingress(struct __sk_buff *skb)
{
	struct ipv6hdr header;
	struct addresses after;
	struct transport transport;
	struct mat_config *config_ = config();
	struct mat_gateway *gateway_ = gateway();
	struct mat_proxy *receiver;
	struct mat_peer_moa *sender;
	struct mat_peer *peer;
	int type;

	if (skb->protocol != bpf_htons(ETH_P_IPV6) || !config_ || !gateway_)
		return PASS;
	if (bpf_skb_load_bytes(skb, IP_OFFSET, &header, sizeof(header)))
		return PASS;
	if (!in_prefix(&header.daddr, &gateway_->proxy_prefix))
		return PASS;
	receiver = bpf_map_lookup_elem(&mat_proxied, &header.daddr);
	if (!receiver)
		return drop(ask(skb, MAT_EVENT_UNKNOWN_PROXY, &header.daddr) ? MAT_HELD_IN : MAT_DROP_UNKNOWN_PROXY);
	if (find_transport(skb, IP_OFFSET, header.nexthdr, &transport))
		return drop(MAT_DROP_HEADERS);
	type = icmpv6_type(skb, &transport);
	sender = bpf_map_lookup_elem(&mat_peer_moas, &header.saddr);
	if (is_error(type)) {
		if (gateway_quote_in(skb, &transport) != PASS)
			return TC_ACT_SHOT;
		/* A router on the way to the mobile node is spoken for by us: nobody would let us send with its address. */
		after.source = sender ? sender->hoa : config_->hoa;
	} else if (!sender) {
		return drop(ask(skb, MAT_EVENT_UNKNOWN_SOURCE, &header.saddr) ? MAT_HELD_IN
										: MAT_DROP_UNKNOWN_SOURCE);
	} else {
		peer = bpf_map_lookup_elem(&mat_peers, &sender->hoa);
		if (peer)
			follow(config_, peer, &sender->hoa, sender->place, &header.saddr);
		after.source = sender->hoa;
	}
	after.destination = receiver->address;
	touch(receiver);
	if (rewrite(skb, &header, &transport, &after))
		return drop(MAT_DROP_REWRITE);
	count(MAT_TRANSLATED_IN);
	return PASS;
}
