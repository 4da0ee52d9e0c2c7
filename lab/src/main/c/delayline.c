// SPDX-License-Identifier: Apache-2.0
/*
 * A long link, for kernels without netem: frames that one tap is given come out of another one later, or never, each direction
 * alike. The taps are there already, each in a network namespace, and may be persistent.
 *
 *   usage: delayline NAMESPACE TAP NAMESPACE TAP     names as in /run/netns
 *
 * It says "ready". Then each line on its standard input changes what it does to frames that come from then on:
 *
 *   DELAY_US LOSS_PPM SEED     says "set" when it is done
 *
 * It ends with its input. At most 16384 frames are under way in a direction; more are dropped, and so is what a tap refuses.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define FRAME_MAX 2048
#define FRAMES_MAX 16384u
#define FRAMES_AT_ONCE 64 /* then it is the other direction's turn */
#define DELAY_US_MAX 10000000ULL
#define MILLION 1000000ULL

struct frame {
	int64_t due_ns;
	uint16_t length;
	uint8_t bytes[FRAME_MAX];
};

/* A ring: the delay may change, but frames never overtake each other, as in one cable. */
struct way {
	int from, to;
	uint32_t first, count;
	struct frame *frames;
};

static int64_t delay_ns;
static uint64_t loss_ppm;
static uint64_t chance = 1;

static void die(const char *what)
{
	fprintf(stderr, "delayline: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* xorshift64*: the same seed loses the same frames. */
static uint64_t next_chance(void)
{
	chance ^= chance >> 12;
	chance ^= chance << 25;
	chance ^= chance >> 27;
	return chance * 2685821657736338717ULL >> 11;
}

static int open_tap(const char *namespace, const char *name)
{
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	char path[256];
	int space, tap;

	snprintf(path, sizeof(path), "/run/netns/%s", namespace);
	space = open(path, O_RDONLY | O_CLOEXEC);
	if (space < 0 || setns(space, CLONE_NEWNET) < 0)
		die(path);
	close(space);
	tap = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	if (tap < 0 || ioctl(tap, TUNSETIFF, &request) < 0)
		die(name);
	return tap;
}

static void take_in(struct way *way)
{
	int i;

	for (i = 0; i < FRAMES_AT_ONCE; i++) {
		static uint8_t spare[FRAME_MAX];
		struct frame *frame = way->count < FRAMES_MAX ? &way->frames[(way->first + way->count) % FRAMES_MAX] : NULL;
		ssize_t length = read(way->from, frame ? frame->bytes : spare, FRAME_MAX);

		if (length < 0)
			return;
		if (!frame || next_chance() % MILLION < loss_ppm)
			continue;
		frame->length = (uint16_t)length;
		frame->due_ns = now_ns() + delay_ns;
		way->count++;
	}
}

static void let_out(struct way *way)
{
	int64_t now = now_ns();

	while (way->count && way->frames[way->first].due_ns <= now) {
		const struct frame *frame = &way->frames[way->first];

		if (write(way->to, frame->bytes, frame->length) < 0 && errno == EAGAIN)
			return;
		way->first = (way->first + 1) % FRAMES_MAX;
		way->count--;
	}
}

static int64_t wait_ns(const struct way *way, int64_t at_most)
{
	int64_t wait = way->count ? way->frames[way->first].due_ns - now_ns() : at_most;

	return wait < 0 ? 0 : wait < at_most ? wait : at_most;
}

static void obey(const char *line)
{
	unsigned long long delay_us, loss, seed;

	if (sscanf(line, "%llu %llu %llu", &delay_us, &loss, &seed) != 3 || delay_us > DELAY_US_MAX || loss > MILLION) {
		printf("a line must be DELAY_US (at most %llu) LOSS_PPM (at most %llu) SEED\n", DELAY_US_MAX, MILLION);
	} else {
		delay_ns = (int64_t)delay_us * 1000;
		loss_ppm = loss;
		chance = seed ? seed : 1;
		printf("set\n");
	}
	fflush(stdout);
}

/* Returns zero when the input has ended. */
static int listen_to_orders(void)
{
	static char text[256];
	static size_t held;
	char *end;
	ssize_t length = read(STDIN_FILENO, text + held, sizeof(text) - 1 - held);

	if (length <= 0)
		return 0;
	held += (size_t)length;
	text[held] = 0;
	while ((end = strchr(text, '\n'))) {
		*end = 0;
		obey(text);
		held -= (size_t)(end + 1 - text);
		memmove(text, end + 1, held + 1);
	}
	if (held == sizeof(text) - 1)
		held = 0;
	return 1;
}

int main(int argc, char **argv)
{
	struct way there = { 0 }, back = { 0 };

	if (argc != 5) {
		fprintf(stderr, "usage: delayline NAMESPACE TAP NAMESPACE TAP\n");
		return 2;
	}
	there.from = back.to = open_tap(argv[1], argv[2]);
	there.to = back.from = open_tap(argv[3], argv[4]);
	there.frames = calloc(FRAMES_MAX, sizeof(struct frame));
	back.frames = calloc(FRAMES_MAX, sizeof(struct frame));
	if (!there.frames || !back.frames)
		die("no memory");
	printf("ready\n");
	fflush(stdout);
	for (;;) {
		struct pollfd fds[] = { { there.from, POLLIN, 0 }, { back.from, POLLIN, 0 }, { STDIN_FILENO, POLLIN, 0 } };
		int64_t wait = wait_ns(&back, wait_ns(&there, 1000000000LL));
		struct timespec limit = { wait / 1000000000LL, wait % 1000000000LL };

		if (ppoll(fds, 3, &limit, NULL) < 0 && errno != EINTR)
			die("ppoll");
		if (fds[0].revents)
			take_in(&there);
		if (fds[1].revents)
			take_in(&back);
		let_out(&there);
		let_out(&back);
		if (fds[2].revents && !listen_to_orders())
			return 0;
	}
}
