// SPDX-License-Identifier: Apache-2.0
/*
 * Writes to a disk without end, and keeps in memory what must stand there: the witness of a disk that travels with its VM. A write
 * counts when the disk has said that it is safe (O_DSYNC); nothing is read from a cache (O_DIRECT).
 *
 * Unless other ports are named:
 *   TCP 7008  whoever connects has the whole disk read again and is told:  blocks=N writes=N found=SUM stands=SUM wrong=N
 *             Two sums of all blocks but the last: as they were when this began, and as they must be now. So a VM that has booted
 *             again tells whether its disk is what it was, if only the last block was written to before (overwrite=100 hot=1).
 *   TCP 7012  whoever connects and sends a line with a pattern, or an empty one, is told from then on, four times a second:
 *             writes=N
 *
 * A pattern is:  overwrite=PERCENT hot=BLOCKS run=BLOCKS pause=MS
 * So many of a hundred writes go to the last so many blocks of the disk, the others to blocks in a row that begins anywhere; after
 * each write comes a pause. Until somebody says otherwise 75 % go to the last sixteenth, rows have one block, and pauses are of 20 ms.
 *
 * usage: ledger DEVICE [PORT COUNT-PORT]
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
#include <time.h>
#include <unistd.h>

#define PORT 7008
#define COUNT_PORT 7012
#define BLOCK 4096u
#define RUN 64u /* blocks that are read at a time */
#define HOT_SHARE 16u
#define COUNT_INTERVAL_MS 250
#define PATTERN_LIMIT_MS 2000
#define BLKGETSIZE64 _IOR(0x12, 114, size_t)

static int disk, follower = -1;
static unsigned long long overwrite_percent = 75, hot_blocks, run_blocks = 1, pause_ms = 20;
static uint64_t blocks, writes, found;
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

static uint64_t standing(void)
{
	uint64_t all = 0;

	for (uint64_t at = 0; at + 1 < blocks; at++)
		all = all * 0x100000001b3ull + sums[at];
	return all;
}

static void write_one(uint64_t *random)
{
	static uint64_t row, left;
	uint64_t at, word = next(random);

	if (next(random) % 100 < overwrite_percent) {
		at = blocks - 1 - next(random) % hot_blocks;
	} else {
		if (!left) {
			row = next(random) % blocks;
			left = run_blocks;
		}
		at = row++ % blocks;
		left--;
	}

	for (unsigned i = 0; i < BLOCK; i += sizeof(word), word += writes + 1)
		memcpy(buffer + i, &word, sizeof(word));
	if (pwrite(disk, buffer, BLOCK, (off_t)(at * BLOCK)) != BLOCK)
		fail("write");
	sums[at] = sum(buffer);
	writes++;
}

static int listening(uint16_t port)
{
	struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	int on = 1, fd = socket(AF_INET6, SOCK_STREAM, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(fd, (struct sockaddr *)&any, sizeof(any)) || listen(fd, 8))
		fail("listen");
	return fd;
}

static void tell(int caller)
{
	char line[160];
	uint64_t wrong = read_all(0);
	int length = snprintf(line, sizeof(line), "blocks=%llu writes=%llu found=%016llx stands=%016llx wrong=%llu\n",
			      (unsigned long long)blocks, (unsigned long long)writes, (unsigned long long)found,
			      (unsigned long long)standing(), (unsigned long long)wrong);

	printf("ledger: %s", line);
	fflush(stdout);
	/* A caller who has gone does not matter. */
	if (send(caller, line, (size_t)length, MSG_NOSIGNAL) < 0)
		perror("ledger: send");
	close(caller);
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Takes a caller's pattern; he is told the count from then on, and the one before him no more. */
static void follow(int caller)
{
	unsigned long long overwrite, hot, run, pause;
	struct pollfd input = {.fd = caller, .events = POLLIN};
	char line[128];
	ssize_t length = poll(&input, 1, PATTERN_LIMIT_MS) > 0 ? recv(caller, line, sizeof(line) - 1, 0) : 0;

	line[length > 0 ? length : 0] = 0;
	if (sscanf(line, "overwrite=%llu hot=%llu run=%llu pause=%llu", &overwrite, &hot, &run, &pause) == 4 &&
	    overwrite <= 100 && hot >= 1 && hot <= blocks && run >= 1 && pause <= 1000) {
		overwrite_percent = overwrite;
		hot_blocks = hot;
		run_blocks = run;
		pause_ms = pause;
	}
	if (follower >= 0)
		close(follower);
	follower = caller;
}

static void tell_count(void)
{
	char line[64];
	int length = snprintf(line, sizeof(line), "writes=%llu\n", (unsigned long long)writes);

	/* One whose link is slow misses some; one who has gone is forgotten. */
	if (send(follower, line, (size_t)length, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno != EAGAIN) {
		close(follower);
		follower = -1;
	}
}

int main(int argc, char **argv)
{
	uint64_t bytes = 0, random = 0x9e3779b97f4a7c15ull, told_at = 0;
	struct pollfd calls[2];

	if (argc != 2 && argc != 4) {
		fprintf(stderr, "usage: ledger DEVICE [PORT COUNT-PORT]\n");
		return 2;
	}
	disk = open(argv[1], O_RDWR | O_DIRECT | O_DSYNC);
	if (disk < 0 || ioctl(disk, BLKGETSIZE64, &bytes))
		fail(argv[1]);
	blocks = bytes / BLOCK;
	hot_blocks = blocks / HOT_SHARE;
	sums = calloc(blocks, sizeof(*sums));
	if (blocks < HOT_SHARE || !sums || posix_memalign((void **)&buffer, BLOCK, RUN * BLOCK))
		fail("a disk that is too small, or too little memory");
	read_all(1);
	found = standing();
	calls[0] = (struct pollfd){.fd = listening(argc == 4 ? (uint16_t)atoi(argv[2]) : PORT), .events = POLLIN};
	calls[1] = (struct pollfd){.fd = listening(argc == 4 ? (uint16_t)atoi(argv[3]) : COUNT_PORT), .events = POLLIN};
	printf("ledger: %llu blocks of %s are kept\n", (unsigned long long)blocks, argv[1]);
	fflush(stdout);
	for (;;) {
		write_one(&random);
		if (poll(calls, 2, (int)pause_ms) > 0) {
			for (int i = 0; i < 2; i++) {
				int caller = calls[i].revents ? accept(calls[i].fd, NULL, NULL) : -1;

				if (caller >= 0)
					(i ? follow : tell)(caller);
			}
		}
		if (follower >= 0 && now_ms() >= told_at + COUNT_INTERVAL_MS) {
			told_at = now_ms();
			tell_count();
		}
	}
}
