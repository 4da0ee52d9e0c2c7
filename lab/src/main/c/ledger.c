// SPDX-License-Identifier: Apache-2.0
/*
 * Writes to a disk without end, and keeps in memory what must stand there: the witness of a disk that travels with its VM. A write
 * counts when the disk has said that it is safe (O_DSYNC); nothing is read from a cache (O_DIRECT).
 *
 *   TCP 7008  whoever connects has the whole disk read again and is told:  blocks=N writes=N wrong=N
 *
 * Of eight writes six go to the last sixteenth of the disk, the others anywhere.
 *
 * usage: ledger DEVICE
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT 7008
#define BLOCK 4096u
#define RUN 64u /* blocks that are read at a time */
#define PAUSE_MS 20
#define HOT_SHARE 16u
#define BLKGETSIZE64 _IOR(0x12, 114, size_t)

static int disk;
static uint64_t blocks, writes;
static uint64_t *sums; /* of each block */
static unsigned char *buffer;

static void fail(const char *what)
{
	fprintf(stderr, "ledger: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Not for adversaries: for blocks that are old, torn or somebody else's. */
static uint64_t sum(const unsigned char *block)
{
	uint64_t all = 0xcbf29ce484222325ull, word;

	for (unsigned at = 0; at < BLOCK; at += sizeof(word)) {
		memcpy(&word, block + at, sizeof(word));
		all = (all ^ word) * 0x100000001b3ull;
		all ^= all >> 29;
	}
	return all;
}

/* Takes what stands on the disk for right when it is seen first; later tells how many blocks are not what they must be. */
static uint64_t read_all(int first)
{
	uint64_t wrong = 0;

	for (uint64_t at = 0; at < blocks; at += RUN) {
		uint64_t count = blocks - at < RUN ? blocks - at : RUN;

		if (pread(disk, buffer, count * BLOCK, (off_t)(at * BLOCK)) != (ssize_t)(count * BLOCK))
			fail("read");
		for (uint64_t i = 0; i < count; i++) {
			uint64_t now = sum(buffer + i * BLOCK);

			if (first)
				sums[at + i] = now;
			else
				wrong += sums[at + i] != now;
		}
	}
	return wrong;
}

static void write_one(uint64_t *random)
{
	uint64_t hot = blocks / HOT_SHARE;
	uint64_t at = next(random) % 8 < 6 ? blocks - 1 - next(random) % hot : next(random) % blocks;
	uint64_t word = next(random);

	for (unsigned i = 0; i < BLOCK; i += sizeof(word), word += writes + 1)
		memcpy(buffer + i, &word, sizeof(word));
	if (pwrite(disk, buffer, BLOCK, (off_t)(at * BLOCK)) != BLOCK)
		fail("write");
	sums[at] = sum(buffer);
	writes++;
}

static int listening(void)
{
	struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons(PORT)};
	int on = 1, fd = socket(AF_INET6, SOCK_STREAM, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(fd, (struct sockaddr *)&any, sizeof(any)) || listen(fd, 8))
		fail("listen");
	return fd;
}

static void tell(int caller)
{
	char line[128];
	uint64_t wrong = read_all(0);
	int length = snprintf(line, sizeof(line), "blocks=%llu writes=%llu wrong=%llu\n", (unsigned long long)blocks,
			      (unsigned long long)writes, (unsigned long long)wrong);

	printf("ledger: %s", line);
	fflush(stdout);
	/* A caller who has gone does not matter. */
	if (send(caller, line, (size_t)length, MSG_NOSIGNAL) < 0)
		perror("ledger: send");
	close(caller);
}

int main(int argc, char **argv)
{
	uint64_t bytes = 0, random = 0x9e3779b97f4a7c15ull;
	struct pollfd calls;

	if (argc != 2) {
		fprintf(stderr, "usage: ledger DEVICE\n");
		return 2;
	}
	disk = open(argv[1], O_RDWR | O_DIRECT | O_DSYNC);
	if (disk < 0 || ioctl(disk, BLKGETSIZE64, &bytes))
		fail(argv[1]);
	blocks = bytes / BLOCK;
	sums = calloc(blocks, sizeof(*sums));
	if (blocks < HOT_SHARE || !sums || posix_memalign((void **)&buffer, BLOCK, RUN * BLOCK))
		fail("a disk that is too small, or too little memory");
	read_all(1);
	calls = (struct pollfd){.fd = listening(), .events = POLLIN};
	printf("ledger: %llu blocks of %s are kept\n", (unsigned long long)blocks, argv[1]);
	fflush(stdout);
	for (;;) {
		write_one(&random);
		if (poll(&calls, 1, PAUSE_MS) > 0) {
			int caller = accept(calls.fd, NULL, NULL);

			if (caller >= 0)
				tell(caller);
		}
	}
}
