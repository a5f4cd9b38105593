/* SPDX-License-Identifier: Apache-2.0 */
/*
 * start.c - the library's constructor and destructor.
 *
 * Neither is needed for correctness: calls before the constructor and after the
 * destructor work (the host's other libraries make them). The constructor looks
 * up libc's functions so that no signal handler has to, and writes into the
 * mark file that the shim was loaded.
 */
#include <errno.h>

#include "calls/resolve.h"
#include "guest/guest.h"
#include "guest/markfile.h"
#include "linked/linked.h"
#include "librdkafka/unwound.h"
#include "process/on_process.h"

__attribute__((constructor)) static void start(void)
{
	int error = errno;

	resolve_all();
	if (guest_phase() != GUEST_SILENT)
		linked_open(unflushed_via);
	mark_loaded();
	errno = error;
}

__attribute__((destructor)) static void stop(void)
{
	int error = errno;

	if (process_destructors_run())
		unwound_main_returned();
	errno = error;
}
