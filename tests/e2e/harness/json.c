/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json.c - reads values of a summary by path, and checks the law of messages
 * for its counters.
 */
#include "harness.h"

#include <stdlib.h>
#include <string.h>

json_t *json_path(json_t *root, const char *path)
{
	char *copy = strdup(path);
	char *save = NULL;
	json_t *at = root;

	for (char *step = strtok_r(copy, ".", &save); step && at;
	     step = strtok_r(NULL, ".", &save))
		at = json_is_array(at) ? json_array_get(at, strtoul(step, NULL, 10))
				       : json_object_get(at, step);
	free(copy);
	return at;
}

int64_t json_number(json_t *root, const char *path)
{
	json_t *number = json_path(root, path);

	if (!json_is_integer(number))
		fail_msg("'%s' is no number", path);
	return json_integer_value(number);
}

const char *json_text(json_t *root, const char *path)
{
	json_t *text = json_path(root, path);

	if (!json_is_string(text))
		fail_msg("'%s' is no text", path);
	return json_string_value(text);
}

bool json_is_unknown(json_t *root, const char *path)
{
	json_t *value = json_path(root, path);

	assert_non_null(value);
	return json_is_null(value);
}

static void law_of_counts(json_t *counts)
{
	static const char *const ends[] = {"delivered", "unconfirmed", "failed", "purged",
					   "outstanding"};
	int64_t sum = 0;

	/* A partition's row knows only what was acknowledged there. */
	if (json_is_null(json_object_get(counts, "produced")))
		return;
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		sum += json_number(counts, ends[i]);
	assert_int_equal(sum, json_number(counts, "produced"));
	if (!json_is_null(json_object_get(counts, "unsent")))
		assert_int_equal(json_number(counts, "outstanding"),
				 json_number(counts, "unsent") +
					 json_number(counts, "in_flight"));
}

/* Of a topic whose ends are not known none is guessed (more topics than rows). */
static void law_of_topic(json_t *counts)
{
	if (json_is_null(json_object_get(counts, "outstanding")) &&
	    !json_is_null(json_object_get(counts, "produced")))
		assert_true(json_is_null(json_object_get(counts, "delivered")));
	else
		law_of_counts(counts);
}

/* What a report only warns of is a failure here: two ways of counting, one truth. */
static void law_of_layers(json_t *process)
{
	json_t *finding;
	size_t i;

	json_array_foreach(json_object_get(process, "findings"), i, finding)
	{
		if (strcmp(json_text(finding, "id"), "layers-disagree") == 0)
			fail_msg("%s", json_text(finding, "text"));
	}
}

void law_assert(json_t *summary)
{
	json_t *process, *producer, *topic;
	size_t i, j, k;

	json_array_foreach(json_object_get(summary, "processes"), i, process)
		law_of_layers(process);
	json_array_foreach(json_object_get(summary, "processes"), i, process)
		json_array_foreach(json_object_get(process, "producers"), j, producer)
	{
		law_of_counts(json_object_get(producer, "messages"));
		/* How large those are that acks=0 never wrote is not always known. */
		if (!json_is_null(json_path(producer, "bytes.outstanding")))
			law_of_counts(json_object_get(producer, "bytes"));
		json_array_foreach(json_object_get(producer, "topics"), k, topic)
			law_of_topic(json_object_get(topic, "messages"));
	}
}
