/* SPDX-License-Identifier: Apache-2.0 */
/*
 * line.h - one connection of the host, and the relay's connection to the broker for it.
 *
 *	host ──▶ answers_sent ──▶ to_peer ──▶ broker
 *	host ◀── gates ◀── to_host ◀── answers_received ◀── broker
 *
 * All bytes pass unchanged and in order. A gate marks the position in to_host where a withheld
 * answer to Produce begins: bytes from there on wait. When the host's end has closed, the bytes
 * that it has sent are still sent to the broker, as the kernel would have done, and answers are
 * read and dropped until the broker closes: closing with unread bytes would reset the
 *connection.
 */
#ifndef UNFLUSHED_PROVE_LINE_H
#define UNFLUSHED_PROVE_LINE_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/divert.h"
#include "model/host.h"
#include "prove/bytes.h"
#include "prove/answers.h"
#include "prove/holds.h"

enum line_state {
	LINE_GREETING,	 /* the guest has not said yet whose connection it is */
	LINE_CONNECTING, /* to the broker */
	LINE_OPEN,
	LINE_DRAINING, /* the host's end has closed */
	LINE_OVER,     /* line_free() is due */
};

struct line_gate {
	uint64_t at; /* bytes of to_host that stand in front of it, since the beginning */
	int64_t came_ns;
};

struct line {
	enum line_state state;
	int host, peer; /* -1: closed, or not opened yet */
	struct divert_hello hello;
	size_t hello_bytes;
	struct holds *holds;	/* of its process; NULL: nothing is withheld */
	struct host_line *told; /* in the shared memory; NULL: there was no room */
	struct answers answers;
	struct bytes to_peer, to_host;
	struct line_gate *gates;
	size_t gate_count, gate_room;
	bool peer_ended, peer_told; /* the broker has closed; and was told that the host has */
	int64_t until_ns;	    /* of one that is greeting, or draining */
};

/* The events to poll for; fds[0] is the host's end, fds[1] the broker's. */
void line_wants(const struct line *line, struct pollfd fds[2]);

/* The guest's hello has arrived: connects to the broker that it names. */
void line_connect(struct line *line);

/* Reads and writes what is possible; `fds` as poll() has filled them. */
void line_work(struct line *line, const struct pollfd fds[2], int64_t now_ns);

/* Opens the gates whose time is over; or all of them, for the reason `how`. */
void line_open_due(struct line *line, int64_t now_ns);
void line_open_all(struct line *line, enum holds_end how, int64_t now_ns);

void line_free(struct line *line);

#endif
