/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe.c - finds clients written in Python in the host.
 *
 * When: inside socketpair() and connect(), called by Python's own socket module. That module
 * has given up the interpreter's lock for the call, on a thread of Python's:
 * taking the lock here and giving it back is what any callback of an
 * extension does, and no native lock is held by that module. A producer
 * learns its partitions over a connection, and takes no message before it
 * knows them: the probe is in before the first message, also when the main
 * thread is blocked for good (a pending call would wait for it for ever).
 *
 * Nothing is imported: only a module that the host has imported is looked
 * at, and one that is still being imported is left for the next connect().
 */
#include "python/probe.h"

#include <string.h>

#include "cpython/api.h"
#include "cpython/line.h"
#include "format/format.h"
#include "guest/loaded.h"
#include "guest/settings.h"
#include "python/clients.h"
#include "python/confluent.h"
#include "python/install.h"
#include "trace/record.h"

enum probe_state {
	PROBE_UNTRIED = 0,
	PROBE_WAITING = 1, /* CPython is here, not all clients are */
	PROBE_BUSY = 2,	   /* one thread is at it */
	PROBE_OVER = 3,	   /* it is done, or there is nothing to do */
};

/* These survive a fork, as the wrapped classes do. */
static uint32_t probe_state;

static bool state_pass(uint32_t from, uint32_t to)
{
	return __atomic_compare_exchange_n(&probe_state, &from, to, false, __ATOMIC_ACQ_REL,
					   __ATOMIC_RELAXED);
}

enum caller {
	CALLER_OTHER,  /* may hold locks of its own */
	CALLER_SOCKET, /* Python's own module: has let go of the lock to connect */
	CALLER_UVLOOP, /* connects by itself, and holds no lock but the interpreter's */
};

/* Python's own socket module is a file of that name, or a part of libpython
 * or of the program. */
static enum caller caller_of(const void *address)
{
	struct loaded found;

	if (!loaded_find(address, &found))
		return CALLER_OTHER;
	const char *slash = strrchr(found.path, '/');
	const char *name = slash ? slash + 1 : found.path;

	if (!name[0] || strncmp(name, "_socket.", 8) == 0 || strncmp(name, "libpython", 9) == 0)
		return CALLER_SOCKET;
	return strstr(found.path, "/uvloop/loop.") ? CALLER_UVLOOP : CALLER_OTHER;
}

/* Wraps a client's classes if nobody did; whether they are wrapped. */
static bool client_enter(enum python_client client)
{
	if (!record_ready())
		return false;
	if (python_clients[client].state == PYTHON_CLIENT_ABSENT &&
	    python_client_is_imported(client) &&
	    strcmp(guest_settings.probe_python, "off") != 0) {
		python_open(); /* frames, for call sites and more */
		python_client_version_keep(client);
		python_clients[client].state =
			python_version_known() && python_is_open() && python_install(client)
				? PYTHON_CLIENT_PROBED
				: PYTHON_CLIENT_REFUSED;
	}
	if (python_clients[client].state != PYTHON_CLIENT_ABSENT)
		python_clients_note();
	return python_clients[client].state == PYTHON_CLIENT_PROBED;
}

/* With the interpreter's lock held. True when there is nothing more to do. */
static bool probe_enter(void)
{
	bool over = true;

	for (size_t i = 0; i < PYTHON_CLIENT_COUNT; i++) {
		if (!python_clients[i].connects ||
		    python_clients[i].state != PYTHON_CLIENT_ABSENT)
			continue;
		if (python_client_is_imported((enum python_client)i))
			client_enter((enum python_client)i);
		else
			over = false;
	}
	return over;
}

/* On a thread of the main interpreter's, with its lock or without. One that is in
 * another interpreter by way of the main one looks as if without; Python's own
 * connect() really is, and may take it. PyGILState_Check() says yes to everybody
 * once there was a second interpreter. */
static bool probe_try(bool may_wait)
{
	if (!py.Py_IsInitialized() || (py.is_finalizing && py.is_finalizing()))
		return false;
	void *thread = py.PyGILState_GetThisThreadState();

	if (!thread || python_interpreter(thread) != py.PyInterpreterState_Main())
		return false;
	if (thread == py.PyThreadState_GetUnchecked())
		return !py.PyErr_Occurred() && probe_enter();
	if (!may_wait)
		return false;
	int token = py.PyGILState_Ensure();
	bool over = probe_enter();

	py.PyGILState_Release(token);
	return over;
}

static void call_seen(const void *caller)
{
	uint32_t state = __atomic_load_n(&probe_state, __ATOMIC_ACQUIRE);

	if (state >= PROBE_BUSY)
		return;
	enum caller who = caller_of(caller);

	if (who == CALLER_OTHER || !state_pass(state, PROBE_BUSY))
		return;
	if (strcmp(guest_settings.probe_python, "off") == 0 ||
	    (state == PROBE_UNTRIED && !python_api_find()))
		state_pass(PROBE_BUSY, PROBE_OVER);
	else
		state_pass(PROBE_BUSY,
			   probe_try(who == CALLER_SOCKET) ? PROBE_OVER : PROBE_WAITING);
}

void python_probe_pair_seen(const void *caller)
{
	call_seen(caller);
}

void python_probe_connect_seen(const void *caller)
{
	call_seen(caller);
}

/* ---- rd_kafka_new ---- */

/* Another interpreter has classes of its own, which are left alone. */
static bool is_main(void)
{
	return python_interpreter(py.PyGILState_GetThisThreadState()) ==
	       py.PyInterpreterState_Main();
}

/* Left alone, it tells neither what it holds nor who awaits its futures. */
#define LEFT_ALONE (PRODUCER_ASYNCIO | PRODUCER_HELD_UNSEEN | PRODUCER_WAITS_UNSEEN)

uint32_t python_probe_producer_made(struct account_producer *(*account_of)(const void *rk))
{
	if (!python_has_lock() || !python_api_find() || py.PyErr_Occurred() ||
	    !confluent_is_making())
		return 0;
	confluent_account_of_handle = account_of;
	return is_main() && client_enter(PYTHON_CLIENT_CONFLUENT) ? PRODUCER_ASYNCIO
								  : LEFT_ALONE;
}
