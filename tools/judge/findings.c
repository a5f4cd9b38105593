/* SPDX-License-Identifier: Apache-2.0 */
/*
 * findings.c - tests every row of findings.def on every subject.
 *
 * Findings explain verdicts, they do not make them: judge_run() has made
 * them before, by the same rules (judge.h).
 */
#include "judge/findings.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "judge/language.h"
#include "judge/losses.h"
#include "memory/memory.h"
#include "model/framework.h"
#include "model/words.h"
#include "signature/groups.h"
#include "signature/signature.h"

/* A client is a producer, or the process itself if it has none. */
enum subject_kind { PROCESS, CLIENT, PRODUCER, SOCKET };

static const struct row {
	const char *id;
	enum verdict verdict;
	enum subject_kind subject;
	const char *change, *meaning, *how;
	bool (*when)(const struct subject *at);
	void (*say)(const struct subject *at, struct finding *finding);
} table[] = {
#define FINDING(name, word, judged, about, ...)                                                \
	{word, VERDICT_##judged, about, __VA_ARGS__, when_##name, say_##name},
#include "judge/findings.def"
#undef FINDING
};
#define ROWS (sizeof table / sizeof *table)

static const struct fix {
	enum finding_kind kind;
	enum voice voice;
	const char *change, *how;
} fixes[] = {
#define FIX(name, speaks, ...) {FINDING_##name, VOICE_##speaks, __VA_ARGS__},
#include "judge/fixes.def"
#include "judge/fixes_bindings.def"
#undef FIX
};

/* NULL: there is no text for that language. */
static const struct fix *fix_in(enum finding_kind kind, enum voice voice)
{
	if (kind == FINDING_ended_unanswered) /* the same fault, seen with --prove */
		kind = FINDING_racy_exit;
	for (size_t i = 0; i < sizeof fixes / sizeof *fixes; i++)
		if (fixes[i].kind == kind && fixes[i].voice == voice)
			return &fixes[i];
	return NULL;
}

/* The framework whose advice replaces that of these findings, since a program waits elsewhere
 * with it. None for a process that had no chance to wait (killed). */
static const struct framework *framework_for(const struct process *process,
					     const struct producer *producer,
					     enum finding_kind kind)
{
	switch (kind) {
	case FINDING_missing_flush:
	case FINDING_destroy_without_flush:
	case FINDING_exit_in_flight:
	case FINDING_racy_exit:
	case FINDING_ended_unanswered:
	case FINDING_waits_unproven:
		return framework_of(process, producer);
	case FINDING_killed_in_flight:
		return process->signal == SIGKILL ? NULL : framework_of(process, producer);
	default:
		return NULL;
	}
}

/* Sets the change and the fix for the producer's framework, or for the calling language, where
 * there are such. */
static void word_fix(struct run *run, const struct process *process, struct finding *finding,
		     const struct row *row)
{
	const struct producer *producer =
		finding->producer == UNKNOWN ? NULL : &process->producers[finding->producer];
	enum finding_kind kind = (enum finding_kind)(row - table);
	enum voice voice = voice_of(process, producer);
	const struct fix *fix = fix_in(kind, voice);
	const struct framework *framework =
		producer ? framework_for(process, producer, kind) : NULL;

	if (!fix && voice == VOICE_ASYNCIO) /* the same, except where AIOProducer awaits */
		fix = fix_in(kind, VOICE_PYTHON);
	const char *how = framework ? framework->how : fix ? fix->how : row->how;

	finding->worded_language = voice_language(voice);
	finding->worded_client = framework ? framework->name : voice_client(voice);
	finding->change = framework ? framework->change : fix ? fix->change : row->change;
	finding->fix = *how ? model_format(run, "%s %s", row->meaning, how) : row->meaning;
}

/* "They came", "10 of the 10 that never arrived came" */
static const char *how_many_came(const struct subject *at, const struct finding *finding)
{
	if (at->producer->site_count == 1)
		return "They came";
	if (finding->blamed == 0)
		return "Most of them came";
	return model_format(at->run, "%s%s of the %s that never arrived came",
			    finding->blamed_exact ? "" : "At least ",
			    words_number(at->run, finding->blamed),
			    words_number(at->run, finding->blamed_of));
}

/* Adds the line that produced the messages to the finding's text. */
static void say_site(const struct subject *at, struct finding *finding)
{
	if (finding->site && words_place_frame(finding->site))
		finding->text = model_format(at->run, "%s %s from %s.", finding->text,
					     how_many_came(at, finding),
					     words_site(at->run, at->producer, finding->site));
}

static void raise_row(const struct row *row, const struct subject *at, struct process *process)
{
	struct finding *finding = &process->findings[process->finding_count];

	if (!row->when(at))
		return;
	*finding = (struct finding){
		.id = row->id,
		.verdict = row->verdict,
		.producer = at->producer ? at->producer - process->producers : UNKNOWN,
		.socket = at->socket ? at->socket - process->sockets : UNKNOWN,
	};
	if (at->socket && !at->producer)
		finding->producer = at->socket->producer;
	word_fix(at->run, process, finding, row);
	row->say(at, finding);
	say_site(at, finding);
	process->finding_count++;
}

static void raise_for(const struct subject *at, enum subject_kind kind, struct process *process)
{
	for (size_t i = 0; i < ROWS; i++)
		if (table[i].subject == kind)
			raise_row(&table[i], at, process);
}

static int by_verdict(const void *a, const void *b)
{
	const struct finding *left = a, *right = b;

	return (left->verdict < right->verdict) - (left->verdict > right->verdict);
}

/* A stable insertion sort: there are few findings, and rows of the same verdict keep the
 * order of the table. */
static void sort_findings(struct process *process)
{
	for (size_t i = 1; i < process->finding_count; i++) {
		struct finding moved = process->findings[i];
		size_t to = i;

		for (; to > 0 && by_verdict(&process->findings[to - 1], &moved) > 0; to--)
			process->findings[to] = process->findings[to - 1];
		process->findings[to] = moved;
	}
}

/* `most` has room for every row and subject; only what was raised is kept. */
static void raise_process(struct run *run, struct process *process, struct finding *most)
{
	struct subject at = {.run = run, .process = process};

	process->findings = most;
	process->finding_count = 0;
	raise_for(&at, PROCESS, process);
	if (process->producer_count == 0)
		raise_for(&at, CLIENT, process);
	for (size_t i = 0; i < process->producer_count; i++) {
		at.producer = &process->producers[i];
		raise_for(&at, CLIENT, process);
		raise_for(&at, PRODUCER, process);
	}
	at.producer = NULL;
	for (size_t i = 0; i < process->socket_count; i++) {
		at.socket = &process->sockets[i];
		raise_for(&at, SOCKET, process);
	}
	sort_findings(process);
	process->findings =
		model_alloc(run, process->finding_count * sizeof *process->findings + 1);
	memcpy(process->findings, most, process->finding_count * sizeof *process->findings);
}

void findings_raise(struct run *run)
{
	struct finding *most = NULL;
	size_t room = 0;

	losses_count(run);
	for (size_t i = 0; i < run->process_count; i++) {
		const struct process *process = &run->processes[i];
		size_t subjects = 1 + process->producer_count + process->socket_count;

		if (subjects * ROWS > room) {
			room = subjects * ROWS;
			free(most);
			most = memory_zeroed(room, sizeof *most);
		}
		raise_process(run, &run->processes[i], most);
	}
	free(most);
	signature_give(run);
	groups_make(run);
}
