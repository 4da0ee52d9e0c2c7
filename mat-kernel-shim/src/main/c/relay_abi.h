/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The contract between the relay (relay.bpf.c) and user space (org.godwit.shim.KernelRelay). Addresses are in network order,
 * all other fields in host order. The stamp that a VM finds on relayed packets is that of mat_shim_abi.h.
 */
#ifndef RELAY_ABI_H
#define RELAY_ABI_H

#include <linux/in6.h>
#include <linux/types.h>

/* So many VMs may be leaving a host at once. */
#define RELAYS_MAX 64

enum relay_mode {
	RELAY_COPY = 1, /* the VM may still be here: it gets the original, its new place a copy */
	RELAY_MOVE = 2, /* the VM has left: the packet itself goes after it */
};

/* relays: MoA that the VM leaves -> where it goes. */
struct relay {
	struct in6_addr to;
	__u64 until_ns;	       /* CLOCK_MONOTONIC; afterwards the entry counts as absent */
	__u32 interface_index; /* through which the way to it leads */
	enum relay_mode mode;
};

/* relay_traffic: the same MoA -> what came for it. Apart from relays, so that user space never writes over the kernel's. */
struct relay_traffic {
	__u64 packets; /* relayed */
	__u64 escaped; /* not relayed, though they were for the VM: see docs/relay.md */
	__u64 last_ns; /* CLOCK_MONOTONIC; 0 before the first */
	__u32 number;  /* of the next stamp */
	__u32 reserved;
};

#endif
