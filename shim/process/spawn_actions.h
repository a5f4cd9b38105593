/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spawn_actions.h - what posix_spawn's file actions will do to descriptors.
 *
 * libc keeps them in a form of its own, which no header tells: they are noted as they are
 * added. What was not seen to be added is not known, and then anything may be passed on.
 * Like the host's own they are there before there is a trace, and still in a forked child.
 */
#ifndef UNFLUSHED_PROCESS_SPAWN_ACTIONS_H
#define UNFLUSHED_PROCESS_SPAWN_ACTIONS_H

#include <spawn.h>
#include <stdbool.h>

enum spawn_kind { SPAWN_CLOSE, SPAWN_CLOSE_FROM, SPAWN_DUPLICATE, SPAWN_ELSEWHERE };

#define SPAWN_ACTIONS 16

struct spawn_action {
	enum spawn_kind kind;
	int fd;
	int to;
};

struct spawn_actions {
	int count; /* -1 not known */
	struct spawn_action actions[SPAWN_ACTIONS];
};

/* The last of `actions`, which has just been added. */
void spawn_actions_note(const posix_spawn_file_actions_t *actions, enum spawn_kind kind, int fd,
			int to);

/* What is known of `actions`, which may be NULL. */
void spawn_actions_find(struct spawn_actions *found, const posix_spawn_file_actions_t *actions);

/* Whether the new program has what `fd` names now. */
bool spawn_actions_leave(const struct spawn_actions *actions, int fd, bool closes_on_exec);

#endif
