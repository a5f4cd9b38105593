/* SPDX-License-Identifier: Apache-2.0 */
/*
 * start.c - the library's constructor and destructor.
 *
 * Neither is needed for correctness: calls before the one and after the
 * other work (a host's other libraries make them). The constructor looks up
 * libc's functions so that no signal handler has to, and leaves the mark
 * that tells `unflushed run` that the shim was loaded.
 */
#include "guest/guest.h"
#include "guest/markfile.h"
#include "process/on_process.h"
#include "calls/resolve.h"

#include <errno.h>

__attribute__((constructor)) static void start(void)
{
	int error = errno;

	resolve_all();
	guest_phase();
	mark_loaded();
	errno = error;
}

__attribute__((destructor)) static void stop(void)
{
	int error = errno;

	process_destructors_run();
	errno = error;
}

int process_real_execve(const char *path, char *const *argv, char *const *envp)
{
	return ((execve_fn *)resolve_libc(CALL_execve, "execve"))(path, argv, envp);
}

int process_real_execvpe(const char *file, char *const *argv, char *const *envp)
{
	return ((execvpe_fn *)resolve_libc(CALL_execvpe, "execvpe"))(file, argv, envp);
}
