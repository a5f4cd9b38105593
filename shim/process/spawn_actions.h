/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spawn_actions.h - what posix_spawn's file actions will do to descriptors.
 *
 * libc keeps them in a form that no header declares, so the guest notes each when it is added.
 * Where an addition was not seen, the actions count as not known, and any descriptor may be
 * passed on. Like libc's own they exist before there is a trace, and still in a forked child.
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

/* Notes the action that has just been added to `actions`. */
void spawn_actions_note(const posix_spawn_file_actions_t *actions, enum spawn_kind kind, int fd,
			int to);

/* Fills *found with the noted actions of `actions`, which may be NULL (none). */
void spawn_actions_find(struct spawn_actions *found, const posix_spawn_file_actions_t *actions);

/* Whether the new program may have the file that `fd` names now; `closes_on_exec`: FD_CLOEXEC
 * is set. */
bool spawn_actions_leave(const struct spawn_actions *actions, int fd, bool closes_on_exec);

#endif
