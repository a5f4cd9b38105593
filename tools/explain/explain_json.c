/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain_json.c - an explanation for programs: one object, "schema" "unflushed.explain/1".
 *
 * Keys may be added, never renamed. Values that a client or a finding does not
 * have are null.
 */
#include "explain/explain.h"

#include <jansson.h>
#include <stdlib.h>

#define SCHEMA "unflushed.explain/1"

static json_t *code_of(const struct example *example)
{
	if (!example)
		return json_null();
	char *shown = example_shown(example->text, example->bytes);
	json_t *code = json_string(shown);

	free(shown);
	return code;
}

/* null for NULL and for "". */
static json_t *words_of(const char *words)
{
	return words && *words ? json_string(words) : json_null();
}

static json_t *client_of(const struct wording *wording)
{
	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o}", "language", wording->language,
			 "client", wording->client, "change", words_of(wording->change), "how",
			 words_of(wording->how), "wrong", code_of(wording->wrong), "right",
			 code_of(wording->right));
}

static void print(json_t *object, FILE *out)
{
	json_dumpf(object, out, JSON_INDENT(2));
	fputc('\n', out);
	json_decref(object);
}

static json_t *occurrence_of(const struct occurrence *one)
{
	return json_pack("{s:s, s:s, s:s, s:O?, s:O?, s:O?, s:O?, s:s?, s:s?}", "finding",
			 one->finding, "verdict", one->verdict, "text", one->text, "evidence",
			 one->evidence, "pid", json_object_get(one->process, "pid"), "argv",
			 json_object_get(one->process, "argv"), "trace",
			 json_object_get(one->process, "trace"), "language", one->language,
			 "client", one->client);
}

/* null: no occurrences were searched. */
static json_t *occurrences_of(const struct occurrences *occurrences)
{
	json_t *array = occurrences ? json_array() : json_null();

	for (size_t i = 0; occurrences && i < occurrences->count; i++)
		json_array_append_new(array, occurrence_of(&occurrences->list[i]));
	return array;
}

void explain_json(const struct explanation *explanation, const struct audience *audience,
		  FILE *out)
{
	json_t *clients = json_array();
	struct wording wording;

	for (size_t i = 0; i < wording_count(); i++)
		if (wording_for(explanation, i, audience, &wording))
			json_array_append_new(clients, client_of(&wording));
	print(json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o}", "schema", SCHEMA,
			"finding", explanation->id, "verdict",
			verdict_name(explanation->verdict), "meaning", explanation->meaning,
			"comes_about", explanation->comes_about, "change", explanation->change,
			"how", words_of(explanation->how), "commands",
			words_of(explanation->commands), "clients", clients, "occurrences",
			occurrences_of(audience->occurrences)),
	      out);
}

void explain_json_list(FILE *out)
{
	json_t *list = json_array();

	for (size_t i = 0; i < explanation_count(); i++) {
		const struct explanation *explanation = explanation_at(i);

		json_array_append_new(list,
				      json_pack("{s:s, s:s, s:s}", "finding", explanation->id,
						"verdict", verdict_name(explanation->verdict),
						"meaning", explanation->meaning));
	}
	print(json_pack("{s:s, s:o}", "schema", SCHEMA, "findings", list), out);
}
