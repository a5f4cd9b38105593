/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prune.c - see prune.h.
 */
#include "keep/prune.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "build/build.h"
#include "build/symbols.h"
#include "find/find.h"
#include "judge/findings.h"
#include "judge/judge.h"
#include "keep/ended.h"
#include "keep/removal.h"
#include "model/configuration.h"
#include "say/say.h"

/* The process is judged alone: what other processes did does not make it clean. */
static bool is_clean(const char *path, const struct reader *reader)
{
	struct run run = {0};

	build_trace(&run, path, reader);
	judge_run(&run);
	findings_raise(&run);
	const struct process *process = &run.processes[0];
	bool clean =
		!process->damaged && (process->verdict == VERDICT_CLEAN || !process->judged);

	model_free(&run);
	return clean;
}

static bool is_old(struct prune *prune, const struct reader *reader, const struct stat *about)
{
	int64_t mtime_ns = about->st_mtim.tv_sec * INT64_C(1000000000) + about->st_mtim.tv_nsec;

	if (ended_liveness(reader) != LIVENESS_GONE)
		prune->running++;
	else if (ended_at_ns(reader, mtime_ns) >= prune->before_ns)
		prune->young++;
	else
		return true;
	return false;
}

static bool is_due(struct prune *prune, const char *path, const struct reader *reader,
		   const struct stat *about)
{
	if (!is_old(prune, reader, about))
		return false;
	if (!prune->only_clean || is_clean(path, reader))
		return true;
	prune->unclean++;
	return false;
}

static void cannot(struct prune *prune, const char *what, const char *path, const char *why)
{
	say("cannot %s '%s': %s", what, path, why);
	prune->unreadable = true;
}

static void take_away(struct prune *prune, const char *path, const struct stat *about)
{
	const char *why;

	if (!(prune->only_tell ? removal_may : removal_of)(path, about, &why)) {
		cannot(prune, "remove", path, why);
		return;
	}
	prune->removed++;
	prune->freed_bytes += (uint64_t)about->st_blocks * 512;
	if (prune->told)
		prune->told(prune->to, path);
}

static void look_at(struct prune *prune, const char *path)
{
	struct reader reader;
	struct stat about;

	if (lstat(path, &about) != 0) {
		cannot(prune, "read", path, strerror(errno));
		return;
	}
	if (about.st_uid != geteuid() || !S_ISREG(about.st_mode)) {
		prune->others++;
		return;
	}
	if (!reader_open(&reader, path, READER_COUNTERS))
		cannot(prune, "read", path, reader.faults[0].what);
	else if (is_due(prune, path, &reader, &about))
		take_away(prune, path, &about);
	reader_close(&reader);
}

void prune_traces(struct prune *prune, const char *const *operands, size_t count)
{
	struct finds finds = {0};
	char why[FIND_WHY_BYTES];

	for (size_t i = 0; i < count; i++)
		if (find_add(&finds, operands[i], false, why) == FIND_UNREADABLE)
			cannot(prune, "read", operands[i], why);
	prune->empty = finds.count == 0 && !prune->unreadable;
	for (size_t i = 0; i < finds.count; i++) {
		const struct found *found = &finds.items[i];

		if (found->packed)
			cannot(prune, "remove", found->path, "it is a packed file");
		else
			look_at(prune, found->path);
	}
	find_free(&finds);
	symbols_close();
	configuration_close();
}
