/* SPDX-License-Identifier: Apache-2.0 */
/*
 * linker.h - the functions of the dynamic linker that the guest calls: dlopen, dlsym and their
 * like.
 *
 * Each is as dlopen(3) and dlsym(3) have it. They are called through here and nowhere
 * else, because where they live has changed: in libc.so.6 from glibc 2.34 on, in
 * libdl.so.2 before, which a process need not have loaded. A preload library that names
 * them the usual way does not load there, and its process dies before main().
 */
#ifndef UNFLUSHED_GUEST_LINKER_H
#define UNFLUSHED_GUEST_LINKER_H

#include <dlfcn.h>

/* NULL: there is none of that name, or no dynamic linker that can be asked. */
void *linker_open(const char *name, int flags);
void *linker_symbol(void *handle, const char *name);
void linker_close(void *handle);

/* Clears dlerror(), so that the host does not find there what failed in the guest's calls. */
void linker_error_clear(void);

#endif
