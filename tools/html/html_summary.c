/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_summary.c - the summary of -f json, inside the page.
 *
 * The page has the whole summary if it fits; else the first signatures and the
 * worst processes, and the page says so. A script element ends at "</script"
 * and may be parsed differently from "<!--" on, so in JSON strings < is written
 * as \u003c, which every JSON parser decodes; outside of strings JSON has no <.
 */
#include "html/html.h"

#include <stdlib.h>
#include <string.h>

#include "memory/memory.h"
#include "model/words.h"
#include "render/render_json.h"

#define FLAGS (JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(6))

static const char *escape_of(char character)
{
	return character == '<'	  ? "\\u003c"
	       : character == '>' ? "\\u003e"
	       : character == '&' ? "\\u0026"
				  : NULL;
}

static int put(const char *bytes, size_t size, void *out)
{
	for (size_t i = 0; i < size; i++) {
		const char *escape = escape_of(bytes[i]);

		if (escape)
			fputs(escape, out);
		else
			fputc(bytes[i], out);
	}
	return 0;
}

static int count(const char *bytes, size_t size, void *sum)
{
	for (size_t i = 0; i < size; i++)
		*(size_t *)sum += escape_of(bytes[i]) ? strlen(escape_of(bytes[i])) : 1;
	return 0;
}

static size_t size_of(const json_t *json)
{
	size_t bytes = 0;

	json_dump_callback(json, count, &bytes, FLAGS);
	return bytes;
}

/* The parts of the summary that were chosen. */
struct choice {
	json_t **made;
	size_t left; /* bytes that are left */
	size_t groups;
	bool without_by; /* the table of --by does not fit */
};

/* False: the process does not fit. */
static bool take(struct choice *choice, struct run *run, const struct process *process)
{
	json_t **made = &choice->made[process - run->processes];

	if (*made)
		return true;
	json_t *json = json_of_process(run, process);
	size_t bytes = size_of(json) + 1;

	if (bytes > choice->left) {
		json_decref(json);
		return false;
	}
	choice->left -= bytes;
	*made = json;
	return true;
}

static bool take_group(struct choice *choice, struct run *run, const struct group *group)
{
	if (!take(choice, run, group->process))
		return false;
	json_t *json = json_of_group(run, choice->made, group);
	size_t bytes = size_of(json) + 1;

	json_decref(json);
	if (bytes > choice->left)
		return false;
	choice->left -= bytes;
	return true;
}

/* The summary of the chosen processes. */
static json_t *summary_of(const struct choice *choice, struct run *run)
{
	json_t *summary = json_of_summary(run, choice->made, choice->groups);

	if (choice->without_by) {
		json_object_del(summary, "by");
		json_object_set_new(summary, "by_left_out",
				    json_integer((json_int_t)run->by->count));
	}
	return summary;
}

/* Takes the parts that belong to no process and no signature. */
static void take_rest(struct choice *choice, struct run *run)
{
	json_t *rest = summary_of(choice, run);
	size_t bytes = size_of(rest);

	json_decref(rest);
	if (run->by && !choice->without_by && bytes > HTML_SUMMARY_BYTES / 4) {
		choice->without_by = true;
		take_rest(choice, run);
	} else {
		choice->left = bytes < choice->left ? choice->left - bytes : 0;
	}
}

/* Takes the line that lost most, then the worst signatures, each with a process that has
 * it. */
static void take_groups(struct choice *choice, struct run *run)
{
	if (run->where.process)
		take(choice, run, run->where.process);
	while (choice->groups < run->group_count &&
	       take_group(choice, run, &run->groups[choice->groups]))
		choice->groups++;
}

static void take_processes(struct choice *choice, const struct html *html)
{
	struct run *run = html->to.run;

	for (size_t i = 0; i < html->order_count; i++)
		if (!take(choice, run, html->order[i]))
			return;
	for (size_t i = 0; i < run->process_count; i++)
		if (!take(choice, run, &run->processes[i]))
			return;
}

/* How many processes were left out. */
static size_t left_out(const struct choice *choice, const struct run *run)
{
	size_t missing = 0;

	for (size_t i = 0; i < run->process_count; i++)
		missing += !choice->made[i];
	return missing;
}

static void bound(const struct html *html, const struct choice *choice)
{
	struct run *run = html->to.run;
	size_t missing = left_out(choice, run);

	markup_put(&html->to, "<p>It is in this file, in the element with the id "
			      "<code>summary</code>: schema unflushed.summary/1.</p>\n");
	if (missing || choice->groups < run->group_count)
		markup_put(&html->to,
			   "<p class=\"bound\" id=\"left-out\">%s and %s had no room in it; "
			   "<code>unflushed report -f json</code> prints all.</p>\n",
			   words_count(run, (int64_t)missing, "process"),
			   words_count(run, (int64_t)(run->group_count - choice->groups),
				       "signature"));
	if (choice->without_by)
		markup_put(&html->to,
			   "<p class=\"bound\">The table of --by had no room in it.</p>\n");
	markup_put(&html->to, "<details id=\"raw\" hidden><summary>Show it</summary>"
			      "<pre></pre></details>\n");
}

void html_summary(struct html *html)
{
	struct run *run = html->to.run;
	struct choice choice = {
		.made = memory_zeroed(run->process_count + 1, sizeof(json_t *)),
		.left = HTML_SUMMARY_BYTES,
	};

	take_rest(&choice, run);
	take_groups(&choice, run);
	take_processes(&choice, html);
	bound(html, &choice);
	json_t *summary = summary_of(&choice, run);

	markup_put(&html->to, "<script type=\"application/json\" id=\"summary\">");
	json_dump_callback(summary, put, html->to.out, FLAGS);
	markup_put(&html->to, "</script>\n");
	json_decref(summary);
	free(choice.made);
}
