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

/* A producer handle; entry n describes row n of SECTION_PRODUCER. */
struct guest_producer {
	void *rk; /* NULL: destroyed, not taken, or wiped by a fork */
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

struct guest_state {
	uint32_t phase; /* enum guest_phase; first, so that one load tells */
	int32_t pid;
	uint32_t ticks_allowed; /* ticks.c: may the counter be read? */
	uint64_t ticks_rate;	/* as the last thread measured it; 0 not yet */
	uint32_t topics_made;	/* calls of rd_kafka_topic_new */
	uint32_t refused_total; /* over all producers: 0 spares the look-up */
	struct guest_producer producers[GUEST_PRODUCERS];
	struct guest_object objects[GUEST_OBJECTS];
	struct guest_message messages[GUEST_MESSAGES];
	uint32_t held_used; /* runs that were ever begun */
	uint64_t held_order;
	struct guest_held held[GUEST_HELD];
};

#endif
