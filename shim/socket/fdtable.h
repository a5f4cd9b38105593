/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fdtable.h - which descriptors are followed sockets, and their rows.
 *
 * A table of words by descriptor: 0 not known yet, 1 ignored, else the
 * socket's row plus 2. Looking costs two loads; a descriptor is classified
 * once. It lives in the wiped mapping: a forked child starts with nothing.
 */
#ifndef UNFLUSHED_SOCKET_FDTABLE_H
#define UNFLUSHED_SOCKET_FDTABLE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "format/kafka_api.h"
#include "socket/state.h"

enum { FD_UNKNOWN = 0, FD_IGNORED = 1, FD_FIRST_ROW = 2 };

/* The word of a descriptor, if a trace is recorded; else FD_UNKNOWN. Any other value means
 * that there is a trace, because a fork wipes the table: most calls need to look at nothing
 * else. */
static inline uint32_t fdtable_word_known(int fd)
{
	return LIKELY((unsigned)fd < __atomic_load_n(&guest_descriptors, __ATOMIC_ACQUIRE))
		       ? __atomic_load_n(&socket_state->descriptors[fd], __ATOMIC_RELAXED)
		       : FD_UNKNOWN;
}

/* True when the guest ignores a call on a descriptor whose word is FD_UNKNOWN: nothing is
 * recorded, or the number is beyond the table. */
static inline bool fdtable_skips_unknown(int fd)
{
	return __atomic_load_n(guest_phase_word, __ATOMIC_RELAXED) != GUEST_RECORDING ||
	       (unsigned)fd >= GUEST_DESCRIPTORS;
}

/* True when the guest ignores a call on `fd`. */
static inline bool fdtable_skips(int fd)
{
	uint32_t word = fdtable_word_known(fd);

	return LIKELY(word) ? word == FD_IGNORED : fdtable_skips_unknown(fd);
}

/*
 * Before there is a trace: a connection that was inherited (over fork, over
 * exec) or passed by another process is written to without a connect() that
 * would make one. Each of the first SOCKET_EARLY descriptors is looked at once, at its
 * first write.
 */
extern uint64_t fdtable_early[SOCKET_EARLY / 64]; /* a bit for each that was looked at */
bool fdtable_skips_early(int fd);
void fdtable_look_again(void); /* in a forked child: forgets what its parent looked at */

/* The same as fdtable_skips(), for calls that write. */
static inline bool fdtable_skips_write(int fd)
{
	uint32_t word = fdtable_word_known(fd);

	if (LIKELY(word))
		return word == FD_IGNORED;
	if (__atomic_load_n(guest_phase_word, __ATOMIC_RELAXED) == GUEST_RECORDING)
		return (unsigned)fd >= GUEST_DESCRIPTORS;
	return (unsigned)fd >= SOCKET_EARLY ||
	       __atomic_load_n(&fdtable_early[fd / 64], __ATOMIC_RELAXED) >> fd % 64 & 1 ||
	       fdtable_skips_early(fd);
}

static inline uint32_t fdtable_word(int fd)
{
	return (unsigned)fd < GUEST_DESCRIPTORS
		       ? __atomic_load_n(&socket_state->descriptors[fd], __ATOMIC_RELAXED)
		       : FD_IGNORED;
}

/*
 * Notes in the socket's row, before the real call, when a write began; fdtable_write_is()
 * notes the request's API key. A process that is killed inside the write so leaves word of it:
 * a Produce may then have gone out uncounted. The host's memory is read before the kernel
 * reads it only where Kafka has been spoken already.
 *
 * Returns the row and sets *private; NULL: `fd` is not followed, or a fork wiped the state.
 */
static inline struct trace_socket *fdtable_write_begins(int fd, int64_t now_ns,
							struct guest_socket **private)
{
	uint32_t word = fdtable_word(fd);

	if (word < FD_FIRST_ROW)
		return NULL;
	*private = &socket_state->sockets[word - FD_FIRST_ROW];
	/* A signal handler may fork at any instant, and the child come back here: to wiped
	 * memory (story: forks_in_handler). */
	struct trace_socket *row = __atomic_load_n(&(*private)->row, __ATOMIC_RELAXED);

	if (LIKELY(row))
		__atomic_store_n(&row->write_began_ns, now_ns, __ATOMIC_RELAXED);
	return row;
}

static inline bool fdtable_write_is_told(const struct trace_socket *row)
{
	uint32_t flags = row->flags & (SOCKET_KAFKA | SOCKET_TLS | SOCKET_DIVERTS);

	return flags & SOCKET_DIVERTS || (flags == SOCKET_KAFKA && !row->frame_at);
}

static inline void fdtable_write_is(struct trace_socket *row, const uint8_t *first)
{
	if (first)
		__atomic_store_n(&row->frame_api, kafka_api_of(first), __ATOMIC_RELAXED);
}

static inline void fdtable_set(int fd, uint32_t word)
{
	if ((unsigned)fd < GUEST_DESCRIPTORS)
		__atomic_store_n(&socket_state->descriptors[fd], word, __ATOMIC_RELAXED);
}

/* The row that `fd` names, or NULL. */
struct trace_socket *fdtable_row(int fd);

/* As fdtable_row(), but classifies a descriptor that is not known yet: a
 * connected TCP socket that came by other ways than connect() (inherited over
 * exec, passed by a parent, made by an unseen call) is followed from here. */
struct trace_socket *fdtable_find(int fd);

/* A row for a new connection on `fd`; NULL when all are in use. */
struct trace_socket *fdtable_follow(int fd, uint32_t flags);

/* `to` now names what `fd` names. */
void fdtable_duplicate(int fd, int to);

/* True if row->fd still names this connection. The descriptor that it was made with may have
 * been closed and a duplicate kept (`exec 3<>/dev/tcp/...` does so): then the row takes the
 * number of the duplicate, for which the whole table is read (30 us, once). */
bool fdtable_reaches(struct trace_socket *row);

#endif
