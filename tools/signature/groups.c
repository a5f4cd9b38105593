/* SPDX-License-Identifier: Apache-2.0 */
/*
 * groups.c - see groups.h.
 */
#include "signature/groups.h"

#include <stdlib.h>
#include <string.h>

#include "memory/memory.h"
#include "model/number.h"
#include "signature/signature.h"

/* What a group counts: a producer of a process, or a process. */
struct member {
	const struct process *process;
	const struct finding *finding;
	struct losses losses;
};

struct members {
	struct member *rows;
	size_t count;
};

const struct finding *groups_chief(const struct process *process,
				   const struct producer *producer)
{
	for (size_t i = 0; i < process->finding_count; i++) {
		const struct finding *finding = &process->findings[i];

		if (finding->verdict == VERDICT_CLEAN)
			break; /* the worst ones come first */
		if (!producer || finding->producer == producer - process->producers)
			return finding;
	}
	return NULL;
}

static void member_add(struct members *members, const struct process *process,
		       const struct finding *finding, const struct losses *losses)
{
	members->rows = memory_grown(members->rows, members->count + 1, sizeof *members->rows);
	members->rows[members->count++] = (struct member){process, finding, *losses};
}

/* A producer with lost messages is in a group even if only the process, or a connection
 * without a producer, has a finding for them. */
static const struct finding *chief_of(const struct process *process,
				      const struct producer *producer)
{
	const struct finding *own = groups_chief(process, producer);
	const struct losses *losses = &producer->losses;
	bool lost = losses->certain != 0 || losses->possible != 0;

	return own || !lost ? own : groups_chief(process, NULL);
}

static void members_add(struct members *members, const struct run *run,
			const struct process *process)
{
	const struct finding *worst = groups_chief(process, NULL);
	bool is_told = !worst;

	/* A process without Kafka does not count, unless all are. */
	if (!process->judged && run->without_kafka < run->process_count)
		return;
	for (size_t i = 0; i < process->producer_count; i++) {
		const struct producer *producer = &process->producers[i];
		const struct finding *finding = chief_of(process, producer);

		if (!finding)
			continue;
		is_told |= finding->verdict == worst->verdict;
		member_add(members, process, finding, &producer->losses);
	}
	if (!is_told)
		member_add(members, process, worst, &(struct losses){0});
}

static int by_signature(const void *a, const void *b)
{
	const struct member *left = a, *right = b;
	int order = signature_order(left->finding->signature, right->finding->signature);

	return order ? order
		     : (left->process > right->process) - (left->process < right->process);
}

static void losses_sum(struct losses *losses, const struct losses *more)
{
	losses->certain = number_sum(losses->certain, more->certain);
	losses->possible = number_sum(losses->possible, more->possible);
	losses->certain_bytes = number_sum(losses->certain_bytes, more->certain_bytes);
	losses->possible_bytes = number_sum(losses->possible_bytes, more->possible_bytes);
}

static int64_t end_of(const struct process *process)
{
	return process->start_realtime_ns == UNKNOWN || process->duration_ns == UNKNOWN
		       ? UNKNOWN
		       : process->start_realtime_ns + process->duration_ns;
}

static void ends_note(struct group *group, int64_t end_ns)
{
	if (end_ns == UNKNOWN)
		return;
	if (group->first_ns == UNKNOWN || end_ns < group->first_ns)
		group->first_ns = end_ns;
	if (group->last_ns == UNKNOWN || end_ns > group->last_ns)
		group->last_ns = end_ns;
}

/* Whether it is worse, or equally bad with more messages lost. */
static bool shows_more(const struct member *one, const struct member *other)
{
	if (one->finding->verdict != other->finding->verdict)
		return one->finding->verdict > other->finding->verdict;
	if (one->losses.certain != other->losses.certain)
		return one->losses.certain > other->losses.certain;
	return one->losses.possible > other->losses.possible;
}

/* Makes the group of `count` members that have one signature. */
static struct group group_of(const struct member *members, size_t count)
{
	const struct member *chief = members;
	struct group group = {
		.signature = members->finding->signature,
		.first_ns = UNKNOWN,
		.last_ns = UNKNOWN,
	};

	for (size_t i = 0; i < count; i++) {
		const struct member *member = &members[i];

		if (shows_more(member, chief))
			chief = member;
		group.verdict = verdict_worse(group.verdict, member->finding->verdict);
		losses_sum(&group.losses, &member->losses);
		if (i == 0 || member->process != members[i - 1].process)
			group.process_count++;
		ends_note(&group, end_of(member->process));
	}
	group.finding = chief->finding;
	group.process = chief->process;
	return group;
}

static int by_more(int64_t left, int64_t right)
{
	return (left < right) - (left > right);
}

static int by_badness(const void *a, const void *b)
{
	const struct group *left = a, *right = b;
	int order = by_more((int64_t)left->verdict, (int64_t)right->verdict);

	if (!order)
		order = by_more(left->losses.certain, right->losses.certain);
	if (!order)
		order = by_more(left->losses.possible, right->losses.possible);
	return order ? order : signature_order(left->signature, right->signature);
}

static size_t alike(const struct members *members, size_t from)
{
	size_t end = from + 1;

	while (end < members->count && signature_is(members->rows[end].finding->signature,
						    members->rows[from].finding->signature))
		end++;
	return end - from;
}

void groups_make(struct run *run)
{
	struct members members = {0};

	for (size_t i = 0; i < run->process_count; i++)
		members_add(&members, run, &run->processes[i]);
	run->groups = model_alloc(run, members.count * sizeof *run->groups + 1);
	run->group_count = 0;
	if (!members.count)
		return;
	qsort(members.rows, members.count, sizeof *members.rows, by_signature);
	for (size_t i = 0, count; i < members.count; i += count) {
		count = alike(&members, i);
		run->groups[run->group_count++] = group_of(&members.rows[i], count);
	}
	free(members.rows);
	qsort(run->groups, run->group_count, sizeof *run->groups, by_badness);
}
