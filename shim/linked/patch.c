/* SPDX-License-Identifier: Apache-2.0 */
/*
 * patch.c - see patch.h.
 *
 * Between the program, which may lie anywhere, and this library lie more than the 2 GiB that a
 * jump of five bytes reaches. So there is an island: pages near the program that hold, for
 * each function, a jump to our function and the trampoline.
 *
 * Code is never made unexecutable, not for a moment: under PR_SET_MDWE, and under seccomp
 * filters that systemd installs (MemoryDenyWriteExecute=), the execute permission does not
 * come back (tried: the host died). /proc/self/mem writes to pages whatever they permit and
 * changes no permission. Where that is refused, the pages are made writable beside executable
 * for as long as the write takes; the kernel does that, or says no and changes nothing.
 */
#include "linked/patch.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "guest/loaded.h"
#include "guest/raw.h"
#include "linked/decode.h"

#if defined(__x86_64__)

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

#define PAGE 4096u
#define ISLAND_PAGES 2u
#define ISLAND_BYTES (ISLAND_PAGES * PAGE)
#define PLACE_BYTES (ISLAND_BYTES / 64) /* of the island, for one function */
#define STUB_BYTES 16			/* of a place: the jump to ours */

_Static_assert(PATCH_FUNCTIONS <= 64, "each has a place on the island");

/* What the island will hold, and where it is. */
static struct {
	uintptr_t address;
	uint8_t bytes[ISLAND_BYTES];
} island;

/* ---- memory that calls itself executable ---- */

static bool is_error(long result)
{
	return result < 0 && result > -4096;
}

/* Pages of our own file: they are executable from the beginning, which is asked of the kernel
 * by everybody who loads a library. What is on them does not matter. */
static bool island_map(uintptr_t address, int fd)
{
	long mapped = raw_call6(SYS_mmap, (long)address, ISLAND_BYTES, PROT_READ | PROT_EXEC,
				MAP_PRIVATE | MAP_FIXED_NOREPLACE, fd, 0);

	if (is_error(mapped))
		return false;
	if ((uintptr_t)mapped == address)
		return true;
	RAW_2(SYS_munmap, mapped, ISLAND_BYTES); /* before Linux 4.17 it is only a hint */
	return false;
}

/* The farthest that anything of the island may be from anything of the program. */
#define REACH 0x70000000u

/* Below the program, where nothing grows: its heap grows behind it. */
static bool island_below(uintptr_t near, uintptr_t end, int fd)
{
	for (uintptr_t step = 0x10000; step < REACH; step += step / 2) {
		uintptr_t address = (near - step) & ~(uintptr_t)0xffff;

		if (step + PAGE * 16 >= near || end - address > REACH)
			return false;
		if (island_map(address, fd)) {
			island.address = address;
			return true;
		}
	}
	return false;
}

static bool island_above(uintptr_t near, uintptr_t end, int fd)
{
	for (uintptr_t step = REACH / 2; step > 0x1000000; step -= step / 8) {
		uintptr_t address = (end + step) & ~(uintptr_t)0xffff;

		if (address + ISLAND_BYTES - near <= REACH && island_map(address, fd)) {
			island.address = address;
			return true;
		}
	}
	return false;
}

static bool island_make(uintptr_t near, uintptr_t end)
{
	struct loaded self;

	if (!loaded_find((const void *)island_make, &self))
		return false;
	/* The loader has no name for the program, where a test has this file in it. */
	const char *path = self.path[0] ? self.path : "/proc/self/exe";
	long fd = RAW_4(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);

	if (fd < 0)
		return false;
	bool made = island_below(near, end, (int)fd) || island_above(near, end, (int)fd);

	RAW_1(SYS_close, fd);
	return made;
}

static void island_unmake(void)
{
	RAW_2(SYS_munmap, island.address, ISLAND_BYTES);
	island.address = 0;
}

/* ---- a trampoline ---- */

/* A place on the island while it is filled. */
struct place {
	uint8_t *bytes;
	size_t used, room;
	uintptr_t address; /* of bytes[0], once the island is written */
};

static bool place_add(struct place *place, const void *bytes, size_t count)
{
	if (count > place->room - place->used)
		return false;
	memcpy(place->bytes + place->used, bytes, count);
	place->used += count;
	return true;
}

/* 32 bits that lead from their own end to `target`. */
static bool place_lead(struct place *place, uintptr_t target)
{
	int64_t from = (int64_t)(place->address + place->used + 4);
	int64_t distance = (int64_t)target - from;
	int32_t wide = (int32_t)distance;

	return distance == wide && place_add(place, &wide, sizeof wide);
}

static bool place_jump(struct place *place, uintptr_t target)
{
	return place_add(place, "\xe9", 1) && place_lead(place, target);
}

/* One instruction of the function's, so that it does here what it did at `at`. */
static bool place_move(struct place *place, uintptr_t at, const struct decoded *decoded)
{
	const uint8_t *code = (const uint8_t *)at;
	uintptr_t target = at + (uintptr_t)decoded->target;
	uint8_t branch[] = {0x0f, (uint8_t)(0x80 | decoded->condition)};
	int64_t moved;
	int32_t wide;

	switch (decoded->kind) {
	case DECODED_PLAIN:
	case DECODED_END:
		return place_add(place, code, decoded->bytes);
	case DECODED_JUMP:
		return place_jump(place, target);
	case DECODED_BRANCH:
		return place_add(place, branch, sizeof branch) && place_lead(place, target);
	case DECODED_RELATIVE:
		moved = (int64_t)target -
			(int64_t)(place->address + place->used + decoded->bytes);
		wide = (int32_t)moved;
		if (wide != moved || !place_add(place, code, decoded->bytes))
			return false;
		memcpy(place->bytes + place->used - decoded->bytes + decoded->field, &wide,
		       sizeof wide);
		return true;
	default: /* a call would leave its return address on the island, for unwinders */
		return false;
	}
}

/* ---- a function ---- */

static bool is_endbr64(const uint8_t *code)
{
	return memcmp(code, "\xf3\x0f\x1e\xfa", 4) == 0;
}

/* Does an instruction from `from` to `end` jump to between `low` and `high`? Not to
 * `low`: that is the function's beginning. Also if one of them is not understood. */
static bool jumps_between(uintptr_t from, uintptr_t end, uintptr_t low, uintptr_t high)
{
	struct decoded decoded;

	for (uintptr_t at = from; at < end; at += decoded.bytes) {
		if (!decode((const uint8_t *)at, end - at, &decoded))
			return true;
		bool jumps = decoded.kind == DECODED_JUMP || decoded.kind == DECODED_BRANCH ||
			     decoded.kind == DECODED_LOOP;
		uintptr_t target = at + (uintptr_t)decoded.target;

		if (jumps && target > low && target < high)
			return true;
	}
	return false;
}

bool patch_calls(uintptr_t address, size_t bytes, uintptr_t target)
{
	struct decoded decoded;
	bool calls = false;

	for (uintptr_t at = address; at < address + bytes; at += decoded.bytes) {
		if (!decode((const uint8_t *)at, address + bytes - at, &decoded))
			return false;
		calls |= (decoded.kind == DECODED_CALL || decoded.kind == DECODED_JUMP) &&
			 at + (uintptr_t)decoded.target == target;
	}
	return calls;
}

/* Moves the instructions that the jump replaces; false: not possible. */
static bool function_move(struct patch *patch, struct place *place)
{
	uintptr_t end = patch->address + patch->bytes, at = patch->at;
	struct decoded decoded;
	bool goes_on = true;

	while (at < patch->at + PATCH_JUMP_BYTES && at < end) {
		if (!decode((const uint8_t *)at, end - at, &decoded) ||
		    !place_move(place, at, &decoded))
			return false;
		at += decoded.bytes;
		goes_on = decoded.kind != DECODED_JUMP && decoded.kind != DECODED_END;
		if (!goes_on && at < end && at < patch->at + PATCH_JUMP_BYTES)
			return false; /* something else of it stands there */
	}
	/* A short function: the jump may cover the space behind it, if that is space. */
	for (uintptr_t space = at; space < patch->at + PATCH_JUMP_BYTES; space += decoded.bytes)
		if (goes_on || !decode((const uint8_t *)space, 16, &decoded) || !decoded.is_nop)
			return false;
	if (jumps_between(patch->at, end, patch->at, at))
		return false;
	return !goes_on || place_jump(place, at);
}

static bool function_plan(struct patch *patch, size_t index)
{
	uint8_t *bytes = island.bytes + index * PLACE_BYTES;
	uintptr_t address = island.address + index * PLACE_BYTES;
	struct place trampoline = {bytes + STUB_BYTES, 0, PLACE_BYTES - STUB_BYTES,
				   address + STUB_BYTES};
	const uint8_t *code = (const uint8_t *)patch->address;

	if (patch->bytes < 2)
		return false;
	patch->at = patch->address + (patch->bytes > 4 && is_endbr64(code) ? 4 : 0);
	memcpy(bytes, "\xff\x25\0\0\0\0", 6); /* jmp to the address behind itself */
	memcpy(bytes + 6, &patch->leads, sizeof patch->leads);
	memcpy(patch->was, (const void *)patch->at, sizeof patch->was);
	patch->real = (void *)trampoline.address;
	return function_move(patch, &trampoline);
}

enum patch_result patch_plan(struct patch *patches, size_t count, uintptr_t near, uintptr_t end)
{
	if (count > PATCH_FUNCTIONS || !island_make(near, end))
		return PATCH_NO_ROOM;
	memset(island.bytes, 0xcc, sizeof island.bytes); /* int3: nobody comes there */
	for (size_t i = 0; i < count; i++)
		if (!function_plan(&patches[i], i)) {
			island_unmake();
			return PATCH_UNDECODED;
		}
	return PATCH_DONE;
}

/* ---- writing ---- */

/* 0, or an errno. `memory`: /proc/self/mem, or negative. */
static int code_write(long memory, uintptr_t at, const void *bytes, size_t count)
{
	uintptr_t page = at & ~(uintptr_t)(PAGE - 1);
	size_t pages = (at + count - page + PAGE - 1) & ~(size_t)(PAGE - 1);

	if (memory >= 0 && RAW_4(SYS_pwrite64, memory, bytes, count, (long)at) == (long)count)
		return 0;
	long error = RAW_3(SYS_mprotect, page, pages, PROT_READ | PROT_WRITE | PROT_EXEC);

	if (error)
		return (int)-error;
	memcpy((void *)at, bytes, count);
	RAW_3(SYS_mprotect, page, pages, PROT_READ | PROT_EXEC);
	return 0;
}

static void jump_make(const struct patch *patch, size_t index, uint8_t jump[PATCH_JUMP_BYTES])
{
	uintptr_t stub = island.address + index * PLACE_BYTES;
	int32_t distance = (int32_t)((int64_t)stub - (int64_t)(patch->at + PATCH_JUMP_BYTES));

	jump[0] = 0xe9;
	memcpy(jump + 1, &distance, sizeof distance);
}

static int jumps_write(long memory, const struct patch *patches, size_t count)
{
	uint8_t jump[PATCH_JUMP_BYTES];
	int error = 0;
	size_t done = 0;

	for (; done < count && !error; done++) {
		jump_make(&patches[done], done, jump);
		error = code_write(memory, patches[done].at, jump, sizeof jump);
	}
	while (error && done-- > 0)
		code_write(memory, patches[done].at, patches[done].was, PATCH_JUMP_BYTES);
	return error;
}

enum patch_result patch_write(const struct patch *patches, size_t count)
{
	long memory = RAW_4(SYS_openat, AT_FDCWD, "/proc/self/mem", O_RDWR | O_CLOEXEC, 0);
	int error = code_write(memory, island.address, island.bytes, sizeof island.bytes);

	if (!error)
		error = jumps_write(memory, patches, count);
	if (memory >= 0)
		RAW_1(SYS_close, memory);
	if (!error)
		return PATCH_DONE;
	island_unmake();
	return PATCH_REFUSED;
}

#else

enum patch_result patch_plan(struct patch *patches, size_t count, uintptr_t near, uintptr_t end)
{
	(void)patches, (void)count, (void)near, (void)end;
	return PATCH_UNSUPPORTED;
}

enum patch_result patch_write(const struct patch *patches, size_t count)
{
	(void)patches, (void)count;
	return PATCH_UNSUPPORTED;
}

bool patch_calls(uintptr_t address, size_t bytes, uintptr_t target)
{
	(void)address, (void)bytes, (void)target;
	return false;
}

#endif
