// SPDX-License-Identifier: GPL-2.0
/*
 * The relay of a host that a VM leaves (in the sense of RFC 5568: forwarding only, nothing is kept and replayed).
 *
 *   uplink -[relay_ingress]-> bridge -> tap of the VM           the original, stamped
 *                  |
 *                  +-> uplink -[relay_ingress]-> route -> ...   the copy: old MoA becomes new MoA
 *
 * It begins shortly before the VM is paused. What the VM has had as an original and then finds as a copy, it knows by the
 * stamp (mat_shim_abi.h). The copy comes in a second time, marked, because only a packet, not a clone of it, can be handed
 * to the neighbour subsystem, and the original must be left with the bridge.
 *
 * Ingress of the uplink, not egress of the VM's tap: that ends with the VM's process.
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>

#include "mat_packet.h"
#include "mat_shim_abi.h"
#include "relay_abi.h"

char _license[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, RELAYS_MAX);
	__type(key, struct in6_addr);
	__type(value, struct relay);
} relays SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, RELAYS_MAX);
	__type(key, struct in6_addr);
	__type(value, struct relay_traffic);
} relay_traffic SEC(".maps");

/* tc_index of the copy on its way through the uplink. Means nothing to others. */
#define COPY 0x4d52

/* The last hop limit with which a packet may not be forwarded (RFC 8200, section 3). */
#define HOP_LIMIT_SPENT 1

static __always_inline int escape(struct relay_traffic *traffic)
{
	__sync_fetch_and_add(&traffic->escaped, 1);
	return PASS;
}

static __always_inline long stamp(struct __sk_buff *skb, const struct ipv6hdr *header, struct relay_traffic *traffic)
{
	__u32 number = __sync_fetch_and_add(&traffic->number, 1) & MAT_LABEL_NUMBER;

	return relabel(skb, header, MAT_LABEL_STAMPED | number);
}

static __always_inline int send_on(struct __sk_buff *skb, struct ipv6hdr *header, const struct transport *transport,
				   const struct relay *relay, struct relay_traffic *traffic)
{
	__u32 interface_index = relay->interface_index;
	struct addresses after = { .source = header->saddr, .destination = relay->to };
	__u8 hop_limit = header->hop_limit - 1;

	if (readdress(skb, transport, difference(addresses(header), &after), &after) ||
	    bpf_skb_store_bytes(skb, IP_OFFSET + offsetof(struct ipv6hdr, hop_limit), &hop_limit, sizeof(hop_limit),
				BPF_F_RECOMPUTE_CSUM)) {
		__sync_fetch_and_add(&traffic->escaped, 1);
		return TC_ACT_SHOT;
	}
	__sync_fetch_and_add(&traffic->packets, 1);
	return bpf_redirect_neigh(interface_index, NULL, 0, 0);
}

/* Ingress of every port of the reachable bridge through which packets for VMs come from outside. */
SEC("tc")
int relay_ingress(struct __sk_buff *skb)
{
	struct ipv6hdr header;
	struct transport transport;
	struct relay *relay;
	struct relay_traffic *traffic;
	__u64 now;
	bool copy = skb->tc_index == COPY;

	if (skb->protocol != bpf_htons(ETH_P_IPV6) || bpf_skb_load_bytes(skb, IP_OFFSET, &header, sizeof(header)))
		return PASS;
	relay = bpf_map_lookup_elem(&relays, &header.daddr);
	traffic = bpf_map_lookup_elem(&relay_traffic, &header.daddr);
	now = bpf_ktime_get_ns();
	if (!relay || !traffic || now > relay->until_ns)
		return copy ? TC_ACT_SHOT : PASS;
	if (find_transport(skb, IP_OFFSET, header.nexthdr, &transport))
		return escape(traffic);
	/* What concerns this link only: the VM will find another neighbourhood. */
	if (is_link_local(&header.saddr) || concerns_the_link_only(icmpv6_type(skb, &transport)))
		return PASS;
	if (header.hop_limit <= HOP_LIMIT_SPENT || skb->vlan_present)
		return escape(traffic);
	traffic->last_ns = now;
	if (copy || relay->mode == RELAY_MOVE) {
		skb->tc_index = 0;
		return send_on(skb, &header, &transport, relay, traffic);
	}
	if (stamp(skb, &header, traffic))
		return escape(traffic);
	skb->tc_index = COPY;
	if (bpf_clone_redirect(skb, skb->ifindex, BPF_F_INGRESS))
		escape(traffic);
	skb->tc_index = 0;
	return PASS;
}
