/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gitlab.c - a Code Quality report, which GitLab shows in a merge request and beside its lines.
 *
 * The report is an array of issues. GitLab compares fingerprints with those of
 * the target branch: an issue whose fingerprint is there, too, is not new. A
 * location is mandatory: an issue without a source file has the program's name
 * instead.
 */
#include <jansson.h>

#include "formats/problems.h"
#include "formats/program.h"
#include "formats/spot.h"
#include "render/render.h"
#include "render/render_text.h"

static const char *severity_of(enum verdict verdict)
{
	static const char *const severities[] = {
		[VERDICT_LOST] = "blocker",   [VERDICT_AT_RISK] = "critical",
		[VERDICT_RACY] = "major",     [VERDICT_BLIND] = "major",
		[VERDICT_UNPROVEN] = "minor", [VERDICT_FAILED] = "info",
		[VERDICT_CLEAN] = "info",
	};

	return severities[verdict];
}

static void issue_add(json_t *issues, const char *description, const char *check,
		      const char *fingerprint, enum verdict verdict, const char *path, int line)
{
	json_t *issue = json_object(), *location = json_object(), *lines = json_object();

	json_object_set_new(lines, "begin", json_integer(line));
	json_object_set_new(location, "path", json_string(path));
	json_object_set_new(location, "lines", lines);
	json_object_set_new(issue, "description", json_string(description));
	json_object_set_new(issue, "check_name", json_string(check));
	json_object_set_new(issue, "fingerprint", json_string(fingerprint));
	json_object_set_new(issue, "severity", json_string(severity_of(verdict)));
	json_object_set_new(issue, "location", location);
	json_array_append_new(issues, issue);
}

static void problem_add(json_t *issues, struct run *run, const struct render_options *options,
			const struct group *group)
{
	const struct finding *finding = group->finding;
	struct spot spot = spot_of(run, options, group->process, finding);
	const char *description = model_format(
		run, "%s%s: %s (%s). Where: %s. Change: %s", finding->known ? "known: " : "",
		verdict_name(group->verdict), spot_sentence(run, finding),
		problem_extent(run, group), spot.words, finding->change);

	issue_add(issues, description, finding->id, group->signature->digits,
		  finding->known ? VERDICT_CLEAN : group->verdict,
		  spot.below ? spot.file : group->process->program, spot.below ? spot.line : 1);
}

void render_gitlab(struct run *run, const struct render_options *options, FILE *out)
{
	json_t *issues = json_array();

	for (size_t i = 0; i < run->group_count; i++)
		problem_add(issues, run, options, &run->groups[i]);
	/* Something that no finding says, as a trace that could not be read. */
	if (run->verdict != VERDICT_CLEAN &&
	    (!run->group_count || run->verdict > run->groups[0].verdict))
		issue_add(issues,
			  run->process_count
				  ? "a trace could not be read, so that not all was judged"
				  : text_headline(run),
			  verdict_name(run->verdict), "unflushed:run", run->verdict,
			  "unflushed", 1);
	json_dumpf(issues, out, JSON_INDENT(2));
	fputc('\n', out);
	json_decref(issues);
}
