// SPDX-License-Identifier: Apache-2.0
/*
 * Writes to its memory evenly and without end, so that a VM dirties as much as is said and no page twice the same.
 *
 * Says "writing" once all of it has content, and every second from then on; ends when nobody hears it any more.
 *
 * usage: dirtier MIB MIB_A_SECOND
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096u
#define MIB (1u << 20)
#define PAUSE_US 5000

/* As long as it may be late: what a VM has not written while it stood still it does not make up for. */
#define LATE_MAX 0.1

static uint64_t state = 88172645463325252ull;

/* Marsaglia's xorshift. */
static uint64_t draw(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int count, char **words)
{
	if (count != 3 || atol(words[1]) < 1 || atol(words[2]) < 1) {
		fprintf(stderr, "usage: dirtier MIB MIB_A_SECOND\n");
		return 2;
	}
	size_t bytes = (size_t)atol(words[1]) * MIB;
	size_t pages = bytes / PAGE;
	double per_second = (double)atol(words[2]) * (MIB / PAGE);
	uint64_t *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED) {
		perror("dirtier");
		return 1;
	}
	/* Pages of zeros, or of anything that repeats, would cost a copy less. */
	for (size_t word = 0; word < bytes / sizeof(*memory); word++)
		memory[word] = draw();

	double last = now(), told = 0, due = 0;

	for (;;) {
		double moment = now();

		if (moment - told >= 1) {
			told = moment;
			if (puts("writing") < 0 || fflush(stdout) != 0)
				return 0;
		}
		due += (moment - last > LATE_MAX ? LATE_MAX : moment - last) * per_second;
		last = moment;
		for (; due >= 1; due--)
			memory[draw() % pages * (PAGE / sizeof(*memory))] = draw();
		usleep(PAUSE_US);
	}
}
