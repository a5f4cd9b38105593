/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_spawn_actions.c - which descriptors file actions leave open, and which
 * are not known.
 *
 * compiles: shim/process/spawn_actions.c
 */
#include <stddef.h>
#include <stdint.h>

#include <fcntl.h>

#include "process/spawn_actions.h"
#include "testing.h"

#define SOCKET 7

static void add_close(posix_spawn_file_actions_t *actions, int fd)
{
	assert_int_equal(posix_spawn_file_actions_addclose(actions, fd), 0);
	spawn_actions_note(actions, SPAWN_CLOSE, fd, 0);
}

static void add_close_from(posix_spawn_file_actions_t *actions, int from)
{
	assert_int_equal(posix_spawn_file_actions_addclosefrom_np(actions, from), 0);
	spawn_actions_note(actions, SPAWN_CLOSE_FROM, from, 0);
}

static void add_duplicate(posix_spawn_file_actions_t *actions, int fd, int to)
{
	assert_int_equal(posix_spawn_file_actions_adddup2(actions, fd, to), 0);
	spawn_actions_note(actions, SPAWN_DUPLICATE, fd, to);
}

static bool is_left(const posix_spawn_file_actions_t *actions, bool closes_on_exec)
{
	struct spawn_actions found;

	spawn_actions_find(&found, actions);
	return spawn_actions_leave(&found, SOCKET, closes_on_exec);
}

static bool is_known(const posix_spawn_file_actions_t *actions)
{
	struct spawn_actions found;

	spawn_actions_find(&found, actions);
	return found.count >= 0;
}

static void without_actions_the_flag_decides(void **state)
{
	posix_spawn_file_actions_t actions;

	(void)state;
	assert_true(is_left(NULL, false));
	assert_false(is_left(NULL, true));
	posix_spawn_file_actions_init(&actions);
	assert_true(is_left(&actions, false));
	assert_false(is_left(&actions, true));
	posix_spawn_file_actions_destroy(&actions);
}

static void actions_for_others_change_nothing(void **state)
{
	posix_spawn_file_actions_t actions;

	(void)state;
	posix_spawn_file_actions_init(&actions);
	add_duplicate(&actions, 5, 1);
	add_close(&actions, 5);
	assert_int_equal(posix_spawn_file_actions_addchdir_np(&actions, "/"), 0);
	spawn_actions_note(&actions, SPAWN_ELSEWHERE, 0, 0);
	add_close_from(&actions, SOCKET + 1);
	assert_true(is_left(&actions, false));
	assert_false(is_left(&actions, true));
	posix_spawn_file_actions_destroy(&actions);
}

/* Each by itself; each takes the number away. */
static void what_is_closed_swept_or_replaced_is_not_left(void **state)
{
	posix_spawn_file_actions_t actions;

	(void)state;
	for (int i = 0; i < 3; i++) {
		posix_spawn_file_actions_init(&actions);
		if (i == 0)
			add_close(&actions, SOCKET);
		else if (i == 1)
			add_close_from(&actions, 3);
		else
			add_duplicate(&actions, 1, SOCKET);
		assert_false(is_left(&actions, false));
		posix_spawn_file_actions_destroy(&actions);
	}
}

static void a_copy_is_left_whatever_becomes_of_the_original(void **state)
{
	posix_spawn_file_actions_t actions;

	(void)state;
	posix_spawn_file_actions_init(&actions);
	add_duplicate(&actions, SOCKET, 0);
	add_close_from(&actions, 3);
	assert_true(is_left(&actions, true));
	posix_spawn_file_actions_destroy(&actions);
}

static void a_copy_of_what_was_closed_is_none(void **state)
{
	posix_spawn_file_actions_t actions;

	(void)state;
	posix_spawn_file_actions_init(&actions);
	add_duplicate(&actions, 1, SOCKET);
	add_duplicate(&actions, SOCKET, 0);
	assert_false(is_left(&actions, false));
	posix_spawn_file_actions_destroy(&actions);
}

/* dup2(n, n) in file actions clears close-on-exec. */
static void a_copy_onto_itself_is_left(void **state)
{
	posix_spawn_file_actions_t actions;

	(void)state;
	posix_spawn_file_actions_init(&actions);
	add_duplicate(&actions, SOCKET, SOCKET);
	assert_true(is_left(&actions, true));
	add_close(&actions, SOCKET);
	assert_false(is_left(&actions, true));
	posix_spawn_file_actions_destroy(&actions);
}

/* Actions that were not seen may be a copy. */
static void an_action_that_was_not_seen_makes_all_unknown(void **state)
{
	posix_spawn_file_actions_t actions;

	(void)state;
	for (int unseen = 0; unseen < 3; unseen++) {
		posix_spawn_file_actions_init(&actions);
		for (int i = 0; i < 3; i++) {
			if (i == unseen)
				posix_spawn_file_actions_adddup2(&actions, SOCKET, 0);
			else
				add_close(&actions, SOCKET);
		}
		assert_false(is_known(&actions));
		assert_true(is_left(&actions, true));
		posix_spawn_file_actions_destroy(&actions);
	}
}

/* The first of what lies where another did, with as many actions: nobody saw it. */
static void an_object_in_the_place_of_another_is_not_taken_for_it(void **state)
{
	posix_spawn_file_actions_t actions;

	(void)state;
	posix_spawn_file_actions_init(&actions);
	add_duplicate(&actions, SOCKET, SOCKET);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, SOCKET, 0);
	assert_false(is_known(&actions));
	add_close(&actions, SOCKET);
	assert_false(is_known(&actions));
	assert_true(is_left(&actions, true));
	posix_spawn_file_actions_destroy(&actions);
}

static void more_than_there_is_room_for_are_unknown(void **state)
{
	posix_spawn_file_actions_t actions;

	(void)state;
	posix_spawn_file_actions_init(&actions);
	for (int i = 0; i < SPAWN_ACTIONS; i++)
		add_close(&actions, SOCKET);
	assert_true(is_known(&actions));
	add_close(&actions, SOCKET);
	assert_false(is_known(&actions));
	posix_spawn_file_actions_destroy(&actions);
}

static void an_object_used_again_starts_anew(void **state)
{
	posix_spawn_file_actions_t actions;

	(void)state;
	posix_spawn_file_actions_init(&actions);
	add_close(&actions, SOCKET);
	add_close(&actions, 3);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawn_file_actions_init(&actions);
	assert_true(is_left(&actions, false));
	add_close(&actions, 3);
	assert_true(is_known(&actions));
	assert_true(is_left(&actions, false));
	posix_spawn_file_actions_destroy(&actions);
}

/* More objects than pages: what is still known is right. */
static void objects_do_not_mix(void **state)
{
	static posix_spawn_file_actions_t many[256];
	int known = 0;

	(void)state;
	for (int i = 0; i < 256; i++) {
		posix_spawn_file_actions_init(&many[i]);
		add_close(&many[i], i % 2 ? SOCKET : 3);
	}
	for (int i = 0; i < 256; i++) {
		if (is_known(&many[i]))
			assert_int_equal(is_left(&many[i], false), i % 2 == 0);
		else
			assert_true(is_left(&many[i], true));
		known += is_known(&many[i]);
		posix_spawn_file_actions_destroy(&many[i]);
	}
	assert_between(known, 1, 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_actions_the_flag_decides),
		cmocka_unit_test(actions_for_others_change_nothing),
		cmocka_unit_test(what_is_closed_swept_or_replaced_is_not_left),
		cmocka_unit_test(a_copy_is_left_whatever_becomes_of_the_original),
		cmocka_unit_test(a_copy_of_what_was_closed_is_none),
		cmocka_unit_test(a_copy_onto_itself_is_left),
		cmocka_unit_test(an_action_that_was_not_seen_makes_all_unknown),
		cmocka_unit_test(an_object_in_the_place_of_another_is_not_taken_for_it),
		cmocka_unit_test(more_than_there_is_room_for_are_unknown),
		cmocka_unit_test(an_object_used_again_starts_anew),
		cmocka_unit_test(objects_do_not_mix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
