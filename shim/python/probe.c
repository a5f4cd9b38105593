/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe.c - finds clients written in Python in the host.
 *
 * It runs inside socketpair() and connect(), called by Python's own socket module. That
 * module has released the interpreter's lock for the call, on a thread of Python's:
 * taking the lock here and releasing it is what any callback of an extension
 * does, and the module holds no other lock. A producer learns its partitions
 * over a connection, and accepts no message before it knows them: so the
 * classes are wrapped before the first message, also if the main thread is
 * blocked (a pending call would then never run).
 *
 * No module is imported: only modules that the host has imported are used, and
 * one that is still being imported is left for the next connect().
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
	PROBE_WAITING = 1, /* CPython was found, not all clients yet */
	PROBE_BUSY = 2,	   /* a thread is looking now */
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
	CALLER_SOCKET, /* Python's own module: has released the lock to connect */
	CALLER_UVLOOP, /* calls connect() itself, holding only the interpreter's lock */
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

/* Wraps a client's classes if they are not wrapped yet; returns whether they are. */
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

/* To be called on a thread of the main interpreter, with or without its lock. A thread
 * that runs another interpreter looks as if it did not hold the lock; inside Python's own
 * connect() it really does not, and may take it. PyGILState_Check() returns true on every
 * thread once there was a second interpreter. */
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

/* Other interpreters have classes of their own, which are not wrapped. */
static bool is_main(void)
{
	return python_interpreter(py.PyGILState_GetThisThreadState()) ==
	       py.PyInterpreterState_Main();
}

/* The flags of an AIOProducer that is not wrapped: neither the messages that it holds nor waits
 * for its futures are seen. */
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
