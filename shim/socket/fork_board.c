/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fork_board.c - where forked children report that they have closed their parent's connections.
 *
 * A forked child gets all connections, and most children exec another program at once, which
 * closes those that are close-on-exec: then only the parent has the connection. Only the child
 * can see that, and it cannot write to its parent's trace. So there is a board, one word for
 * each connection, in memory that parent and child share (MAP_SHARED). A child that execs
 * reports there which connections it gives up, if none can have been passed to a third process
 * meanwhile; in doubt it reports nothing, and the connection counts as shared for good.
 *
 * A word has the kernel's number of the connection (SO_COOKIE) and how many children have given
 * it up, so that a child that reports late finds that its connection's row has another one by
 * now. The child knows the numbers from its copy of its parent's table. It looks at its
 * descriptors as they are at the exec, however they were closed or duplicated before.
 */
#define _GNU_SOURCE 1 /* struct dirent64 */
#include "socket/handover.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "guest/guest.h"
#include "guest/raw.h"
#include "guest/state.h"

#define GAVE_UP_BITS 24
#define GAVE_UP_MOST ((1u << GAVE_UP_BITS) - 1)

/* State of this process, zero in a forked child; the variables below are inherited. */
struct fork_board_state {
	uint32_t made; /* at the first connection */
};
GUEST_STATE(struct fork_board_state, fork_board_state);

static uint64_t *board;			/* NULL: none */
static uint64_t cookies[GUEST_SOCKETS]; /* 0: no connection */
static int32_t maker;			/* of the board */
static int32_t child; /* pid of the one that may report; 0 not forked since, -1 none */

static uint64_t cookie_of(int fd)
{
	uint64_t cookie = 0;
	socklen_t bytes = sizeof cookie;

	/* A cookie counts sockets: it never exceeds the bits that the word has for it. */
	return RAW_5(SYS_getsockopt, fd, SOL_SOCKET, SO_COOKIE, &cookie, &bytes) == 0 &&
			       cookie < 1ull << (64 - GAVE_UP_BITS)
		       ? cookie
		       : 0;
}

/* Each process that records has a board of its own, which its children inherit. */
static bool make(void)
{
	if (__atomic_exchange_n(&fork_board_state->made, 1, __ATOMIC_ACQ_REL))
		return false;
	long at = RAW_5(SYS_mmap, 0, GUEST_SOCKETS * sizeof *board, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1);

	memset(cookies, 0, sizeof cookies);
	child = 0;
	board = at < 0 && at > -4096 ? NULL : (uint64_t *)at;
	__atomic_store_n(&maker, guest->pid, __ATOMIC_RELEASE);
	return true;
}

static bool is_ours(void)
{
	return __atomic_load_n(&maker, __ATOMIC_ACQUIRE) == guest->pid;
}

void fork_board_follow(uint32_t index, int fd)
{
	/* While another thread makes the board, this connection gets no entry. */
	if ((!is_ours() && !make()) || !board)
		return;
	/* A child's write to a higher number is not noticed (fdtable_skips_write). */
	uint64_t cookie = fd < SOCKET_EARLY ? cookie_of(fd) : 0;

	__atomic_store_n(&board[index], cookie << GAVE_UP_BITS, __ATOMIC_RELAXED);
	/* Stored after the row is open: a child that sees the cookie was counted as sharing it.
	 */
	__atomic_store_n(&cookies[index], cookie, __ATOMIC_RELEASE);
}

void fork_board_forget(uint32_t index)
{
	__atomic_store_n(&cookies[index], 0, __ATOMIC_RELAXED);
}

bool fork_board_all_gave_up(uint32_t index, uint32_t shares)
{
	if (!is_ours() || !board || shares >= GAVE_UP_MOST)
		return false;
	uint64_t word = __atomic_load_n(&board[index], __ATOMIC_RELAXED);

	return word >> GAVE_UP_BITS && (word & GAVE_UP_MOST) == shares;
}

/* Only children of the process that made the board are counted by it, and may report. */
void fork_board_forked(void)
{
	child = child == 0 && (int32_t)RAW_0(SYS_getppid) == maker ? (int32_t)RAW_0(SYS_getpid)
								   : -1;
}

void fork_board_spoil(void)
{
	if (child != 0)
		child = -1;
}

/* Connections whose descriptors the new program keeps are not given up. */
static void keep(int fd, struct socket_rows *given_up)
{
	long flags = RAW_3(SYS_fcntl, fd, F_GETFD, 0);
	uint64_t cookie = flags >= 0 && flags & FD_CLOEXEC ? 0 : cookie_of(fd);

	for (uint32_t i = 0; cookie && i < GUEST_SOCKETS; i++)
		if (cookies[i] == cookie)
			socket_rows_remove(given_up, i);
}

static int number_of(const char *name)
{
	int number = 0;

	for (; *name >= '0' && *name <= '9'; name++)
		number = number * 10 + *name - '0';
	return *name ? -1 : number; /* not "." */
}

static bool keep_all(struct socket_rows *given_up)
{
	char entries[2048] __attribute__((aligned(8)));
	long fd = RAW_3(SYS_openat, AT_FDCWD, "/proc/self/fd",
			O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	long bytes;

	if (fd < 0)
		return false;
	while ((bytes = RAW_3(SYS_getdents64, fd, entries, sizeof entries)) > 0) {
		for (long at = 0; at < bytes;) {
			const struct dirent64 *entry = (const void *)(entries + at);

			if (number_of(entry->d_name) >= 0)
				keep(number_of(entry->d_name), given_up);
			at += entry->d_reclen;
		}
	}
	RAW_1(SYS_close, fd);
	return bytes == 0;
}

static bool count_change(uint32_t index, uint64_t change)
{
	uint64_t word = __atomic_load_n(&board[index], __ATOMIC_RELAXED);

	do {
		if (word >> GAVE_UP_BITS != cookies[index] ||
		    ((word + change) & GAVE_UP_MOST) == GAVE_UP_MOST)
			return false;
	} while (!__atomic_compare_exchange_n(&board[index], &word, word + change, false,
					      __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	return true;
}

void fork_board_give_up(struct socket_rows *given_up)
{
	if (!board || child <= 0)
		return;
	/* This is a child of vfork, which has its parent's memory but descriptors of its own.
	 */
	if (child != (int32_t)RAW_0(SYS_getpid)) {
		fork_board_spoil();
		return;
	}
	for (uint32_t i = 0; i < GUEST_SOCKETS; i++)
		if (cookies[i])
			socket_rows_add(given_up, i);
	if (!keep_all(given_up))
		*given_up = (struct socket_rows){0};
	for (uint32_t i = 0; i < GUEST_SOCKETS; i++)
		if (socket_rows_has(given_up, i) && !count_change(i, 1))
			socket_rows_remove(given_up, i);
}

void fork_board_take_back(const struct socket_rows *given_up)
{
	for (uint32_t i = 0; i < GUEST_SOCKETS; i++)
		if (socket_rows_has(given_up, i))
			count_change(i, (uint64_t)-1);
}
