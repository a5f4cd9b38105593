/* SPDX-License-Identifier: Apache-2.0 */
/*
 * junit.c - JUnit's XML, as CI services read it.
 *
 * A suite is a program, a case a family of findings (signature.h). Every
 * program has a case for each family, so that names are the same in every run
 * and a dashboard sees a case pass that failed before. A finding that --fail-on
 * includes is a failure; blind is an error, because services count skipped
 * cases as harmless. If a program could not be looked into, its other cases are
 * skipped: without data, passing would be wrong.
 */
#include <inttypes.h>
#include <libxml/xmlwriter.h>
#include <stdlib.h>
#include <string.h>

#include "formats/program.h"
#include "formats/spot.h"
#include "judge/judge.h"
#include "memory/memory.h"
#include "model/words.h"
#include "render/render.h"
#include "render/render_text.h"
#include "signature/signature.h"

#define NAMED 3 /* processes of a case that are listed; further ones are counted */

/* The case of the run, which is not a program's. */
#define RUN_CLASS "unflushed"
#define RUN_CASE "run"

/* Each program has one case for each family. */
static const struct row {
	const char *id;
	enum verdict verdict;
} rows[] = {
#define FINDING(name, word, judged, ...) {word, VERDICT_##judged},
#include "judge/findings.def"
#undef FINDING
};
#define ROWS (sizeof rows / sizeof *rows)

/* The processes in program_order() that have this program's name. */
struct program {
	const char *name;
	const struct process **processes;
	size_t count;
	bool blind; /* one of them could not be looked into */
};

/* A process's worst finding of one family. */
struct raised {
	const struct process *process;
	const struct finding *finding;
};

enum outcome { PASSES, FAILS, ERRS, SKIPPED, OUTCOMES };

struct junit {
	struct run *run;
	const struct render_options *options;
	xmlTextWriterPtr to;
	struct raised *raised; /* room for one per process */
	size_t all[OUTCOMES];  /* cases by outcome */
};

/* ---- XML ---- */

static void begin(const struct junit *junit, const char *element)
{
	xmlTextWriterStartElement(junit->to, BAD_CAST element);
}

static void end(const struct junit *junit)
{
	xmlTextWriterEndElement(junit->to);
}

static void attribute(const struct junit *junit, const char *name, const char *value)
{
	/* XML cannot have some characters; model_text() replaces them. */
	const char *shown = model_text(junit->run, value, strlen(value));

	xmlTextWriterWriteAttribute(junit->to, BAD_CAST name, BAD_CAST shown);
}

static void attribute_number(const struct junit *junit, const char *name, size_t value)
{
	xmlTextWriterWriteFormatAttribute(junit->to, BAD_CAST name, "%zu", value);
}

static void line(const struct junit *junit, const char *label, const char *words)
{
	xmlTextWriterWriteString(junit->to, BAD_CAST label);
	xmlTextWriterWriteString(junit->to,
				 BAD_CAST model_text(junit->run, words, strlen(words)));
	xmlTextWriterWriteString(junit->to, BAD_CAST "\n");
}

static void attribute_counts(const struct junit *junit, const size_t counts[OUTCOMES])
{
	attribute_number(junit, "tests",
			 counts[PASSES] + counts[FAILS] + counts[ERRS] + counts[SKIPPED]);
	attribute_number(junit, "failures", counts[FAILS]);
	attribute_number(junit, "errors", counts[ERRS]);
	attribute_number(junit, "skipped", counts[SKIPPED]);
	attribute(junit, "time", "0");
}

/* ---- the result of a case ---- */

/* Messages were produced and none arrived: then losses that were reported to the application
 * fail, too. */
static bool nothing_arrived(const struct run *run)
{
	const int64_t *messages = run->tally.messages;

	return messages[PRODUCED] > 0 && messages[DELIVERED] == 0 && messages[UNCONFIRMED] == 0;
}

static bool fails(const struct junit *junit, enum verdict verdict)
{
	if (junit->run->ruled)
		return !(junit->run->passes >> verdict & 1);
	return render_fails(junit->options, verdict) ||
	       (verdict == VERDICT_FAILED && nothing_arrived(junit->run));
}

/* A policy may accept that a program has nothing to do with Kafka. */
static bool blind_fails(const struct junit *junit, const struct finding *finding)
{
	bool unseen = junit->run->ruled && !strcmp(finding->id, "nothing-seen");

	return unseen ? !junit->run->passes_unseen : fails(junit, VERDICT_BLIND);
}

/* A policy may reject error answers of brokers, even if all messages arrived. */
static bool is_minded(const struct junit *junit, const struct finding *finding)
{
	return junit->run->broker_errors_fail && !strcmp(finding->id, "broker-errors");
}

/* Findings that the policy knows come after all others. */
static bool is_worse(const struct raised *one, const struct raised *other)
{
	if (!one->finding->known != !other->finding->known)
		return !one->finding->known;
	if (one->finding->verdict != other->finding->verdict)
		return one->finding->verdict > other->finding->verdict;
	return one->process->losses.certain > other->process->losses.certain;
}

/* Puts the program's findings of that family into junit->raised, the worst first; returns how
 * many. */
static size_t find(struct junit *junit, const struct program *program, const char *family)
{
	struct raised *raised = junit->raised;
	size_t count = 0;

	for (size_t i = 0; i < program->count; i++) {
		const struct process *process = program->processes[i];

		for (size_t j = 0; j < process->finding_count; j++) {
			if (strcmp(signature_family(process->findings[j].id), family) != 0)
				continue;
			raised[count] = (struct raised){process, &process->findings[j]};
			if (count && is_worse(&raised[count], &raised[0])) {
				struct raised first = raised[0];

				raised[0] = raised[count];
				raised[count] = first;
			}
			count++;
			break;
		}
	}
	return count;
}

static enum outcome outcome_of(const struct junit *junit, const struct program *program,
			       size_t count)
{
	enum verdict verdict = count ? junit->raised[0].finding->verdict : VERDICT_CLEAN;

	if (!count)
		return program->blind ? SKIPPED : PASSES;
	if (verdict == VERDICT_BLIND)
		return blind_fails(junit, junit->raised[0].finding) ? ERRS : SKIPPED;
	if (!fails(junit, verdict) && !is_minded(junit, junit->raised[0].finding))
		return PASSES;
	return junit->raised[0].finding->known ? SKIPPED : FAILS;
}

/* ---- a case ---- */

static void case_begin(const struct junit *junit, const char *program, const char *name)
{
	begin(junit, "testcase");
	attribute(junit, "classname", program);
	attribute(junit, "name", name);
	attribute(junit, "time", "0");
}

static void raised_print(const struct junit *junit, const struct raised *raised)
{
	struct spot spot =
		spot_of(junit->run, junit->options, raised->process, raised->finding);

	line(junit, "", raised->finding->text);
	line(junit, "where: ", spot.words);
	if (raised->process->pid != UNKNOWN)
		line(junit,
		     "process: ", model_format(junit->run, "%" PRId64, raised->process->pid));
}

/* What happened in which processes, and what to change. */
static void body_print(const struct junit *junit, size_t count)
{
	const struct finding *finding = junit->raised[0].finding;

	for (size_t i = 0; i < count && i < NAMED; i++)
		raised_print(junit, &junit->raised[i]);
	if (count > NAMED)
		line(junit, "",
		     model_format(junit->run, "and %s",
				  words_count(junit->run, (int64_t)(count - NAMED),
					      "more process")));
	line(junit, "change: ", finding->change);
	line(junit, "", finding->fix);
	line(junit, "signature: ", finding->signature->digits);
}

static const char *const elements[] = {
	[PASSES] = "system-out",
	[FAILS] = "failure",
	[ERRS] = "error",
	[SKIPPED] = "skipped",
};

/* The reason of a known case, or the finding's text. */
static const char *message_of(const struct junit *junit, const struct finding *finding)
{
	return finding->known ? model_format(junit->run, "known: %s", finding->known)
			      : spot_sentence(junit->run, finding);
}

static void outcome_print(const struct junit *junit, enum outcome outcome, size_t count)
{
	if (!count && outcome == PASSES)
		return;
	begin(junit, elements[outcome]);
	if (outcome != PASSES)
		attribute(junit, "message",
			  count ? message_of(junit, junit->raised[0].finding)
				: "not judged: the program could not be looked into");
	if (outcome == FAILS || outcome == ERRS)
		attribute(junit, "type", verdict_name(junit->raised[0].finding->verdict));
	if (count && outcome != SKIPPED)
		body_print(junit, count);
	end(junit);
}

static void case_print(struct junit *junit, const struct program *program, const char *family)
{
	size_t count = find(junit, program, family);
	struct spot spot = {0};

	if (count)
		spot = spot_of(junit->run, junit->options, junit->raised[0].process,
			       junit->raised[0].finding);
	case_begin(junit, program->name, family);
	if (spot.below) {
		attribute(junit, "file", spot.file);
		attribute_number(junit, "line", (size_t)spot.line);
	}
	outcome_print(junit, outcome_of(junit, program, count), count);
	end(junit);
}

/* ---- suites ---- */

/* Returns the number of the next family from `at` on, in the order of their first rows.
 * Remarks have no family. */
static size_t family_next(size_t at)
{
	for (; at < ROWS; at++) {
		bool again = rows[at].verdict == VERDICT_CLEAN;

		for (size_t i = 0; i < at && !again; i++)
			again = !strcmp(signature_family(rows[i].id),
					signature_family(rows[at].id));
		if (!again)
			break;
	}
	return at;
}

static void suite_count(struct junit *junit, const struct program *program,
			size_t counts[OUTCOMES])
{
	for (size_t i = family_next(0); i < ROWS; i = family_next(i + 1))
		counts[outcome_of(junit, program,
				  find(junit, program, signature_family(rows[i].id)))]++;
}

static void suite_print(struct junit *junit, const struct program *program)
{
	size_t counts[OUTCOMES] = {0};

	suite_count(junit, program, counts);
	begin(junit, "testsuite");
	attribute(junit, "name", program->name);
	attribute_counts(junit, counts);
	for (size_t i = family_next(0); i < ROWS; i = family_next(i + 1))
		case_print(junit, program, signature_family(rows[i].id));
	end(junit);
}

/* Calls `each` for every program, in the order of their names. */
static void programs_each(struct junit *junit,
			  void (*each)(struct junit *junit, const struct program *program))
{
	size_t count;
	const struct process **order = program_order(junit->run, &count);

	for (size_t first = 0, next; first < count; first = next) {
		struct program program = {order[first]->program, order + first, 0, false};

		for (next = first; next < count && !strcmp(order[next]->program, program.name);
		     next++) {
			program.count++;
			program.blind |= judge_blindness(order[next]) != BLIND_NOT;
		}
		each(junit, &program);
	}
}

static void program_count(struct junit *junit, const struct program *program)
{
	suite_count(junit, program, junit->all);
}

/* The outcome of the run's own case, for what no program's case says, as a trace that could
 * not be read. */
static enum outcome run_outcome(const struct junit *junit)
{
	enum verdict worst = VERDICT_CLEAN;

	for (size_t i = 0; i < junit->run->process_count; i++)
		worst = verdict_worse(worst, junit->run->processes[i].verdict);
	if (junit->run->lets_pass || junit->run->known || !fails(junit, junit->run->verdict))
		return PASSES;
	return junit->run->verdict > worst || (!junit->all[FAILS] && !junit->all[ERRS])
		       ? ERRS
		       : PASSES;
}

static void run_print(struct junit *junit, enum outcome outcome)
{
	size_t counts[OUTCOMES] = {0};

	counts[outcome]++;
	begin(junit, "testsuite");
	attribute(junit, "name", RUN_CLASS);
	attribute_counts(junit, counts);
	case_begin(junit, RUN_CLASS, RUN_CASE);
	if (outcome != PASSES) {
		begin(junit, elements[outcome]);
		attribute(junit, "message",
			  junit->run->process_count
				  ? "a trace could not be read, so that not all was judged"
				  : text_headline(junit->run));
		attribute(junit, "type", verdict_name(junit->run->verdict));
		end(junit);
	}
	end(junit);
	end(junit);
}

static void document_print(struct junit *junit)
{
	enum outcome outcome;

	programs_each(junit, program_count);
	outcome = run_outcome(junit);
	junit->all[outcome]++;
	xmlTextWriterSetIndent(junit->to, 1);
	xmlTextWriterStartDocument(junit->to, NULL, "UTF-8", NULL);
	begin(junit, "testsuites");
	attribute(junit, "name", "unflushed");
	attribute_counts(junit, junit->all);
	run_print(junit, outcome);
	programs_each(junit, suite_print);
	end(junit);
	xmlTextWriterEndDocument(junit->to);
}

void render_junit(struct run *run, const struct render_options *options, FILE *out)
{
	struct junit junit = {.run = run, .options = options};

	junit.raised = memory_zeroed(run->process_count + 1, sizeof *junit.raised);
	junit.to = xmlNewTextWriter(xmlOutputBufferCreateFile(out, NULL));
	document_print(&junit);
	xmlFreeTextWriter(junit.to);
	free(junit.raised);
}
