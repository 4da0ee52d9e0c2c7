/* SPDX-License-Identifier: GPL-2.0 */
/* IPv6 packets as the programs of this folder take them apart and readdress them. */
#ifndef MAT_PACKET_H
#define MAT_PACKET_H

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>
#include <stdbool.h>
#include <stddef.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define IP_OFFSET ETH_HLEN
#define SOURCE(ip) ((ip) + offsetof(struct ipv6hdr, saddr))
#define DESTINATION(ip) ((ip) + offsetof(struct ipv6hdr, daddr))
#define EXTENSION_HEADERS_MAX 6

/* Others may have programs and filters behind ours. */
#define PASS TC_ACT_UNSPEC

#define LABEL 0xfffff

/* Where the checksum stands in an upper-layer header. */
#define TCP_CHECKSUM 16
#define UDP_CHECKSUM 6
#define DCCP_CHECKSUM 6
#define ICMPV6_CHECKSUM 2

/* Two bytes of a TCP header: how many words it has, and its flags. */
#define TCP_WORDS 12

enum {
	TCP_FIN = 1,
	TCP_SYN = 2,
	TCP_RST = 4,
};

enum {
	ICMPV6_ERROR_MAX = 127,
	ICMPV6_ECHO_REQUEST = 128,
	ICMPV6_MLD_QUERY = 130,
	ICMPV6_MLD_DONE = 132,
	ICMPV6_ROUTER_SOLICITATION = 133,
	ICMPV6_REDIRECT = 137,
	ICMPV6_MLD2_REPORT = 143,
};

/* Of a packet; in the IPv6 header they stand beside each other, too. */
struct addresses {
	struct in6_addr source;
	struct in6_addr destination;
};

/* An Ethernet header as what it is to us. */
struct link_header {
	__u16 words[ETH_HLEN / 2];
};

/* The upper-layer header of a packet. */
struct transport {
	__u32 offset;
	__u8 protocol;
	bool later_fragment; /* not the first one: there is no header at the offset */
};

static __always_inline bool same(const struct in6_addr *a, const struct in6_addr *b)
{
	return a->in6_u.u6_addr32[3] == b->in6_u.u6_addr32[3] && a->in6_u.u6_addr32[2] == b->in6_u.u6_addr32[2] &&
	       a->in6_u.u6_addr32[1] == b->in6_u.u6_addr32[1] && a->in6_u.u6_addr32[0] == b->in6_u.u6_addr32[0];
}

static __always_inline bool same_addresses(const struct addresses *a, const struct addresses *b)
{
	return same(&a->destination, &b->destination) && same(&a->source, &b->source);
}

static __always_inline struct addresses *addresses(const struct ipv6hdr *header)
{
	return (struct addresses *)&header->saddr;
}

/* The IPv6 header in its place, or NULL when it is not in one piece. A helper that changes the packet may move it. */
static __always_inline struct ipv6hdr *ip_header(struct __sk_buff *skb)
{
	struct ipv6hdr *header = (void *)(long)skb->data + IP_OFFSET;

	return (void *)(header + 1) <= (void *)(long)skb->data_end ? header : NULL;
}

static __always_inline struct link_header *link_header(struct ipv6hdr *header)
{
	return (struct link_header *)header - 1;
}

/* The flow label: the last twenty bits of the first word. */
static __always_inline __u32 label(const struct ipv6hdr *header)
{
	return bpf_ntohl(*(const __be32 *)header) & LABEL;
}

static __always_inline long relabel(struct __sk_buff *skb, const struct ipv6hdr *header, __u32 label)
{
	__be32 first = (*(const __be32 *)header & ~bpf_htonl(LABEL)) | bpf_htonl(label);

	return bpf_skb_store_bytes(skb, IP_OFFSET, &first, sizeof(first), BPF_F_RECOMPUTE_CSUM);
}

/* Walks the extension headers of the IPv6 header at ip. Returns 0, or -1 when they are truncated or too many. */
static __always_inline int find_transport(struct __sk_buff *skb, __u32 ip, __u8 next_header, struct transport *found)
{
	struct {
		__u8 next_header;
		__u8 length; /* in 8 bytes, the first 8 not counted */
		__be16 fragment_offset;
		__be32 rest;
	} extension;

	found->offset = ip + sizeof(struct ipv6hdr);
	found->protocol = next_header;
	found->later_fragment = false;
	for (int i = 0; i < EXTENSION_HEADERS_MAX; i++) {
		switch (found->protocol) {
		case IPPROTO_HOPOPTS:
		case IPPROTO_ROUTING:
		case IPPROTO_DSTOPTS:
			if (bpf_skb_load_bytes(skb, found->offset, &extension, sizeof(extension)))
				return -1;
			found->offset += (extension.length + 1) * 8;
			break;
		case IPPROTO_FRAGMENT:
			if (bpf_skb_load_bytes(skb, found->offset, &extension, sizeof(extension)))
				return -1;
			found->offset += sizeof(extension);
			if (extension.fragment_offset & bpf_htons(0xfff8)) {
				found->protocol = extension.next_header;
				found->later_fragment = true;
				return 0;
			}
			break;
		default:
			return 0;
		}
		found->protocol = extension.next_header;
	}
	return -1;
}

/* What the change of addresses does to a checksum over them. */
static __always_inline __s64 difference(const struct addresses *before, const struct addresses *after)
{
	return bpf_csum_diff((__be32 *)before, sizeof(*before), (__be32 *)after, sizeof(*after), 0);
}

/*
 * Rewrites the addresses of the packet, and its checksum, which covers them by the pseudo-header. BPF_F_RECOMPUTE_CSUM and
 * BPF_F_PSEUDO_HDR together keep a sum right that the NIC took over the whole packet (CHECKSUM_COMPLETE); BPF_F_PSEUDO_HDR
 * does so for one that the NIC is still to complete (CHECKSUM_PARTIAL). Other protocols have no such sum: SCTP's does not cover
 * addresses, ESP has none. AH's would have to be signed anew; its receiver drops it.
 * Returns 0, or an error after which the packet is unusable.
 */
static __always_inline long readdress(struct __sk_buff *skb, const struct transport *transport, __s64 change,
				      const struct addresses *after)
{
	long error = 0;

	if (transport->later_fragment) {
		/* its checksum stands in the first one */
	} else if (transport->protocol == IPPROTO_TCP) {
		error = bpf_l4_csum_replace(skb, transport->offset + TCP_CHECKSUM, 0, change, BPF_F_PSEUDO_HDR);
	} else if (transport->protocol == IPPROTO_UDP || transport->protocol == IPPROTO_UDPLITE) {
		error = bpf_l4_csum_replace(skb, transport->offset + UDP_CHECKSUM, 0, change,
					    BPF_F_PSEUDO_HDR | BPF_F_MARK_MANGLED_0);
	} else if (transport->protocol == IPPROTO_DCCP) {
		error = bpf_l4_csum_replace(skb, transport->offset + DCCP_CHECKSUM, 0, change, BPF_F_PSEUDO_HDR);
	} else if (transport->protocol == IPPROTO_ICMPV6) {
		error = bpf_l4_csum_replace(skb, transport->offset + ICMPV6_CHECKSUM, 0, change, BPF_F_PSEUDO_HDR);
	}
	if (error)
		return error;
	return bpf_skb_store_bytes(skb, SOURCE(IP_OFFSET), after, sizeof(*after), BPF_F_RECOMPUTE_CSUM);
}

/* The type of an ICMPv6 message, or -1 when the packet is none or too short. */
static __always_inline int icmpv6_type(struct __sk_buff *skb, const struct transport *transport)
{
	__u8 type;

	if (transport->protocol != IPPROTO_ICMPV6 || transport->later_fragment)
		return -1;
	if (bpf_skb_load_bytes(skb, transport->offset, &type, sizeof(type)))
		return -1;
	return type;
}

static __always_inline bool is_link_local(const struct in6_addr *address)
{
	return (address->in6_u.u6_addr32[0] & bpf_htonl(0xffc00000)) == bpf_htonl(0xfe800000);
}

static __always_inline bool concerns_the_link_only(int type)
{
	return (type >= ICMPV6_ROUTER_SOLICITATION && type <= ICMPV6_REDIRECT) ||
	       (type >= ICMPV6_MLD_QUERY && type <= ICMPV6_MLD_DONE) || type == ICMPV6_MLD2_REPORT;
}

#endif
