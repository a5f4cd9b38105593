/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spawn_actions.c - see spawn_actions.h.
 *
 * A few pages, by the address of the host's object; the last object that is used has the page.
 * Each action is noted with its index in the object, so that an action that was added unseen
 * (of a kind that is not watched, by a library with a libc of its own) leaves a gap, which is
 * noticed. The same holds if another object had the page in between, or if the first action is
 * that of an earlier object at the same address. While another thread uses the page, actions
 * are not noted.
 */
#include "process/spawn_actions.h"

#include <stdint.h>
#include <string.h>

#define PAGES 64

static struct page {
	const void *of;
	uint32_t busy;
	uint32_t first[4]; /* words of the object's first action in libc: kind, -, from, to */
	struct spawn_actions known;
} pages[PAGES];

static struct page *page_take(const void *of)
{
	struct page *page = &pages[((uintptr_t)of >> 4) * 0x9e3779b97f4a7c15u >> 58];

	_Static_assert(PAGES == 1 << (64 - 58), "a page for each value of the upper bits");
	return __atomic_exchange_n(&page->busy, 1, __ATOMIC_ACQUIRE) ? NULL : page;
}

static void page_give(struct page *page)
{
	__atomic_store_n(&page->busy, 0, __ATOMIC_RELEASE);
}

static bool is_of(const struct page *page, const posix_spawn_file_actions_t *actions)
{
	return page->of == actions &&
	       memcmp(page->first, (const void *)actions->__actions, sizeof page->first) == 0;
}

void spawn_actions_note(const posix_spawn_file_actions_t *actions, enum spawn_kind kind, int fd,
			int to)
{
	struct page *page = page_take(actions);
	int place = actions->__used - 1;

	if (!page)
		return;
	if (place == 0) {
		page->of = actions;
		memcpy(page->first, (const void *)actions->__actions, sizeof page->first);
		page->known.count = 0;
	}
	if (is_of(page, actions) && page->known.count == place && place < SPAWN_ACTIONS)
		page->known.actions[page->known.count++] = (struct spawn_action){kind, fd, to};
	else if (page->of == actions)
		page->known.count = -1;
	page_give(page);
}

void spawn_actions_find(struct spawn_actions *found, const posix_spawn_file_actions_t *actions)
{
	found->count = 0;
	if (!actions || actions->__used == 0)
		return;
	struct page *page = page_take(actions);

	found->count = -1;
	if (!page)
		return;
	if (is_of(page, actions) && page->known.count == actions->__used)
		*found = page->known;
	page_give(page);
}

bool spawn_actions_leave(const struct spawn_actions *actions, int fd, bool closes_on_exec)
{
	if (actions->count < 0)
		return true;
	for (int i = 0; i < actions->count; i++) {
		const struct spawn_action *action = &actions->actions[i];

		switch (action->kind) {
		case SPAWN_CLOSE:
			if (action->fd == fd)
				return false;
			break;
		case SPAWN_CLOSE_FROM:
			if (action->fd <= fd)
				return false;
			break;
		case SPAWN_DUPLICATE:
			if (action->fd == fd && action->to != fd)
				return true;
			if (action->fd == fd)
				closes_on_exec = false; /* what that is for */
			else if (action->to == fd)
				return false;
			break;
		case SPAWN_ELSEWHERE: /* in another folder */
			break;
		}
	}
	return !closes_on_exec;
}
