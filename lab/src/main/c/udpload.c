// SPDX-License-Identifier: Apache-2.0
// Asks a UDP server questions and measures its answers; one thread, many datagrams a system call, so that it costs less than
// any server. Compiled when a benchmark needs it.
//
//   udpload ADDR PORT FILE ID_OFFSET ID_LENGTH WINDOW RATE SECONDS SOURCE
//
// FILE      questions, each behind its length (16 bits, big endian); asked in turn
// ID_OFFSET where each question and its answer carry its number, ID_LENGTH 2 or 8 bytes (DNS: 0 2; LISP: 4 8)
// WINDOW    > 0: so many questions are under way at any time, as fast as they are answered (RATE is ignored)
//           0: RATE questions a second, answered or not; the time of an answer counts from when its question was due
//           -1: as 0, and nobody waits for answers; RATE 0 is as fast as possible
// SOURCE    the address to ask from; "PREFIX/COUNT" (2001:db8:bad/256): so many, each in a /64 of its own; - for any
//
// Prints: sent=N answered=N seconds=S p50_us=N p99_us=N
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef IPV6_FREEBIND
#define IPV6_FREEBIND 78 /* linux/in6.h, which does not go together with netinet/in.h */
#endif
#define BATCH 64
#define FRAME_MAX 800
#define IDS 65536
#define BUCKETS 1000000 /* microseconds */
#define SOCKETS_MAX 1024
#define LOST_NS 1000000000LL /* a server that is silent for so long has lost what was under way */

static unsigned char *frames;
static uint32_t *offsets;
static uint16_t *lengths;
static unsigned count;
static int sockets[SOCKETS_MAX];
static int socket_count;
static int64_t asked_at[IDS]; /* 0: nothing is under way with this number */
static uint64_t asked_id[IDS];
static uint32_t buckets[BUCKETS + 1];
static unsigned char out[BATCH][FRAME_MAX], in[BATCH][FRAME_MAX];
static struct mmsghdr out_messages[BATCH], in_messages[BATCH];
static struct iovec out_parts[BATCH], in_parts[BATCH];

static void fail(const char *what) {
    fprintf(stderr, "udpload: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void read_frames(const char *path) {
    FILE *file = fopen(path, "rb");
    unsigned char head[2];
    size_t room = 1 << 20, used = 0, places = 1 << 10;
    if (!file)
        fail(path);
    frames = malloc(room);
    offsets = malloc(places * sizeof *offsets);
    lengths = malloc(places * sizeof *lengths);
    while (fread(head, 1, 2, file) == 2) {
        unsigned length = head[0] << 8 | head[1];
        if (length > FRAME_MAX || length < 10) {
            errno = EMSGSIZE;
            fail(path);
        }
        if (used + length > room)
            frames = realloc(frames, room *= 2);
        if (count == places) {
            places *= 2;
            offsets = realloc(offsets, places * sizeof *offsets);
            lengths = realloc(lengths, places * sizeof *lengths);
        }
        if (fread(frames + used, 1, length, file) != length)
            fail(path);
        offsets[count] = used;
        lengths[count++] = length;
        used += length;
    }
    fclose(file);
    if (!count)
        fail("no questions");
}

static void open_socket(const char *source, const struct sockaddr_in6 *server) {
    struct sockaddr_in6 from = { .sin6_family = AF_INET6 };
    int buffer = 4 << 20;
    int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    if (fd < 0)
        fail("socket");
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer);
    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof buffer);
    if (source) {
        int any = 1;
        /* The address may be one that only a route makes this node's. */
        setsockopt(fd, IPPROTO_IPV6, IPV6_FREEBIND, &any, sizeof any);
        if (inet_pton(AF_INET6, source, &from.sin6_addr) != 1 || bind(fd, (struct sockaddr *)&from, sizeof from))
            fail(source);
    }
    if (connect(fd, (const struct sockaddr *)server, sizeof *server))
        fail("connect");
    sockets[socket_count++] = fd;
}

static void open_sockets(char *source, const struct sockaddr_in6 *server) {
    char *slash = strchr(source, '/');
    if (!strcmp(source, "-")) {
        open_socket(NULL, server);
    } else if (!slash) {
        open_socket(source, server);
    } else {
        *slash = 0;
        for (int i = 0; i < atoi(slash + 1) && i < SOCKETS_MAX; i++) {
            char text[64];
            snprintf(text, sizeof text, "%s:%x::1", source, i);
            open_socket(text, server);
        }
    }
}

int main(int argc, char **argv) {
    if (argc != 10) {
        fprintf(stderr, "usage: udpload ADDR PORT FILE ID_OFFSET ID_LENGTH WINDOW RATE SECONDS SOURCE\n");
        return 2;
    }
    struct sockaddr_in6 server = { .sin6_family = AF_INET6, .sin6_port = htons(atoi(argv[2])) };
    if (inet_pton(AF_INET6, argv[1], &server.sin6_addr) != 1)
        fail(argv[1]);
    read_frames(argv[3]);
    int id_at = atoi(argv[4]), id_length = atoi(argv[5]), window = atoi(argv[6]);
    double rate = atof(argv[7]), seconds = atof(argv[8]);
    open_sockets(argv[9], &server);
    for (int i = 0; i < BATCH; i++) {
        out_parts[i].iov_base = out[i];
        out_messages[i].msg_hdr.msg_iov = &out_parts[i];
        out_messages[i].msg_hdr.msg_iovlen = 1;
        in_parts[i].iov_base = in[i];
        in_parts[i].iov_len = FRAME_MAX;
        in_messages[i].msg_hdr.msg_iov = &in_parts[i];
        in_messages[i].msg_hdr.msg_iovlen = 1;
    }
    int64_t start = now_ns(), end = start + (int64_t)(seconds * 1e9), heard = start, now;
    /* Numbers of another run, or of this one long ago, are strangers; they grow from run to run. */
    uint64_t base = (uint64_t)time(NULL) << 32;
    uint64_t sent = 0, answered = 0;
    int64_t under_way = 0;
    int turn = 0;
    while ((now = now_ns()) < end) {
        int64_t want;
        if (window > 0) {
            if (now - heard > LOST_NS) {
                under_way = 0;
                heard = now;
            }
            want = window - under_way;
        } else if (rate > 0) {
            want = (int64_t)((now - start) * rate / 1e9) - (int64_t)sent;
        } else {
            want = BATCH;
        }
        int n = want > BATCH ? BATCH : want < 0 ? 0 : (int)want;
        for (int i = 0; i < n; i++) {
            uint64_t number = sent + i;
            unsigned which = number % count;
            memcpy(out[i], frames + offsets[which], lengths[which]);
            out_parts[i].iov_len = lengths[which];
            uint64_t id = base + number;
            for (int byte = 0; byte < id_length; byte++)
                out[i][id_at + byte] = id >> 8 * (id_length - 1 - byte);
            asked_at[number % IDS] = window > 0 || rate <= 0 ? now : start + (int64_t)(number * 1e9 / rate);
            asked_id[number % IDS] = id_length == 2 ? id & 0xffff : id;
        }
        if (n > 0) {
            int fd = sockets[turn++ % socket_count];
            int done = sendmmsg(fd, out_messages, n, 0);
            if (done > 0) {
                sent += done;
                under_way += done;
            } else if (done < 0 && errno != EAGAIN && errno != ECONNREFUSED) {
                fail("sendmmsg");
            }
        }
        if (window < 0) {
            /* Others need this processor, too: here nobody measures how long anything takes. */
            if (n < BATCH)
                usleep(500);
            continue;
        }
        int got = recvmmsg(sockets[0], in_messages, BATCH, 0, NULL);
        if (got <= 0)
            continue;
        now = now_ns();
        heard = now;
        for (int i = 0; i < got; i++) {
            if ((int)in_messages[i].msg_len < id_at + id_length)
                continue;
            uint64_t id = 0;
            for (int byte = 0; byte < id_length; byte++)
                id = id << 8 | in[i][id_at + byte];
            unsigned slot = (id - (id_length == 2 ? base & 0xffff : base)) % IDS;
            if (!asked_at[slot] || asked_id[slot] != id)
                continue;
            int64_t us = (now - asked_at[slot]) / 1000;
            buckets[us < 0 ? 0 : us > BUCKETS ? BUCKETS : us]++;
            asked_at[slot] = 0;
            answered++;
            if (under_way > 0)
                under_way--;
        }
    }
    uint64_t seen = 0;
    int p50 = 0, p99 = 0;
    for (int us = 0; us <= BUCKETS; us++) {
        seen += buckets[us];
        if (seen * 2 < answered)
            p50 = us + 1;
        if (seen * 100 < answered * 99)
            p99 = us + 1;
    }
    printf("sent=%llu answered=%llu seconds=%.3f p50_us=%d p99_us=%d\n", (unsigned long long)sent,
           (unsigned long long)answered, (now_ns() - start) / 1e9, p50, p99);
    return 0;
}
