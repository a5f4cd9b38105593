/* SPDX-License-Identifier: Apache-2.0 */
/*
 * problems.c - see problems.h.
 */
#include "formats/problems.h"

#include <stdlib.h>
#include <string.h>

#include "formats/family.h"
#include "formats/program.h"
#include "formats/spot.h"
#include "model/number.h"
#include "model/words.h"

/* A finding that explains how a producer, or a process as a whole, ended. */
struct chief {
	const struct process *process;
	const struct finding *finding;
	const struct losses *losses;
	const char *fingerprint;
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Of names alone that do not change from run to run, nor when a line is put in above. */
static const char *fingerprint_of(struct run *run, const struct process *process,
				  const struct finding *finding)
{
	const struct frame *frame = spot_frame(process, finding);

	return model_format(run, "%s:%s:%s:%s", family_of(finding->id), program_name(process),
			    frame && frame->file ? base_name(frame->file) : "",
			    frame && frame->function ? frame->function : "");
}

/* The worst of those that the producer has; NULL: none but remarks. */
static const struct finding *worst_of(const struct process *process, int64_t producer)
{
	for (size_t i = 0; i < process->finding_count; i++)
		if (process->findings[i].producer == producer &&
		    process->findings[i].verdict != VERDICT_CLEAN)
			return &process->findings[i];
	return NULL;
}

static struct chief chief_of(struct run *run, const struct process *process,
			     const struct finding *finding, const struct losses *losses)
{
	return (struct chief){process, finding, losses, fingerprint_of(run, process, finding)};
}

/* One of each producer; and of a process that no producer's explains, its first. */
static size_t chiefs_of(struct run *run, const struct process *process, struct chief *chiefs)
{
	static const struct losses none;
	enum verdict explained = VERDICT_CLEAN;
	size_t count = 0;

	for (size_t i = 0; i < process->producer_count; i++) {
		const struct finding *finding = worst_of(process, (int64_t)i);

		if (!finding)
			continue;
		chiefs[count++] =
			chief_of(run, process, finding, &process->producers[i].losses);
		explained = verdict_worse(explained, finding->verdict);
	}
	if (process->finding_count && process->findings[0].verdict > explained)
		chiefs[count++] = chief_of(run, process, &process->findings[0],
					   process->producer_count ? &none : &process->losses);
	return count;
}

static int by_fingerprint(const void *a, const void *b)
{
	const struct chief *one = a, *other = b;
	int names = strcmp(one->fingerprint, other->fingerprint);

	if (names)
		return names;
	if (one->finding->verdict != other->finding->verdict)
		return one->finding->verdict > other->finding->verdict ? -1 : 1;
	if (one->losses->certain != other->losses->certain)
		return one->losses->certain > other->losses->certain ? -1 : 1;
	return one->finding < other->finding ? -1 : one->finding > other->finding;
}

static int by_badness(const void *a, const void *b)
{
	const struct problem *one = a, *other = b;

	if (one->finding->verdict != other->finding->verdict)
		return one->finding->verdict > other->finding->verdict ? -1 : 1;
	if (one->losses.certain != other->losses.certain)
		return one->losses.certain > other->losses.certain ? -1 : 1;
	if (one->losses.possible != other->losses.possible)
		return one->losses.possible > other->losses.possible ? -1 : 1;
	return strcmp(one->fingerprint, other->fingerprint);
}

static void losses_add(struct losses *sum, const struct losses *more)
{
	sum->certain = number_sum(sum->certain, more->certain);
	sum->possible = number_sum(sum->possible, more->possible);
	sum->certain_bytes = number_sum(sum->certain_bytes, more->certain_bytes);
	sum->possible_bytes = number_sum(sum->possible_bytes, more->possible_bytes);
}

/* Those of one fingerprint stand together, the worst first. */
static size_t merge(const struct chief *chiefs, size_t count, struct problem *problems)
{
	size_t made = 0;

	for (size_t i = 0; i < count; i++) {
		const struct chief *chief = &chiefs[i];
		bool first = i == 0 || strcmp(chief->fingerprint, chiefs[i - 1].fingerprint);

		if (first)
			problems[made++] = (struct problem){
				chief->process, chief->finding, chief->fingerprint, {0}, 0};
		losses_add(&problems[made - 1].losses, chief->losses);
		if (first || chief->process != chiefs[i - 1].process)
			problems[made - 1].process_count++;
	}
	return made;
}

struct problems problems_of(struct run *run)
{
	size_t room = 0, count = 0;

	for (size_t i = 0; i < run->process_count; i++)
		room += run->processes[i].producer_count + 1;
	struct chief *chiefs = model_alloc(run, room * sizeof *chiefs + 1);
	struct problem *problems = model_alloc(run, room * sizeof *problems + 1);

	for (size_t i = 0; i < run->process_count; i++)
		if (program_counts(run, &run->processes[i]))
			count += chiefs_of(run, &run->processes[i], chiefs + count);
	qsort(chiefs, count, sizeof *chiefs, by_fingerprint);
	count = merge(chiefs, count, problems);
	qsort(problems, count, sizeof *problems, by_badness);
	return (struct problems){problems, count};
}

const char *problem_extent(struct run *run, const struct problem *problem)
{
	const char *lost =
		problem->losses.certain > 0
			? model_format(run, "%s lost",
				       words_count(run, problem->losses.certain, "message"))
			: "";
	const char *possible =
		problem->losses.possible > 0
			? model_format(run, "%s%s may be lost", *lost ? ", " : "",
				       words_count(run, problem->losses.possible,
						   *lost ? "more message" : "message"))
			: "";

	return model_format(run, "%s%s%sin %s", lost, possible, *lost || *possible ? ", " : "",
			    words_count(run, (int64_t)problem->process_count, "process"));
}
