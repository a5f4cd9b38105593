/* SPDX-License-Identifier: Apache-2.0 */
/*
 * room.c - see room.h.
 */
#include "audit/room.h"

#include <stdint.h>

#include "audit/object.h"

#define USUAL 512	 /* the tunable's default */
#define AT_FIRST 1024	 /* libc and the shim have 820 of them */
#define MORE 512	 /* for what is loaded behind the one that did not fit */
#define TOLERATED 512	 /* what a thread may have to pay */
#define BESIDE 1024	 /* that the loader has beside the tunable, for other namespaces */
#define OLD_LOADERS 1600 /* of 1,664, for all */
#define STEP 64

static unsigned digit_of(char digit)
{
	if (digit >= '0' && digit <= '9')
		return (unsigned)(digit - '0');
	return digit >= 'a' && digit <= 'f' ? (unsigned)(digit - 'a' + 10) : 16;
}

/* As the loader reads a number: decimal, 0x or 0. */
static size_t number_read(const char *at)
{
	unsigned base = at[0] != '0' ? 10 : at[1] == 'x' ? 16 : 8;
	size_t number = 0;

	for (at += base == 16 ? 2 : 0; digit_of(*at) < base; at++)
		number = number * base + digit_of(*at);
	return number;
}

static bool is_ours(const char *entry, size_t left)
{
	const char *number = entry + sizeof(ROOM_NAME) - 1;

	if (left != ROOM_TAIL_BYTES || !text_starts(entry, ROOM_NAME "0x"))
		return false;
	for (size_t i = 2; i < 10; i++)
		if (digit_of(number[i]) > 15)
			return false;
	return true;
}

size_t room_read(struct room *room, const char *tunables)
{
	size_t length = tunables ? text_length(tunables) : 0, own = length;

	*room = (struct room){.base = USUAL, .given = USUAL};
	for (size_t at = 0; at < length; at++) {
		const char *entry = tunables + at;

		if ((at > 0 && entry[-1] != ':') || !text_starts(entry, ROOM_NAME))
			continue;
		room->given = number_read(entry + sizeof(ROOM_NAME) - 1);
		if (is_ours(entry, length - at))
			own = at > 0 ? at - 1 : 0;
		else
			room->base = room->given;
	}
	if (own < length) {
		room->starts = room->given % STEP;
		room->given -= room->starts;
	} else if (room->base == USUAL) {
		/* The user has not set the tunable: what libraries get of the rest is enough
		 * for most. */
		room->given += BESIDE;
	}
	return own;
}

bool room_lacks(const struct room *room)
{
	if (room->fixed)
		return room->need > OLD_LOADERS;
	return room->need + room->base > room->given;
}

bool room_is_too_large(const struct room *room)
{
	return !room->fixed && room->given > room->need + room->base + TOLERATED;
}

size_t room_wanted(const struct room *room, bool all)
{
	size_t bytes = room->base + room->need + (all ? 0 : MORE);

	return (bytes + STEP - 1) / STEP * STEP;
}

size_t room_at_first(const struct room *room)
{
	return (room->base + AT_FIRST) / STEP * STEP;
}

void room_write(char *to, size_t bytes, unsigned starts)
{
	uint32_t number = (uint32_t)bytes + starts;

	for (size_t i = 0; i < sizeof(ROOM_NAME) - 1; i++)
		*to++ = ROOM_NAME[i];
	*to++ = '0';
	*to++ = 'x';
	for (int shift = 28; shift >= 0; shift -= 4)
		*to++ = "0123456789abcdef"[number >> shift & 15];
}
