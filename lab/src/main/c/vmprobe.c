// SPDX-License-Identifier: Apache-2.0
/*
 * The workload in the VM: what the outage meter on the correspondent talks to, always on the HoA.
 *
 *   UDP 7001  echoes the meter's probes at once, with the count of different ones that have arrived
 *   UDP 7002  of the peer gets a numbered probe at the interval that the meter's probes ask for
 *   TCP 7003  echoes whatever it is sent, many connections at a time
 *   ICMPv6    an echo request to the peer every 0.2 s, as in the paper: T_DW is their longest gap at the correspondent
 *
 * The datagrams are those of org.godwit.lab.meter.Probe: 32 bytes, big-endian.
 *
 * usage: vmprobe INTERFACE PEER     waits until INTERFACE carries a global address, the HoA, and packets to PEER would be
 *                                   sent from it; then serves for ever
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <ifaddrs.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAGIC 0x47574431u
#define KIND_OUTBOUND 1u /* meter to VM */
#define KIND_ECHO 2u
#define KIND_INBOUND 3u /* VM to meter */

#define ECHO_PORT 7001
#define INBOUND_PORT 7002
#define TCP_PORT 7003

#define PROBE_INTERVAL_NS 1000000000LL /* until a meter asks for another one */
#define PROBE_INTERVAL_NS_MIN 100000ULL
#define PROBE_INTERVAL_NS_MAX 1000000000ULL
#define PING_INTERVAL_NS 200000000LL
#define ADDRESS_POLL_NS 50000000LL

/*
 * What the relay has kept coming arrives at once when the VM wakes up, before this process gets the CPU; the kernel's own
 * limit holds fewer than a hundred datagrams. What is to be measured is the network.
 */
#define RECEIVE_BUFFER (4 << 20)

#define CONNECTIONS_MAX 64
#define TCP_BUFFER 4096

/* A number that is this much older than the newest one counts as seen; 65536 probes are more than a minute. */
#define WINDOW 65536u

struct probe {
	uint32_t magic;
	uint32_t kind;
	uint64_t seq;
	uint64_t sent_ns; /* the meter's clock; zero in what the VM sends by itself */
	uint64_t number; /* outbound: ns between the probes that the VM shall send; echo: how many different ones have arrived */
};
_Static_assert(sizeof(struct probe) == 32, "the meter reads 32 bytes");

struct received {
	uint8_t seen[WINDOW / 8];
	uint64_t newest; /* valid when count > 0 */
	uint64_t count;
	struct sockaddr_in6 from;
};

struct connection {
	int fd; /* -1: free */
	size_t from, to;
	char buffer[TCP_BUFFER];
};

struct pace {
	int64_t next_ns;
	int64_t interval_ns;
};

static void die(const char *what)
{
	fprintf(stderr, "vmprobe: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static int find_address(const char *interface, struct in6_addr *address)
{
	struct ifaddrs *all, *one;
	int found = 0;

	if (getifaddrs(&all) < 0)
		die("getifaddrs");
	for (one = all; one && !found; one = one->ifa_next) {
		const struct sockaddr_in6 *in6 = (const void *)one->ifa_addr;

		if (!in6 || in6->sin6_family != AF_INET6 || strcmp(one->ifa_name, interface) ||
		    IN6_IS_ADDR_LINKLOCAL(&in6->sin6_addr))
			continue;
		*address = in6->sin6_addr;
		found = 1;
	}
	freeifaddrs(all);
	return found;
}

/*
 * Whether the kernel by itself would send from the HoA. Before the HoA space has its route it would not, and a socket that is
 * bound to the HoA would show it on the wire, where a HoA must never be seen.
 */
static int is_routed(const struct in6_addr *hoa, const struct sockaddr_in6 *peer)
{
	struct sockaddr_in6 to = *peer, self = { 0 };
	socklen_t length = sizeof(self);
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int routed;

	if (fd < 0)
		die("socket");
	to.sin6_port = htons(INBOUND_PORT);
	routed = connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0 &&
		 getsockname(fd, (struct sockaddr *)&self, &length) == 0 && !memcmp(&self.sin6_addr, hoa, 16);
	close(fd);
	return routed;
}

/* Every socket is bound to the HoA: the workload must never depend on which source address the kernel would choose. */
static int bound_socket(int type, int protocol, const struct in6_addr *hoa, uint16_t port)
{
	struct sockaddr_in6 self = { .sin6_family = AF_INET6, .sin6_addr = *hoa, .sin6_port = htons(port) };
	int fd = socket(AF_INET6, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
	int on = 1, room = RECEIVE_BUFFER;

	if (fd < 0)
		die("socket");
	if (type == SOCK_DGRAM && setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) < 0)
		die("SO_RCVBUFFORCE");
	if (type == SOCK_STREAM)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&self, sizeof(self)) < 0)
		die("bind");
	if (type == SOCK_STREAM && listen(fd, 16) < 0)
		die("listen");
	return fd;
}

static int is_set(const struct received *r, uint64_t seq)
{
	return r->seen[seq % WINDOW / 8] >> (seq % 8) & 1;
}

static void count_once(struct received *r, uint64_t seq)
{
	uint64_t next;

	if (r->count && seq <= r->newest && (r->newest - seq >= WINDOW || is_set(r, seq)))
		return;
	if (!r->count || seq > r->newest) {
		/* The numbers jumped over have not arrived: forget what their places held a window ago. */
		if (!r->count || seq - r->newest >= WINDOW)
			memset(r->seen, 0, sizeof(r->seen));
		else
			for (next = r->newest + 1; next < seq; next++)
				r->seen[next % WINDOW / 8] &= (uint8_t)~(1u << (next % 8));
		r->newest = seq;
	}
	r->seen[seq % WINDOW / 8] |= (uint8_t)(1u << (seq % 8));
	r->count++;
}

static void keep_pace(struct pace *pace, uint64_t interval_ns)
{
	if (interval_ns >= PROBE_INTERVAL_NS_MIN && interval_ns <= PROBE_INTERVAL_NS_MAX)
		pace->interval_ns = (int64_t)interval_ns;
}

static void echo_probes(int fd, struct received *r, struct pace *pace)
{
	for (;;) {
		struct sockaddr_in6 from;
		socklen_t length = sizeof(from);
		struct probe probe = { 0 };
		ssize_t n = recvfrom(fd, &probe, sizeof(probe), 0, (struct sockaddr *)&from, &length);

		if (n < 0)
			return;
		if (n != sizeof(probe) || be32toh(probe.magic) != MAGIC || be32toh(probe.kind) != KIND_OUTBOUND)
			continue;
		/* Another socket is another meter, whose numbers begin anew. */
		if (from.sin6_port != r->from.sin6_port || memcmp(&from.sin6_addr, &r->from.sin6_addr, 16)) {
			memset(r, 0, sizeof(*r));
			r->from = from;
		}
		keep_pace(pace, be64toh(probe.number));
		count_once(r, be64toh(probe.seq));
		probe.kind = htobe32(KIND_ECHO);
		probe.number = htobe64(r->count);
		sendto(fd, &probe, sizeof(probe), 0, (struct sockaddr *)&from, length);
	}
}

/* Unreachable or full is not an error here: what does not arrive is what the meter is there to find out. */
static void send_probe(int fd, const struct sockaddr_in6 *peer)
{
	static uint64_t seq;
	struct sockaddr_in6 to = *peer;
	struct probe probe = { .magic = htobe32(MAGIC), .kind = htobe32(KIND_INBOUND), .seq = htobe64(seq++) };

	to.sin6_port = htons(INBOUND_PORT);
	sendto(fd, &probe, sizeof(probe), 0, (struct sockaddr *)&to, sizeof(to));
}

/* The identifier is the last two bytes of the HoA: a peer of several VMs can tell their pings apart, whatever their MoAs are. */
static void send_ping(int fd, const struct in6_addr *hoa, const struct sockaddr_in6 *peer)
{
	static uint16_t seq;
	struct {
		struct icmp6_hdr header;
		char text[16];
	} ping = { .header = { .icmp6_type = ICMP6_ECHO_REQUEST }, .text = "godwit vmprobe" };

	memcpy(&ping.header.icmp6_id, &hoa->s6_addr[14], 2);
	ping.header.icmp6_seq = htons(seq++);
	/* The kernel fills in the checksum of a raw ICMPv6 socket (RFC 3542, section 3.1). */
	sendto(fd, &ping, sizeof(ping), 0, (const struct sockaddr *)peer, sizeof(*peer));
}

static void drain(int fd)
{
	char dropped[256];

	while (recv(fd, dropped, sizeof(dropped), 0) >= 0)
		;
}

/*
 * Absolute deadlines, so that the pace does not drift. After a pause it goes on from now: ticks missed are not made up for,
 * hence the numbers are those of the packets that were really sent.
 */
static int is_due(struct pace *pace, int64_t now)
{
	if (now < pace->next_ns)
		return 0;
	pace->next_ns += pace->interval_ns;
	if (pace->next_ns <= now)
		pace->next_ns = now + pace->interval_ns;
	return 1;
}

static void accept_connections(int listener, struct connection *connections)
{
	for (;;) {
		int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		int on = 1, i;

		if (fd < 0)
			return;
		for (i = 0; i < CONNECTIONS_MAX && connections[i].fd >= 0; i++)
			;
		if (i == CONNECTIONS_MAX) {
			close(fd);
			continue;
		}
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		connections[i].fd = fd;
		connections[i].from = connections[i].to = 0;
	}
}

/* Reads only when everything before has been written, so that a slow reader holds up nobody but itself. */
static void echo_stream(struct connection *c)
{
	ssize_t n;

	if (c->from == c->to) {
		n = recv(c->fd, c->buffer, sizeof(c->buffer), 0);
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0)
			goto ended;
		c->from = 0;
		c->to = (size_t)n;
	}
	n = send(c->fd, c->buffer + c->from, c->to - c->from, MSG_NOSIGNAL);
	if (n < 0 && errno == EAGAIN)
		return;
	if (n < 0)
		goto ended;
	c->from += (size_t)n;
	return;
ended:
	close(c->fd);
	c->fd = -1;
}

static void serve(const struct in6_addr *hoa, const struct sockaddr_in6 *peer)
{
	enum { ECHO, PING, LISTENER, CONNECTIONS };
	static struct connection connections[CONNECTIONS_MAX];
	static struct received received;
	struct pace probes = { now_ns(), PROBE_INTERVAL_NS };
	struct pace pings = { now_ns(), PING_INTERVAL_NS };
	struct pollfd fds[CONNECTIONS + CONNECTIONS_MAX];
	int sender = bound_socket(SOCK_DGRAM, 0, hoa, 0);
	int i;

	fds[ECHO] = (struct pollfd){ bound_socket(SOCK_DGRAM, 0, hoa, ECHO_PORT), POLLIN, 0 };
	fds[PING] = (struct pollfd){ bound_socket(SOCK_RAW, IPPROTO_ICMPV6, hoa, 0), POLLIN, 0 };
	fds[LISTENER] = (struct pollfd){ bound_socket(SOCK_STREAM, 0, hoa, TCP_PORT), POLLIN, 0 };
	for (i = 0; i < CONNECTIONS_MAX; i++)
		connections[i].fd = -1;
	for (;;) {
		int64_t next = probes.next_ns < pings.next_ns ? probes.next_ns : pings.next_ns;
		int64_t wait = next - now_ns();
		struct timespec limit = { 0, wait > 0 ? wait : 0 };

		for (i = 0; i < CONNECTIONS_MAX; i++) {
			const struct connection *c = &connections[i];

			fds[CONNECTIONS + i] = (struct pollfd){ c->fd, c->from == c->to ? POLLIN : POLLOUT, 0 };
		}
		if (ppoll(fds, CONNECTIONS + CONNECTIONS_MAX, &limit, NULL) < 0 && errno != EINTR)
			die("ppoll");
		if (fds[ECHO].revents)
			echo_probes(fds[ECHO].fd, &received, &probes);
		if (fds[PING].revents)
			drain(fds[PING].fd); /* the replies; the gap is measured at the peer */
		for (i = 0; i < CONNECTIONS_MAX; i++)
			if (connections[i].fd >= 0 && fds[CONNECTIONS + i].revents)
				echo_stream(&connections[i]);
		if (fds[LISTENER].revents)
			accept_connections(fds[LISTENER].fd, connections);
		if (is_due(&probes, now_ns()))
			send_probe(sender, peer);
		if (is_due(&pings, now_ns()))
			send_ping(fds[PING].fd, hoa, peer);
	}
}

int main(int argc, char **argv)
{
	const struct timespec pause = { 0, ADDRESS_POLL_NS };
	struct sockaddr_in6 peer = { .sin6_family = AF_INET6 };
	char text[INET6_ADDRSTRLEN];
	struct in6_addr hoa;

	if (argc != 3 || inet_pton(AF_INET6, argv[2], &peer.sin6_addr) != 1) {
		fprintf(stderr, "usage: vmprobe INTERFACE PEER\n");
		return 2;
	}
	while (!find_address(argv[1], &hoa) || !is_routed(&hoa, &peer))
		nanosleep(&pause, NULL);
	printf("vmprobe: serves on %s\n", inet_ntop(AF_INET6, &hoa, text, sizeof(text)));
	fflush(stdout);
	serve(&hoa, &peer);
}
