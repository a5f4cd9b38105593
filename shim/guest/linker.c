/* SPDX-License-Identifier: Apache-2.0 */
/*
 * linker.c - see linker.h.
 *
 * The functions are bound with their oldest symbol version, which glibc still has from 2.34 on,
 * beside the new one. They are weak, so that a libc without them is no error; then they are
 * looked up once, in the way in which libc itself loaded libraries before 2.34 (its source:
 * elf/dl-libc.c; both functions do not exist from 2.34 on).
 */
#include "guest/linker.h"

#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
#define FIRST_VERSION "GLIBC_2.2.5"
#elif defined(__aarch64__)
#define FIRST_VERSION "GLIBC_2.17"
#else
#error "the first version of glibc on this architecture is not known here"
#endif

#define FIRST(name)                                                                            \
	extern __typeof__(name) first_##name __attribute__((weak));                            \
	__asm__(".symver first_" #name ", " #name "@" FIRST_VERSION)

FIRST(dlopen);
FIRST(dlsym);
FIRST(dlclose);
FIRST(dlerror);

extern void *__libc_dlopen_mode(const char *name, int flags) __attribute__((weak));
extern void *__libc_dlsym(void *handle, const char *name) __attribute__((weak));

#define LIBC_DLOPEN 0x80000000u /* __RTLD_DLOPEN: on behalf of a dlopen() */

static struct {
	__typeof__(dlopen) *open;
	__typeof__(dlsym) *symbol;
	__typeof__(dlclose) *close;
	__typeof__(dlerror) *error;
} linker;
static uint32_t linker_sought;

/* Before glibc 2.34, in a process that has no libdl.so.2. */
static void linker_load(void)
{
	void *library =
		__libc_dlopen_mode && __libc_dlsym
			? __libc_dlopen_mode("libdl.so.2", (int)(RTLD_NOW | LIBC_DLOPEN))
			: NULL;

	if (!library)
		return;
	linker.open = (__typeof__(linker.open))__libc_dlsym(library, "dlopen");
	linker.symbol = (__typeof__(linker.symbol))__libc_dlsym(library, "dlsym");
	linker.close = (__typeof__(linker.close))__libc_dlsym(library, "dlclose");
	linker.error = (__typeof__(linker.error))__libc_dlsym(library, "dlerror");
}

/* Several threads may do this at once: they find the same. */
static void linker_seek(void)
{
	if (__atomic_load_n(&linker_sought, __ATOMIC_ACQUIRE))
		return;
	linker.open = first_dlopen;
	linker.symbol = first_dlsym;
	linker.close = first_dlclose;
	linker.error = first_dlerror;
	if (!linker.symbol)
		linker_load();
	__atomic_store_n(&linker_sought, 1, __ATOMIC_RELEASE);
}

void *linker_open(const char *name, int flags)
{
	linker_seek();
	return linker.open ? linker.open(name, flags) : NULL;
}

void *linker_symbol(void *handle, const char *name)
{
	linker_seek();
	return linker.symbol ? linker.symbol(handle, name) : NULL;
}

void linker_close(void *handle)
{
	linker_seek();
	if (linker.close)
		linker.close(handle);
}

void linker_error_clear(void)
{
	linker_seek();
	if (linker.error)
		linker.error();
}
