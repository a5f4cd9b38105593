/* SPDX-License-Identifier: Apache-2.0 */
/*
 * occurrences.c - see occurrences.h.
 */
#include "explain/occurrences.h"

#include <stdlib.h>
#include <string.h>

#include "memory/memory.h"
#include "model/verdict.h"

#define SUMMARY "unflushed.summary/1"

static const char *text_in(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static void add(struct occurrences *occurrences, json_t *process, json_t *finding)
{
	const json_t *worded = json_object_get(finding, "worded_for");

	occurrences->list = memory_grown(occurrences->list, occurrences->count + 1,
					 sizeof *occurrences->list);
	occurrences->list[occurrences->count++] = (struct occurrence){
		.finding = text_in(finding, "id"),
		.verdict = text_in(finding, "verdict"),
		.text = text_in(finding, "text"),
		.process = process,
		.evidence = json_object_get(finding, "evidence"),
		.language = text_in(worded, "language"),
		.client = text_in(worded, "client"),
	};
}

/* Whether `name` is the finding's name, or the digits of its signature. */
static bool is_meant(const json_t *finding, const char *name)
{
	const char *digits = text_in(json_object_get(finding, "signature"), "digits");

	return !strcmp(text_in(finding, "id"), name) || (digits && !strcmp(digits, name));
}

static bool find_in(struct occurrences *occurrences, json_t *process, const char *name)
{
	json_t *findings = json_object_get(process, "findings"), *finding;
	size_t i;

	if (!json_is_array(findings))
		return false;
	json_array_foreach(findings, i, finding)
	{
		if (!text_in(finding, "id") || !text_in(finding, "verdict") ||
		    !text_in(finding, "text"))
			return false;
		if (is_meant(finding, name))
			add(occurrences, process, finding);
	}
	return true;
}

bool occurrences_find(struct occurrences *occurrences, json_t *summary, const char *name)
{
	const char *schema = text_in(summary, "schema");
	json_t *processes = json_object_get(summary, "processes"), *process;
	size_t i;

	if (!schema || strcmp(schema, SUMMARY) != 0 || !json_is_array(processes))
		return false;
	json_array_foreach(processes, i,
			   process) if (!find_in(occurrences, process, name)) return false;
	return true;
}

static enum verdict verdict_of(const struct occurrence *one)
{
	enum verdict verdict = VERDICT_CLEAN;

	verdict_by_name(one->verdict, &verdict);
	return verdict;
}

const char *occurrences_worst(const struct occurrences *occurrences)
{
	const struct occurrence *worst = occurrences->count ? occurrences->list : NULL;

	for (size_t i = 1; i < occurrences->count; i++)
		if (verdict_of(&occurrences->list[i]) > verdict_of(worst))
			worst = &occurrences->list[i];
	return worst ? worst->finding : NULL;
}

void occurrences_free(struct occurrences *occurrences)
{
	free(occurrences->list);
	*occurrences = (struct occurrences){0};
}

bool occurrences_speak(const struct occurrences *occurrences, const char *language,
		       const char *client)
{
	for (size_t i = 0; i < occurrences->count; i++) {
		const struct occurrence *one = &occurrences->list[i];

		if (!one->language || !one->client)
			return true;
		if (!strcmp(one->language, language) &&
		    (!client || !strcmp(one->client, client)))
			return true;
	}
	return false;
}
