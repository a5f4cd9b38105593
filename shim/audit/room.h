/* SPDX-License-Identifier: Apache-2.0 */
/*
 * room.h - how much room for thread-local storage the loader has laid out, and how much
 * the program needs.
 *
 * Without an auditor the loader loads all that a program is linked with and then lays out
 * the thread-local storage of every object; what is loaded later has a reserve of 512 bytes.
 * With one, whatever it does, the layout comes first: program and reserve. All of the
 * libraries then have to share the reserve, and the program does not start if it is too
 * small (jemalloc 2.6 kB, LeakSanitizer 56 kB, ThreadSanitizer 785 kB). It cannot simply be
 * large: each thread pays for it with as much of its stack, and one of the least size that
 * POSIX allows has 12 kB.
 *
 * So the reserve is to be what the libraries need and what it would have been. It can only
 * be said before the program is started, in GLIBC_TUNABLES, whose end is ours:
 *
 *	[the user's own:]glibc.rtld.optional_static_tls=0x00000600
 *
 * Its lowest six bits count how often the program was started anew for it.
 */
#ifndef UNFLUSHED_AUDIT_ROOM_H
#define UNFLUSHED_AUDIT_ROOM_H

#include <stdbool.h>
#include <stddef.h>

#define ROOM_NAME "glibc.rtld.optional_static_tls="
#define ROOM_TAIL_BYTES (sizeof(ROOM_NAME) - 1 + 10) /* with the number, 0x%08x */
#define ROOM_STARTS_MAX 8

struct room {
	size_t base;	 /* the reserve that the program would have without us */
	size_t given;	 /* the reserve that it has */
	size_t need;	 /* of the libraries, as far as they are loaded */
	unsigned starts; /* so often it was started anew */
	bool fixed;	 /* the loader is older than the tunable (glibc 2.33) */
};

/* Fills *room from the value of GLIBC_TUNABLES; NULL: it is not set. Returns how many bytes of
 * the value, from its beginning, are the user's own. */
size_t room_read(struct room *room, const char *tunables);

/* Whether the libraries loaded so far do not fit into the reserve. */
bool room_lacks(const struct room *room);
/* Once all is loaded: whether the reserve, which takes stack of each thread, is much larger
 * than needed. */
bool room_is_too_large(const struct room *room);

/* The reserve, in bytes, to ask for when the program is started again. `all`: all libraries are
 * loaded; else some more are allowed for. */
size_t room_wanted(const struct room *room, bool all);
/* The reserve, in bytes, for programs that this one starts: enough for most. */
size_t room_at_first(const struct room *room);

/* Writes the setting of a reserve of `bytes`, which is a multiple of 64, and the count `starts`
 * to `to`: ROOM_TAIL_BYTES, without a NUL. */
void room_write(char *to, size_t bytes, unsigned starts);

#endif
