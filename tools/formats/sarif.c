/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sarif.c - SARIF 2.1.0 (OASIS standard), as GitHub code scanning, Azure DevOps and editors
 * read it: a result for each group of findings with one signature.
 *
 * A result always has a physicalLocation, because code scanning refuses results
 * without: if no line is known, it is the program, line 1. Paths below
 * --source-root are relative to the base SRCROOT, so that they are found in any
 * checkout. The fingerprint is of our own kind, "unflushed/signature/1":
 * GitHub's kinds are computed from the text around a line.
 */
#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "formats/problems.h"
#include "formats/spot.h"
#include "formats/source_path.h"
#include "model/words.h"
#include "render/json_value.h"
#include "render/render.h"

#define SCHEMA                                                                                 \
	"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"                  \
	"sarif-schema-2.1.0.json"
#define BASE "SRCROOT"
#define CALLERS 3 /* related locations of a result */

static const struct rule {
	const char *id;
	enum verdict verdict;
	const char *change, *meaning, *how;
} rules[] = {
#define FINDING(name, word, judged, about, ...) {word, VERDICT_##judged, __VA_ARGS__},
#include "judge/findings.def"
#undef FINDING
};
#define RULES (sizeof rules / sizeof *rules)

static const char *level_of(enum verdict verdict)
{
	static const char *const levels[] = {
		[VERDICT_LOST] = "error",	[VERDICT_AT_RISK] = "error",
		[VERDICT_RACY] = "warning",	[VERDICT_BLIND] = "warning",
		[VERDICT_UNPROVEN] = "warning", [VERDICT_FAILED] = "note",
		[VERDICT_CLEAN] = "note",
	};

	return levels[verdict];
}

static json_t *text_object(const char *words)
{
	json_t *object = json_object();

	json_object_set_new(object, "text", json_string(words));
	return object;
}

/* RFC 3986: a byte that is neither unreserved nor a slash becomes %XX. */
static const char *escaped(struct run *run, const char *path)
{
	char *text = model_alloc(run, 3 * strlen(path) + 1), *to = text;

	for (; *path; path++)
		if (isalnum((unsigned char)*path) || strchr("-._~/", *path))
			*to++ = *path;
		else
			to += sprintf(to, "%%%02X", (unsigned char)*path);
	return text;
}

static json_t *artifact(struct run *run, const char *path, bool below)
{
	json_t *object = json_object();
	const char *uri = escaped(run, path);

	json_object_set_new(
		object, "uri",
		json_string(path[0] == '/' ? model_format(run, "file://%s", uri) : uri));
	if (below)
		json_object_set_new(object, "uriBaseId", json_string(BASE));
	return object;
}

static json_t *location(struct run *run, const char *path, bool below, int line,
			const char *function)
{
	json_t *object = json_object(), *physical = json_object(), *region = json_object();

	json_object_set_new(region, "startLine", json_integer(line > 0 ? line : 1));
	json_object_set_new(physical, "artifactLocation", artifact(run, path, below));
	json_object_set_new(physical, "region", region);
	json_object_set_new(object, "physicalLocation", physical);
	if (function) {
		json_t *logical = json_object(), *list = json_array();

		json_object_set_new(logical, "fullyQualifiedName", json_string(function));
		json_object_set_new(logical, "kind", json_string("function"));
		json_array_append_new(list, logical);
		json_object_set_new(object, "logicalLocations", list);
	}
	return object;
}

static json_t *frame_location(struct run *run, const struct render_options *options,
			      const struct frame *frame)
{
	const char *below = source_path_below(run, options, frame->file);

	return location(run, below ? below : frame->file, below != NULL, frame->line,
			frame->function);
}

/* The line that produced most of the messages; else the program. */
static json_t *locations(struct run *run, const struct render_options *options,
			 const struct group *group)
{
	const struct frame *frame = spot_frame(group->process, group->finding);
	json_t *list = json_array();

	json_array_append_new(list, frame && frame->file
					    ? frame_location(run, options, frame)
					    : location(run, group->process->program, false, 1,
						       frame ? frame->function : NULL));
	return list;
}

/* The user's own frames that called that line. */
static json_t *callers(struct run *run, const struct render_options *options,
		       const struct finding *finding)
{
	const struct call_site *site = finding->site;
	json_t *list = json_array();

	for (size_t i = site ? site->place + 1 : 0; site && i < site->depth; i++) {
		const struct frame *frame = &site->frames[i];

		if (frame->origin != ORIGIN_USER || !frame->file)
			continue;
		json_t *at = frame_location(run, options, frame);

		json_object_set_new(at, "message", text_object("called from here"));
		json_array_append_new(list, at);
		if (json_array_size(list) == CALLERS)
			break;
	}
	return list;
}

static json_t *properties(const struct group *group)
{
	json_t *object = json_object();

	json_object_set_new(object, "verdict", json_string(verdict_name(group->verdict)));
	json_object_set_new(object, "certain", json_of_number(group->losses.certain));
	json_object_set_new(object, "possible", json_of_number(group->losses.possible));
	json_object_set_new(object, "processes",
			    json_integer((json_int_t)group->process_count));
	json_object_set_new(object, "signatureUnstable",
			    json_boolean(group->signature->unstable));
	return object;
}

/* A case that the policy knows stays in the report, as suppressed. */
static json_t *suppressions(const struct finding *finding)
{
	json_t *list = json_array();

	if (finding->known) {
		json_t *known = json_object();

		json_object_set_new(known, "kind", json_string("external"));
		json_object_set_new(known, "justification", json_string(finding->known));
		json_array_append_new(list, known);
	}
	return list;
}

static size_t rule_index(const char *id)
{
	size_t index = 0;

	while (index < RULES && strcmp(rules[index].id, id) != 0)
		index++;
	return index;
}

static json_t *result(struct run *run, const struct render_options *options,
		      const struct group *group)
{
	const struct finding *finding = group->finding;
	json_t *object = json_object(), *fingerprints = json_object();

	json_object_set_new(fingerprints, "unflushed/signature/1",
			    json_string(group->signature->digits));
	json_object_set_new(object, "ruleId", json_string(finding->id));
	json_object_set_new(object, "ruleIndex",
			    json_integer((json_int_t)rule_index(finding->id)));
	json_object_set_new(object, "level", json_string(level_of(group->verdict)));
	json_object_set_new(object, "message",
			    text_object(model_format(
				    run, "%s (%s). Change: %s", spot_sentence(run, finding),
				    problem_extent(run, group), finding->change)));
	json_object_set_new(object, "locations", locations(run, options, group));
	json_object_set_new(object, "relatedLocations", callers(run, options, finding));
	json_object_set_new(object, "partialFingerprints", fingerprints);
	json_object_set_new(object, "suppressions", suppressions(finding));
	json_object_set_new(object, "properties", properties(group));
	return object;
}

static json_t *rule(struct run *run, const struct rule *of)
{
	json_t *object = json_object(), *configuration = json_object(), *help = json_object();

	json_object_set_new(configuration, "level", json_string(level_of(of->verdict)));
	json_object_set_new(help, "text", json_string(*of->how ? of->how : of->change));
	json_object_set_new(help, "markdown",
			    json_string(model_format(run, "**%s**\n\n%s\n\n%s", of->change,
						     of->meaning, of->how)));
	json_object_set_new(object, "id", json_string(of->id));
	json_object_set_new(object, "shortDescription", text_object(of->change));
	json_object_set_new(object, "fullDescription", text_object(of->meaning));
	json_object_set_new(object, "help", help);
	json_object_set_new(object, "defaultConfiguration", configuration);
	return object;
}

static json_t *tool(struct run *run)
{
	json_t *object = json_object(), *driver = json_object(), *list = json_array();

	for (size_t i = 0; i < RULES; i++)
		json_array_append_new(list, rule(run, &rules[i]));
	json_object_set_new(driver, "name", json_string("unflushed"));
	json_object_set_new(driver, "version", json_string(UNFLUSHED_VERSION));
	json_object_set_new(driver, "rules", list);
	json_object_set_new(object, "driver", driver);
	return object;
}

/* The base has no URI: on another machine the sources are elsewhere. */
static json_t *bases(void)
{
	json_t *object = json_object(), *base = json_object();

	json_object_set_new(base, "description",
			    text_object("the root of the sources (--source-root)"));
	json_object_set_new(object, BASE, base);
	return object;
}

/* Traces that could not be read make the invocation unsuccessful. */
static json_t *invocations(const struct run *run)
{
	json_t *list = json_array(), *object = json_object();
	bool whole = run->process_count > 0 &&
		     (run->group_count ? run->verdict <= run->groups[0].verdict
				       : run->verdict == VERDICT_CLEAN);

	json_object_set_new(object, "executionSuccessful", json_boolean(whole));
	json_array_append_new(list, object);
	return list;
}

void render_sarif(struct run *run, const struct render_options *options, FILE *out)
{
	json_t *log = json_object(), *runs = json_array(), *one = json_object();
	json_t *results = json_array();

	for (size_t i = 0; i < run->group_count; i++)
		json_array_append_new(results, result(run, options, &run->groups[i]));
	json_object_set_new(one, "tool", tool(run));
	json_object_set_new(one, "invocations", invocations(run));
	json_object_set_new(one, "originalUriBaseIds", bases());
	json_object_set_new(one, "columnKind", json_string("utf16CodeUnits"));
	json_object_set_new(one, "results", results);
	json_array_append_new(runs, one);
	json_object_set_new(log, "$schema", json_string(SCHEMA));
	json_object_set_new(log, "version", json_string("2.1.0"));
	json_object_set_new(log, "runs", runs);
	json_dumpf(log, out, JSON_INDENT(2));
	fputc('\n', out);
	json_decref(log);
}
