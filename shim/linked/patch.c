/* SPDX-License-Identifier: Apache-2.0 */
/*
 * patch.c - see patch.h.
 *
 * The program may be at any address, farther from this library than a jump
 * reaches (2 GiB, 128 MiB on aarch64). So there is an island: pages near the
 * program that hold, for each function, a jump to our function and the
 * trampoline.
 *
 * Code never loses its execute permission, not for a moment: under PR_SET_MDWE,
 * and under seccomp filters that systemd installs (MemoryDenyWriteExecute=),
 * the kernel refuses to give it back (tried: the host died). /proc/self/mem
 * writes to pages without regard to their permissions and does not change them.
 * Where that is refused, the pages are made writable and executable for as long
 * as the write takes; the kernel does that, or refuses and changes nothing.
 */
#include "linked/patch.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#include "guest/loaded.h"
#include "guest/raw.h"
#include "linked/machine.h"

#if defined(__x86_64__)
#define MACHINE machine_x86_64
#elif defined(__aarch64__)
#define MACHINE machine_aarch64
#endif

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

#define ISLAND_BYTES 8192u
#define PLACE_BYTES (ISLAND_BYTES / 64) /* bytes of the island for one function */
#define ISLAND_ALIGN 0x10000u		/* a page of either processor is not larger */

_Static_assert(PATCH_FUNCTIONS <= 64, "each has a place on the island");

/* The contents of the island before it is written, and its address. */
static struct {
	uintptr_t address;
	uint8_t bytes[ISLAND_BYTES];
} island;

/* ---- executable memory ---- */

static bool is_error(long result)
{
	return result < 0 && result > -4096;
}

/* Maps pages of our own library's file: a file may be mapped as executable from the beginning,
 * as every loader does, where changing memory to executable may be refused. The contents of
 * the pages do not matter: the island overwrites them. */
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

/* Tries addresses below the program, where no other memory grows: the heap grows behind it. */
static bool island_below(uintptr_t near, uintptr_t end, int fd)
{
	for (uintptr_t step = 0x10000; step < MACHINE.reach; step += step / 2) {
		uintptr_t address = (near - step) & ~(uintptr_t)(ISLAND_ALIGN - 1);

		if (step + ISLAND_ALIGN >= near || end - address > MACHINE.reach)
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
	for (uintptr_t step = MACHINE.reach / 2; step > 0x1000000; step -= step / 8) {
		uintptr_t address = (end + step) & ~(uintptr_t)(ISLAND_ALIGN - 1);

		if (address + ISLAND_BYTES - near <= MACHINE.reach && island_map(address, fd)) {
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
	/* The loader knows no name for the program. A test links this file into the
	 * program. */
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

/* ---- a function ---- */

static struct machine_code code_of(uintptr_t address, size_t bytes)
{
	return (struct machine_code){(const uint8_t *)address, bytes, address};
}

bool patch_calls(uintptr_t address, size_t bytes, uintptr_t target)
{
	struct machine_code code = code_of(address, bytes);

	return MACHINE.calls(&code, target);
}

static uintptr_t place_of(size_t index)
{
	return island.address + index * PLACE_BYTES;
}

static bool function_plan(struct patch *patch, size_t index)
{
	struct machine_code code = code_of(patch->address, patch->bytes);
	struct place place = {island.bytes + index * PLACE_BYTES, 0, PLACE_BYTES,
			      place_of(index)};
	struct machine_plan plan;
	uint8_t jump[MACHINE_JUMP_MOST];

	if (!MACHINE.plan(&code, (uintptr_t)patch->leads, &place, &plan))
		return false;
	patch->at = patch->address + plan.at;
	patch->real = (void *)(place_of(index) + plan.real);
	memcpy(patch->was, (const void *)patch->at, MACHINE.jump_bytes);
	return MACHINE.jump(jump, patch->at, place_of(index));
}

/* Two names of one function, where the linker folds functions of the same code into one: who is
 * called is not known then. Also jumps of which one would be written over another. */
static bool overlap(const struct patch *patches, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < i; j++)
			if (patches[i].at < patches[j].at + MACHINE.jump_bytes &&
			    patches[j].at < patches[i].at + MACHINE.jump_bytes)
				return true;
	return false;
}

enum patch_result patch_plan(struct patch *patches, size_t count, uintptr_t near, uintptr_t end)
{
	if (count > PATCH_FUNCTIONS || !island_make(near, end))
		return PATCH_NO_ROOM;
	for (size_t at = 0; at < sizeof island.bytes; at += sizeof MACHINE.trap)
		memcpy(island.bytes + at, MACHINE.trap, sizeof MACHINE.trap);
	for (size_t i = 0; i < count; i++)
		if (!function_plan(&patches[i], i)) {
			island_unmake();
			return PATCH_UNDECODED;
		}
	if (overlap(patches, count)) {
		island_unmake();
		return PATCH_UNDECODED;
	}
	return PATCH_DONE;
}

/* ---- writing ---- */

/* Returns 0 or an errno. `memory`: /proc/self/mem, or negative. mprotect() removes aarch64's
 * PROT_BTI from the pages: indirect calls may then enter them anywhere. */
static int code_put(long memory, uintptr_t at, const void *bytes, size_t count)
{
	uintptr_t page = getauxval(AT_PAGESZ), first = at & ~(page - 1);
	size_t pages = (at + count - first + page - 1) & ~(page - 1);

	if (memory >= 0 && RAW_4(SYS_pwrite64, memory, bytes, count, (long)at) == (long)count)
		return 0;
	long error = RAW_3(SYS_mprotect, first, pages, PROT_READ | PROT_WRITE | PROT_EXEC);

	if (error)
		return (int)-error;
	memcpy((void *)at, bytes, count);
	RAW_3(SYS_mprotect, first, pages, PROT_READ | PROT_EXEC);
	return 0;
}

/* Also invalidates these bytes in the instruction cache where that is separate (DDI 0487,
 * B2.4, "Caches and memory hierarchy"); on x86-64 that does nothing. */
static int code_write(long memory, uintptr_t at, const void *bytes, size_t count)
{
	int error = code_put(memory, at, bytes, count);

	__builtin___clear_cache((char *)at, (char *)at + count);
	return error;
}

static int jumps_write(long memory, const struct patch *patches, size_t count)
{
	uint8_t jump[MACHINE_JUMP_MOST];
	int error = 0;
	size_t done = 0;

	for (; done < count && !error; done++) {
		MACHINE.jump(jump, patches[done].at, place_of(done)); /* reaches, as planned */
		error = code_write(memory, patches[done].at, jump, MACHINE.jump_bytes);
	}
	while (error && done-- > 0)
		code_write(memory, patches[done].at, patches[done].was, MACHINE.jump_bytes);
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
