/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signature.c - see signature.h.
 */
#include "signature/signature.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "signature/plain.h"
#include "signature/program_name.h"

static const char *const waiting[] = {
	"missing-flush",	 "exit-in-flight",   "racy-exit",      "waits-unproven",
	"destroy-without-flush", "killed-in-flight", "exec-in-flight", "ended-in-flush",
	"ended-unanswered",	 "channel-unseen",
};

const char *signature_family(const char *finding_id)
{
	for (size_t i = 0; i < sizeof waiting / sizeof *waiting; i++)
		if (!strcmp(finding_id, waiting[i]))
			return "waiting";
	return finding_id;
}

static bool text_is(const char *one, const char *other)
{
	return one == other || (one && other && !strcmp(one, other));
}

static int by_text(const char *one, const char *other)
{
	return strcmp(one ? one : "", other ? other : "");
}

static int by_line(const struct signature *one, const struct signature *other)
{
	for (size_t i = 0; i < SIGNATURE_FUNCTIONS; i++) {
		int order = by_text(one->files[i], other->files[i]);

		if (order == 0)
			order = by_text(one->functions[i], other->functions[i]);
		if (order)
			return order;
	}
	return 0;
}

int signature_order(const struct signature *one, const struct signature *other)
{
	int order = strcmp(one->digits, other->digits);

	if (order == 0)
		order = by_text(one->family, other->family);
	if (order == 0)
		order = by_text(one->program, other->program);
	if (order == 0)
		order = by_text(one->topic, other->topic);
	return order ? order : by_line(one, other);
}

/* ---- the line ---- */

/* The origin of the frames that are used: the user's, or the nearest to that in the stack. */
static enum origin origin_of_site(const struct call_site *site)
{
	return site->frames[site->place].origin;
}

/* A function without a name is shown as its module and the offset in it. */
static const char *function_of(struct run *run, const struct frame *frame, bool *unstable)
{
	if (frame->function)
		return plain_function(run, frame->function);
	*unstable = true;
	return model_format(run, "%s+0x%" PRIx64,
			    frame->module ? plain_base(frame->module) : "?",
			    (uint64_t)frame->offset);
}

/* Of a function that calls itself one frame is taken: how deep it was, is chance. */
static void line_take(struct run *run, struct signature *signature,
		      const struct call_site *site)
{
	size_t count = 0;

	for (size_t i = site->place; i < site->depth && count < SIGNATURE_FUNCTIONS; i++) {
		const struct frame *frame = &site->frames[i];

		if (frame->origin != origin_of_site(site))
			continue;
		const char *function = function_of(run, frame, &signature->unstable);
		const char *file = frame->file ? plain_base(frame->file) : NULL;

		if (count && !strcmp(function, signature->functions[count - 1]) &&
		    text_is(file, signature->files[count - 1]))
			continue;
		signature->functions[count] = function;
		signature->files[count++] = file;
	}
}

/* Takes the producer's line whose name sorts first. */
static void first_line_take(struct run *run, struct signature *signature,
			    const struct producer *producer)
{
	for (size_t i = 0; i < producer->site_count; i++) {
		struct signature other = {0};

		if (producer->sites[i].place >= producer->sites[i].depth)
			continue;
		line_take(run, &other, &producer->sites[i]);
		if (signature->functions[0] && by_line(&other, signature) >= 0)
			continue;
		memcpy(signature->functions, other.functions, sizeof other.functions);
		memcpy(signature->files, other.files, sizeof other.files);
		signature->unstable = other.unstable;
	}
}

static bool has_place(const struct call_site *site)
{
	return site && site->place < site->depth;
}

static void producer_line_take(struct run *run, struct signature *signature,
			       const struct finding *finding, const struct producer *producer)
{
	bool waits = !strcmp(signature->family, "waiting");

	if (waits && has_place(producer->made))
		line_take(run, signature, producer->made);
	else if (!waits && has_place(finding->site))
		line_take(run, signature, finding->site);
	else
		first_line_take(run, signature, producer);
}

/* ---- the topic ---- */

static const char *topic_of(struct run *run, const struct producer *producer)
{
	const char *found = NULL;

	for (size_t i = 0; i < producer->topic_count; i++) {
		const char *name = producer->topics[i].name;

		if (!name)
			continue;
		name = plain_topic(run, name);
		if (found && strcmp(found, name) != 0)
			return "*";
		found = name;
	}
	return found;
}

/* ---- the digits ---- */

#define FNV_BASIS UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)
#define SEPARATOR 0x1f

static void hash_add(uint64_t *hash, const char *text)
{
	for (; text && *text; text++)
		*hash = (*hash ^ (unsigned char)*text) * FNV_PRIME;
	*hash = (*hash ^ SEPARATOR) * FNV_PRIME;
}

static void digits_make(struct signature *signature)
{
	uint64_t hash = FNV_BASIS;

	hash_add(&hash, signature->family);
	hash_add(&hash, signature->program);
	for (size_t i = 0; i < SIGNATURE_FUNCTIONS; i++)
		hash_add(&hash, signature->functions[i]);
	for (size_t i = 0; i < SIGNATURE_FUNCTIONS; i++)
		hash_add(&hash, signature->files[i]);
	hash_add(&hash, signature->topic);
	snprintf(signature->digits, sizeof signature->digits, "%012" PRIx64,
		 (hash & UINT64_C(0xffffffffffff)) ^ hash >> 48);
}

static const struct signature *signature_of(struct run *run, const struct process *process,
					    const struct finding *finding)
{
	const struct producer *producer =
		finding->producer == UNKNOWN ? NULL : &process->producers[finding->producer];
	struct signature *signature = model_alloc(run, sizeof *signature);

	signature->family = signature_family(finding->id);
	signature->program = process->program;
	if (producer) {
		producer_line_take(run, signature, finding, producer);
		signature->topic = topic_of(run, producer);
	}
	digits_make(signature);
	return signature;
}

void signature_give(struct run *run)
{
	for (size_t i = 0; i < run->process_count; i++) {
		struct process *process = &run->processes[i];

		process->program = program_name(run, process);
		for (size_t j = 0; j < process->finding_count; j++)
			process->findings[j].signature =
				signature_of(run, process, &process->findings[j]);
	}
}
