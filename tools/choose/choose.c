/* SPDX-License-Identifier: Apache-2.0 */
/*
 * choose.c - see choose.h.
 */
#include "choose/choose.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "choose/moment.h"
#include "signature/plain.h"
#include "signature/program_name.h"

static bool moment_take(const char *words, int64_t now_ns, int64_t *at_ns, char *why,
			size_t why_bytes)
{
	*at_ns = UNKNOWN;
	if (!words || moment_read(words, now_ns, at_ns))
		return true;
	snprintf(why, why_bytes,
		 "'%s' is no time: 2026-11-27T20:13:17Z, 2026-11-27, or 30m, 2h, 7d ago",
		 words);
	return false;
}

static bool verdicts_take(const char *words, unsigned *verdicts, char *why, size_t why_bytes)
{
	*verdicts = 0;
	for (const char *at = words; at && *at; at += strcspn(at, ","), at += *at == ',') {
		char name[16];
		enum verdict verdict;

		snprintf(name, sizeof name, "%.*s", (int)strcspn(at, ","), at);
		if (!verdict_by_name(name, &verdict)) {
			snprintf(why, why_bytes, "there is no verdict '%s'", name);
			return false;
		}
		*verdicts |= 1u << verdict;
	}
	return true;
}

static bool only_take(const char *digits, char *why, size_t why_bytes)
{
	size_t length = digits ? strlen(digits) : SIGNATURE_DIGITS;

	if (!digits || (length >= CHOOSE_DIGITS_LEAST && length <= SIGNATURE_DIGITS &&
			strspn(digits, "0123456789abcdef") == length))
		return true;
	snprintf(why, why_bytes, "'%s' is no signature, which has %d digits (or the first %d)",
		 digits, SIGNATURE_DIGITS, CHOOSE_DIGITS_LEAST);
	return false;
}

bool choose_take(struct choice *choice, const struct choose_given *given, int64_t now_ns,
		 char *why, size_t why_bytes)
{
	*choice = (struct choice){
		.topic = given->topic,
		.exe = given->exe,
		.only = given->only,
		.any = given->since || given->until || given->topic || given->exe ||
		       given->verdicts || given->only,
	};
	return moment_take(given->since, now_ns, &choice->since_ns, why, why_bytes) &&
	       moment_take(given->until, now_ns, &choice->until_ns, why, why_bytes) &&
	       verdicts_take(given->verdicts, &choice->verdicts, why, why_bytes) &&
	       only_take(given->only, why, why_bytes);
}

/* ---- before the processes are judged ---- */

/* Whether the process was alive at a time between since and until. True if its times are not
 * known. */
static bool lived_then(const struct choice *choice, const struct process *process)
{
	int64_t start = process->start_realtime_ns, end = UNKNOWN;

	if (start != UNKNOWN && process->duration_ns != UNKNOWN)
		end = start + process->duration_ns;
	return (choice->until_ns == UNKNOWN || start == UNKNOWN || start <= choice->until_ns) &&
	       (choice->since_ns == UNKNOWN || end == UNKNOWN || end >= choice->since_ns);
}

static bool is_called(struct run *run, const struct process *process, const char *glob)
{
	return fnmatch(glob, program_name(run, process), 0) == 0 ||
	       (process->exe && (fnmatch(glob, process->exe, 0) == 0 ||
				 fnmatch(glob, plain_base(process->exe), 0) == 0));
}

static bool has_topic(const struct process *process, const char *glob)
{
	for (size_t i = 0; i < process->producer_count; i++)
		for (size_t j = 0; j < process->producers[i].topic_count; j++) {
			const char *name = process->producers[i].topics[j].name;

			if (name && fnmatch(glob, name, 0) == 0)
				return true;
		}
	return false;
}

static bool is_chosen_before(struct run *run, const struct choice *choice,
			     const struct process *process)
{
	return lived_then(choice, process) &&
	       (!choice->exe || is_called(run, process, choice->exe)) &&
	       (!choice->topic || has_topic(process, choice->topic));
}

/* ---- after they are judged ---- */

static bool has_signature(const struct process *process, const char *digits)
{
	for (size_t i = 0; i < process->finding_count; i++)
		if (!strncmp(process->findings[i].signature->digits, digits, strlen(digits)))
			return true;
	return false;
}

static bool is_chosen_after(struct run *run, const struct choice *choice,
			    const struct process *process)
{
	(void)run;
	return (!choice->verdicts || choice->verdicts & 1u << process->verdict) &&
	       (!choice->only || has_signature(process, choice->only));
}

typedef bool chosen_function(struct run *run, const struct choice *choice,
			     const struct process *process);

static void keep(struct run *run, const struct choice *choice, chosen_function *is_chosen)
{
	size_t kept = 0;

	for (size_t i = 0; i < run->process_count; i++)
		if (is_chosen(run, choice, &run->processes[i])) {
			if (kept != i)
				run->processes[kept] = run->processes[i];
			kept++;
		}
	run->left_out += run->process_count - kept;
	run->process_count = kept;
	run->tally = (struct tally){0};
	for (size_t i = 0; i < kept; i++)
		for (size_t j = 0; j < run->processes[i].producer_count; j++)
			tally_add(&run->tally, &run->processes[i].producers[j].tally);
}

void choose_before(struct run *run, const struct choice *choice)
{
	if (choice->any)
		keep(run, choice, is_chosen_before);
}

bool choose_after(struct run *run, const struct choice *choice)
{
	size_t before = run->process_count;

	if (choice->any)
		keep(run, choice, is_chosen_after);
	return run->process_count < before;
}
