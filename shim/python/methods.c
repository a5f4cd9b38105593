/* SPDX-License-Identifier: Apache-2.0 */
/*
 * methods.c - what all replacements of a client's methods share.
 *
 * Each calls the original once, with the host's arguments, and returns its
 * result or exception. The guest's code runs before it, or after it with the
 * exception put aside. All runs under the interpreter's lock.
 */
#include "python/methods.h"

#include <alloca.h>
#include <string.h>

#include "guest/hash.h"

GUEST_STATE(struct method_state, method_state);

/* The greenlet that method_thread belongs to; NULL: none was seen on this thread yet. */
static __thread const void *method_greenlet __attribute__((tls_model("initial-exec")));
static __thread uint32_t method_generation __attribute__((tls_model("initial-exec")));

__thread struct method_thread method_thread __attribute__((tls_model("initial-exec")));

object *method_originals[PYTHON_METHOD_COUNT];

object *method_original(enum python_method method, object *self, object *const *args,
			ssize_t count, object *names)
{
	size_t named = names ? (size_t)py.PyTuple_Size(names) : 0;
	size_t given = (size_t)count;
	object **all = alloca((given + named + 1) * sizeof *all);

	all[0] = self;
	if (given + named)
		memcpy(all + 1, args, (given + named) * sizeof *all);
	return python_call(method_originals[method], all, given + 1, names);
}

object *method_argument(object *const *args, ssize_t count, object *names, ssize_t place,
			const char *name)
{
	ssize_t named = names ? py.PyTuple_Size(names) : 0;

	if (place < count)
		return args[place];
	for (ssize_t i = 0; i < named; i++)
		if (python_text_is(py.PyTuple_GetItem(names, i), name))
			return args[count + i];
	return NULL;
}

/* ---- greenlets ---- */

static uint32_t *stack_first(const void *greenlet)
{
	uint64_t hash = (uintptr_t)greenlet * HASH_LANE_1;

	return &method_state->first[hash >> 32 & (METHOD_STACKS / 4 - 1)];
}

static struct method_stack *stack_take(void)
{
	uint32_t taken = method_state->given_back;

	if (taken)
		method_state->given_back = method_state->stacks[taken - 1].next;
	else if (method_state->used < METHOD_STACKS)
		taken = ++method_state->used;
	return taken ? &method_state->stacks[taken - 1] : NULL;
}

static bool is_inside(const struct method_thread *call)
{
	return call->sending || call->closing || call->asking || call->settling;
}

static void stack_put(const void *greenlet)
{
	struct method_stack *stack = is_inside(&method_thread) ? stack_take() : NULL;

	if (!stack) {
		method_state->forgotten += method_thread.sending;
		return;
	}
	uint32_t *first = stack_first(greenlet);

	*stack = (struct method_stack){greenlet, &method_thread, *first, method_thread};
	*first = (uint32_t)(stack - method_state->stacks) + 1;
}

static struct method_thread stack_get(const void *greenlet)
{
	struct method_thread none = {.producer = NULL};

	for (uint32_t *at = stack_first(greenlet); *at;) {
		uint32_t found = *at;
		struct method_stack *stack = &method_state->stacks[found - 1];

		if (stack->greenlet == greenlet && stack->of == &method_thread) {
			*at = stack->next;
			stack->next = method_state->given_back;
			method_state->given_back = found;
			return stack->call;
		}
		at = &stack->next;
	}
	return none;
}

/* All greenlets but the first of a thread have a parent. */
static bool has_parent(const void *greenlet)
{
	object *type, *value, *traceback;

	py.PyErr_Fetch(&type, &value, &traceback);
	object *parent = python_get((object *)(uintptr_t)greenlet, "parent");
	bool has = python_is_given(parent);

	python_drop(parent);
	py.PyErr_Restore(type, value, traceback);
	return has;
}

/*
 * A switch to another greenlet is noticed only when the next wrapped call begins or returns. A
 * greenlet is identified by its address. One that is killed inside a call leaves that by an
 * exception, so no entry of it stays here. If a thread ends with greenlets inside calls, their
 * entries could be taken for another's only if thread and greenlet had the same addresses.
 */
void method_stack_turn(void)
{
	const void *running = python_greenlet();

	guest_phase(); /* a forked child may not have been noticed yet */
	bool inherited = method_generation != guest_generation;

	if (!running)
		return;
	method_generation = guest_generation;
	if (running == method_greenlet)
		return;
	method_state->several = method_state->several || method_greenlet || has_parent(running);
	/* Calls that began before the first greenlet was seen belong to that one; calls that
	 * began in a parent process are dropped. */
	if (method_greenlet) {
		if (!inherited)
			stack_put(method_greenlet);
		method_thread = stack_get(running);
	}
	method_greenlet = running;
}
