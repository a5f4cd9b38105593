/* SPDX-License-Identifier: Apache-2.0 */
/*
 * on_pipe.c - pipes. A pipe may get the number of a closed socket, libunwind must not get a
 * pipe (site/unwind.c), and a Java selector without epoll makes one to be woken.
 */
#include <errno.h>

#include "calls/calls.h"
#include "guest/guest.h"
#include "java/probe.h"
#include "site/unwind.h"
#include "socket/ending.h"
#include "socket/fdtable.h"

static int pipe_made(struct call *call, int result, const int *ends)
{
	call->error = errno;
	for (int i = 0; result == 0 && i < 2; i++)
		if (guest_phase() == GUEST_RECORDING && fdtable_word(ends[i]) != FD_UNKNOWN)
			socket_close(ends[i], END_REPLACED);
	java_probe_selector_seen(call->caller);
	return result;
}

static bool refused(struct call *call)
{
	if (LIKELY(!unwind_is_calling(call->caller)))
		return false;
	call->error = EMFILE;
	return true;
}

int on_pipe(struct call *call, int ends[2])
{
	return refused(call) ? -1 : pipe_made(call, REAL(pipe, call)(ends), ends);
}

int on_pipe2(struct call *call, int ends[2], int flags)
{
	return refused(call) ? -1 : pipe_made(call, REAL(pipe2, call)(ends, flags), ends);
}
