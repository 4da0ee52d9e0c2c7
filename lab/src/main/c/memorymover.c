// SPDX-License-Identifier: Apache-2.0
/*
 * Moves the memory of a VM from outside of its QEMU: its memory is a file that others may map, too. Nobody tells what the VM has
 * written, so each page is compared with what was last sent of it; the sender has as much memory again for that.
 *
 *   usage: memorymover receive FILE PORT              says "listening"
 *          memorymover send FILE ADDRESS PORT         says "ready" when it is connected
 *
 * Then each line on the sender's standard input is an order, and answered when the receiver has done its part:
 *
 *   pass     sends what differs: "pass PAGES ZEROES US", so many pages with contents and so many without, in so many µs
 *   compare  looks at all of both files: "same" or "differs"
 *
 * Both end with the sender's input. Page numbers travel in network order; both machines are of one byte order in all else.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096u
#define BUFFER (1u << 20)
#define ZERO 0x80000000u /* with a page's number: it has no contents */
#define PASS_ENDS 0xffffffffu
#define COMPARE 0xfffffffeu

struct memory {
	uint8_t *bytes;
	uint32_t pages;
};

static uint8_t buffer[BUFFER];
static size_t filled, taken;
static const uint8_t zeroes[PAGE];

static void die(const char *what)
{
	fprintf(stderr, "memorymover: %s: %s\n", what, errno ? strerror(errno) : "unexpected");
	exit(1);
}

static struct memory map(const char *path, int protection)
{
	struct stat status;
	int file = open(path, protection & PROT_WRITE ? O_RDWR : O_RDONLY);

	if (file < 0 || fstat(file, &status) < 0)
		die(path);
	struct memory memory = { .pages = (uint32_t)(status.st_size / PAGE) };

	memory.bytes = mmap(NULL, (size_t)status.st_size, protection, MAP_SHARED, file, 0);
	if (memory.bytes == MAP_FAILED)
		die(path);
	close(file);
	return memory;
}

static struct sockaddr_in6 place(const char *address, const char *port)
{
	struct sockaddr_in6 place = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)atoi(port)) };

	if (inet_pton(AF_INET6, address, &place.sin6_addr) != 1)
		die(address);
	return place;
}

static void write_all(int peer, const uint8_t *bytes, size_t count)
{
	while (count > 0) {
		ssize_t written = write(peer, bytes, count);

		if (written <= 0)
			die("write");
		bytes += written;
		count -= (size_t)written;
	}
}

static void flush(int peer)
{
	write_all(peer, buffer, filled);
	filled = 0;
}

static void put(int peer, const void *bytes, size_t count)
{
	if (filled + count > BUFFER)
		flush(peer);
	memcpy(buffer + filled, bytes, count);
	filled += count;
}

static void put_number(int peer, uint32_t number)
{
	uint32_t ordered = htonl(number);

	put(peer, &ordered, sizeof(ordered));
}

/* False when the other end has closed, and there is nothing left. */
static bool get(int peer, void *bytes, size_t count)
{
	uint8_t *to = bytes;

	while (count > 0) {
		if (taken == filled) {
			ssize_t got = read(peer, buffer, BUFFER);

			if (got < 0)
				die("read");
			if (got == 0)
				return false;
			taken = 0;
			filled = (size_t)got;
		}
		size_t some = filled - taken < count ? filled - taken : count;

		memcpy(to, buffer + taken, some);
		taken += some;
		to += some;
		count -= some;
	}
	return true;
}

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* FNV-1a, by words: to compare two files of our own making, not to withstand anybody. */
static uint64_t hash(struct memory memory)
{
	const uint64_t *words = (const uint64_t *)memory.bytes;
	uint64_t sum = 14695981039346656037ull;

	for (size_t word = 0; word < (size_t)memory.pages * PAGE / sizeof(*words); word++)
		sum = (sum ^ words[word]) * 1099511628211ull;
	return sum;
}

static void acknowledged(int peer)
{
	uint8_t done;

	if (read(peer, &done, 1) != 1)
		die("acknowledgement");
}

/* What the VM writes while a page is copied is seen to differ the next time. */
static void pass(int peer, struct memory memory, uint8_t *sent)
{
	uint8_t page[PAGE];
	uint32_t full = 0, empty = 0;
	uint64_t from = now_us();

	for (uint32_t number = 0; number < memory.pages; number++) {
		uint8_t *last = sent + (size_t)number * PAGE;
		const uint8_t *now = memory.bytes + (size_t)number * PAGE;

		if (memcmp(now, last, PAGE) == 0)
			continue;
		memcpy(page, now, PAGE);
		memcpy(last, page, PAGE);
		if (memcmp(page, zeroes, PAGE) == 0) {
			put_number(peer, number | ZERO);
			empty++;
		} else {
			put_number(peer, number);
			put(peer, page, PAGE);
			full++;
		}
	}
	put_number(peer, PASS_ENDS);
	flush(peer);
	acknowledged(peer);
	printf("pass %u %u %llu\n", full, empty, (unsigned long long)(now_us() - from));
	fflush(stdout);
}

static void compare(int peer, struct memory memory)
{
	uint64_t theirs;

	put_number(peer, COMPARE);
	flush(peer);
	uint64_t ours = hash(memory);

	if (recv(peer, &theirs, sizeof(theirs), MSG_WAITALL) != sizeof(theirs))
		die("comparison");
	puts(ours == theirs ? "same" : "differs");
	fflush(stdout);
}

static void send_memory(const char *path, const char *address, const char *port)
{
	struct memory memory = map(path, PROT_READ);
	/* Like the file at the target before anything has come: nothing but zeroes. */
	uint8_t *sent = mmap(NULL, (size_t)memory.pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct sockaddr_in6 receiver = place(address, port);
	int peer = socket(AF_INET6, SOCK_STREAM, 0);
	char line[16];

	if (sent == MAP_FAILED || peer < 0 || connect(peer, (struct sockaddr *)&receiver, sizeof(receiver)) < 0)
		die("connect");
	setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
	puts("ready");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		if (strcmp(line, "pass\n") == 0)
			pass(peer, memory, sent);
		else if (strcmp(line, "compare\n") == 0)
			compare(peer, memory);
		else
			die(line);
	}
}

static void receive(const char *path, const char *port)
{
	struct memory memory = map(path, PROT_READ | PROT_WRITE);
	struct sockaddr_in6 own = place("::", port);
	int listener = socket(AF_INET6, SOCK_STREAM, 0);

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int));
	if (listener < 0 || bind(listener, (struct sockaddr *)&own, sizeof(own)) < 0 || listen(listener, 1) < 0)
		die("listen");
	puts("listening");
	fflush(stdout);
	int peer = accept(listener, NULL, NULL);
	uint32_t ordered;

	if (peer < 0)
		die("accept");
	setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
	while (get(peer, &ordered, sizeof(ordered))) {
		uint32_t number = ntohl(ordered);

		if (number == PASS_ENDS) {
			write_all(peer, (const uint8_t *)"", 1);
		} else if (number == COMPARE) {
			uint64_t ours = hash(memory);

			write_all(peer, (const uint8_t *)&ours, sizeof(ours));
		} else if ((number & ~ZERO) >= memory.pages) {
			die("a page beyond the end");
		} else if (number & ZERO) {
			memset(memory.bytes + (size_t)(number & ~ZERO) * PAGE, 0, PAGE);
		} else if (!get(peer, memory.bytes + (size_t)number * PAGE, PAGE)) {
			die("a page that is cut short");
		}
	}
}

int main(int count, char **words)
{
	if (count == 4 && strcmp(words[1], "receive") == 0)
		receive(words[2], words[3]);
	else if (count == 5 && strcmp(words[1], "send") == 0)
		send_memory(words[2], words[3], words[4]);
	else {
		fprintf(stderr, "usage: memorymover receive FILE PORT | memorymover send FILE ADDRESS PORT\n");
		return 2;
	}
	return 0;
}
