/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state.h - everything that a forked child must find empty.
 *
 * One anonymous mapping with MADV_WIPEONFORK. It is large in address space
 * and small in memory: pages that are not used are never touched.
 */
#ifndef UNFLUSHED_GUEST_STATE_H
#define UNFLUSHED_GUEST_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "format/format.h"
#include "guest/guest.h"
#include "socket/stall.h"
#include "wire/wire.h"

/* A producer handle; entry n describes row n of SECTION_PRODUCER. */
struct guest_producer {
	void *rk;	/* NULL: destroyed, not taken, or wiped by a fork */
	uint32_t claimed;
	uint32_t topic; /* its catch-all row of SECTION_TOPIC */
	trace_string configuration;
	bool destroying;
	bool many_sites;     /* account/message_sites.h */
	uint32_t first_site; /* row of SECTION_SITE plus 2; 0 nothing sent yet */
	uint64_t held; /* messages that a binding has not given to it yet (account/held.h) */
	/* Fingerprints of refused messages that nobody has offered again. */
	uint32_t refused_count;
	uint64_t refused[32];
};

/* Which producer a topic or queue handle belongs to. */
struct guest_object {
	const void *object;
	uint32_t producer; /* index plus 1 */
};

/* A message on its way, and where it came from (account/message_sites.h). */
struct guest_message {
	uintptr_t message;
	uint32_t site;
	uint32_t producer;
};

/* Messages that a binding holds, of one line (account/held.h). */
struct guest_held {
	uint64_t state; /* 0 it was never begun */
	uint64_t order;
	uint32_t producer;
	uint32_t row; /* of SECTION_TOPIC */
	uint32_t site;
	int32_t partition;
};

/* An epoll was asked to say when it has room, level-triggered (socket/pollout.h). */
struct room_ask {
	int64_t since_ns; /* 0: it was not */
	uint64_t data;	  /* the host's word for it */
	int32_t epoll;
	bool once; /* EPOLLONESHOT */
};

/* A followed socket; entry n describes row n of SECTION_SOCKET. What every write
 * looks at lies together: each line of the cache that it touches costs it. */
struct guest_socket {
	/* One cache line: what a write of which there is nothing to say needs to know.
	 * The first thread that wrote, and the first that read: they alone add to the
	 * row's counters, with plain stores; all others to its row of SECTION_SOCKET_MORE. */
	const struct guest_thread *writer, *reader;
	struct trace_socket *row;
	int64_t calm_until_ns; /* until then a whole write needs no more than to be counted
				* (bytes_settle); 0 ask */
	int64_t sampled_ns;
	int64_t eagain_ns; /* of the last write, if that met EAGAIN; else 0 */
	uint32_t eagain_waits; /* that thread's `waits` at eagain_ns */
	uint32_t index; /* of the row */
	bool unanswered; /* written since the last receive */

	int32_t references; /* descriptors that name it */
	uint32_t shares; /* times that another process may have come to have it */
	int64_t nagle_ns; /* a small write was held back then; 0 none */
	int64_t nagle_looked_ns;
	struct wire wire;
	struct stall_look stall;
	struct room_ask room;
} __attribute__((aligned(64)));

struct guest_state {
	uint32_t phase; /* enum guest_phase; first, so that one load tells */
	int32_t pid;
	uint32_t ticks_allowed; /* ticks.c: may the counter be read? */
	bool rings_looked_for; /* socket/io_uring.c: at the first connection */
	uint32_t board_made; /* socket/fork_board.c: at the first connection, too */
	uint32_t queues_open;	/* socket/acks0_queue.c: acks=0 was written, and may still be queued */
	int64_t queues_next_ns; /* not looked at again before */
	int64_t samples_next_ns; /* socket/on_bytes.c: no send buffer is looked into before */
	uint32_t room_asks;	/* socket/pollout.c: of rows with such a wish, or more */
	uint64_t ticks_rate;	/* as the last thread measured it; 0 not yet */
	int32_t wishes[GUEST_WISHES]; /* SO_SNDBUF asked for before connect */
	bool wishes_forced[GUEST_WISHES]; /* by SO_SNDBUFFORCE */
	uint32_t topics_made;	 /* calls of rd_kafka_topic_new */
	uint32_t refused_total;	 /* over all producers: 0 spares the look-up */
	struct guest_producer producers[GUEST_PRODUCERS];
	struct guest_object objects[GUEST_OBJECTS];
	uint32_t descriptors[GUEST_DESCRIPTORS]; /* socket/fdtable.h */
	struct guest_message messages[GUEST_MESSAGES];
	uint32_t held_used; /* runs that were ever begun */
	uint64_t held_order;
	struct guest_held held[GUEST_HELD];
	struct guest_socket sockets[GUEST_SOCKETS];
};

#endif
