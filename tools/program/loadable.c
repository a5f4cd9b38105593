/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loadable.c - whether the loader will load the shim into this program
 *
 * If it will not, a run says nothing about messages, so this must be known
 * beforehand. To add an obstacle: a row here, and `run`, `report` and `doctor`
 * all say it.
 *
 * musl is no obstacle: it has every function that the shim takes from libc, and
 * its loader asks for no symbol versions and takes itself for libc.so.6
 * (tests/rows/test_shim.c). It has no LD_AUDIT.
 */
#include "program/loadable.h"

#include <stdio.h>
#include <string.h>

static bool foreign(const struct elffile *elf)
{
	return !elf->native;
}

static bool statically_linked_go(const struct elffile *elf)
{
	return elf->is_static && elf->is_go;
}

static bool statically_linked(const struct elffile *elf)
{
	return elf->is_static;
}

static bool privileged(const struct elffile *elf)
{
	return elf->privileged;
}

static const struct {
	bool (*holds)(const struct elffile *elf);
	bool keep_away;
	const char *because;
} obstacles[] = {
	{foreign, true, "it is built for another kind of machine than the shim"},
	{statically_linked_go, false,
	 "it is a statically linked Go program, which makes its system calls itself: with "
	 "CGO_ENABLED=1 and without -extldflags -static it has a loader"},
	{statically_linked, false,
	 "it is linked statically: no loader, no preload; link libc dynamically"},
	{privileged, false,
	 "it is setuid, setgid or has file capabilities, and the loader ignores LD_PRELOAD "
	 "for such programs; run a copy without them"},
};

bool loadable_must_be_first(const char *library)
{
	static const char *const names[] = {"libasan.so", "libclang_rt.asan"};
	const char *slash = strrchr(library, '/');
	const char *name = slash ? slash + 1 : library;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strncmp(name, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

const char *loadable_minds_order(const struct elffile *elf)
{
	for (size_t i = 0; i < elf->needed_count; i++)
		if (loadable_must_be_first(elf->needed[i]))
			return elf->needed[i];
	return NULL;
}

const char *loadable_goes_first(const struct elffile *elf)
{
	const char *name = loadable_minds_order(elf);
	int version;

	return name && sscanf(name, "libasan.so.%d", &version) == 1 && version < 6 ? name
										   : NULL;
}

const char *loadable_obstacle(const struct elffile *elf)
{
	for (size_t i = 0; i < sizeof(obstacles) / sizeof(obstacles[0]); i++)
		if (obstacles[i].holds(elf))
			return obstacles[i].because;
	return NULL;
}

bool loadable_must_not_preload(const struct elffile *elf)
{
	for (size_t i = 0; i < sizeof(obstacles) / sizeof(obstacles[0]); i++)
		if (obstacles[i].keep_away && obstacles[i].holds(elf))
			return true;
	return false;
}
