/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain.c - collects what findings.def, fixes*.def, frameworks.def and
 * explanations.def have about a finding.
 */
#include "explain/explain.h"

#include <stdlib.h>
#include <string.h>

#include "judge/language.h"

enum kind {
#define FINDING(name, ...) KIND_##name,
#include "judge/findings.def"
#undef FINDING
	KINDS
};

#define NO_VOICE (-1)

static const struct explained {
	const char *families, *comes_about, *commands;
} explained[KINDS] = {
#define EXPLAIN(name, ...) [KIND_##name] = {__VA_ARGS__},
#include "explain/explanations.def"
#undef EXPLAIN
};

static const struct finding_row {
	const char *id;
	enum verdict verdict;
	const char *change, *meaning, *how;
} findings[KINDS] = {
#define FINDING(name, id, judged, about, ...)                                                  \
	[KIND_##name] = {id, VERDICT_##judged, __VA_ARGS__},
#include "judge/findings.def"
#undef FINDING
};

static const struct client {
	int voice; /* NO_VOICE, or an enum voice, which has a language and a client */
	const char *language, *folder, *name;
} clients[] = {
#define SPEAKS(voice, folder) {VOICE_##voice, NULL, folder, NULL},
#define OTHER(token, ...) {NO_VOICE, __VA_ARGS__},
#include "explain/clients.def"
#undef SPEAKS
#undef OTHER
};

static const struct fix {
	enum kind kind;
	enum voice voice;
	const char *change, *how;
} fixes[] = {
#define FIX(name, speaks, ...) {KIND_##name, VOICE_##speaks, __VA_ARGS__},
#include "judge/fixes.def"
#include "judge/fixes_bindings.def"
#undef FIX
};

static const struct framework_row {
	const char *name, *change, *how;
} frameworks[] = {
#define FRAMEWORK(name, change, how, ...) {name, change, how},
#include "model/frameworks.def"
#undef FRAMEWORK
};

size_t explanation_count(void)
{
	return KINDS;
}

static struct explanation made[KINDS];

const struct explanation *explanation_at(size_t index)
{
	const struct finding_row *row = &findings[index];
	const struct explained *words = &explained[index];

	made[index] = (struct explanation){
		.id = row->id,
		.verdict = row->verdict,
		.meaning = row->meaning,
		.change = row->change,
		.how = row->how,
		.comes_about = words->comes_about,
		.families = words->families,
		.commands = words->commands,
	};
	return &made[index];
}

const struct explanation *explanation_find(const char *id)
{
	for (size_t i = 0; i < KINDS; i++)
		if (!strcmp(findings[i].id, id))
			return explanation_at(i);
	return NULL;
}

size_t wording_count(void)
{
	return sizeof clients / sizeof *clients;
}

/* The findings for which a framework has its own advice about waiting. */
static bool has_frameworks(enum kind kind)
{
	switch (kind) {
	case KIND_missing_flush:
	case KIND_destroy_without_flush:
	case KIND_exit_in_flight:
	case KIND_racy_exit:
	case KIND_ended_unanswered:
	case KIND_waits_unproven:
	case KIND_killed_in_flight:
		return true;
	default:
		return false;
	}
}

static void word_by_framework(struct wording *wording)
{
	for (size_t i = 0; i < sizeof frameworks / sizeof *frameworks; i++)
		if (!strcmp(frameworks[i].name, wording->client)) {
			wording->change = frameworks[i].change;
			wording->how = frameworks[i].how;
		}
}

static void word_by_fix(enum kind kind, int voice, struct wording *wording)
{
	if (kind == KIND_ended_unanswered) /* the same fault, seen with --prove */
		kind = KIND_racy_exit;
	for (size_t i = 0; i < sizeof fixes / sizeof *fixes; i++)
		if (fixes[i].kind == kind && (int)fixes[i].voice == voice) {
			wording->change = fixes[i].change;
			wording->how = fixes[i].how;
		}
}

/* Finds the examples of the first of these families that has one for this client. */
static void find_examples(const char *families, const char *client, struct wording *wording)
{
	for (size_t length; *families && !wording->wrong; families += length) {
		families += strspn(families, " ");
		length = strcspn(families, " ");
		wording->wrong = example_find(families, length, client, false);
		wording->right = example_find(families, length, client, true);
	}
}

bool wording_of(const struct explanation *explanation, size_t index, const char *language,
		struct wording *wording)
{
	enum kind kind = (enum kind)(explanation - made);
	const struct client *client = &clients[index];

	*wording = (struct wording){.language = client->language, .client = client->name};
	if (client->voice != NO_VOICE) {
		wording->language = voice_language((enum voice)client->voice);
		wording->client = voice_client((enum voice)client->voice);
	}
	if (language && strcmp(language, wording->language))
		return false;
	word_by_fix(kind, client->voice, wording);
	if (!wording->change && has_frameworks(kind))
		word_by_framework(wording);
	find_examples(explanation->families, client->folder, wording);
	return wording->change || wording->wrong || wording->right;
}

/* Whether one of the clients that were found is worded for by its name. */
static bool is_named(const struct explanation *explanation, const struct audience *audience,
		     const char *language)
{
	struct wording wording;

	for (size_t i = 0; i < wording_count(); i++)
		if (wording_of(explanation, i, language, &wording) &&
		    occurrences_speak(audience->occurrences, language, wording.client))
			return true;
	return false;
}

bool wording_for(const struct explanation *explanation, size_t index,
		 const struct audience *audience, struct wording *wording)
{
	const struct occurrences *met = audience->occurrences;

	if (!wording_of(explanation, index, audience->language, wording))
		return false;
	if (!met || occurrences_speak(met, wording->language, wording->client))
		return true;
	return occurrences_speak(met, wording->language, NULL) &&
	       !is_named(explanation, audience, wording->language);
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Levenshtein's distance: how many letters must be inserted, removed or replaced. `row` has
 * room for strlen(b) + 1 numbers. */
static size_t distance(const char *a, const char *b, size_t *row)
{
	size_t length = strlen(b);

	for (size_t j = 0; j <= length; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t j = 1; j <= length; j++) {
			size_t changed = corner + (a[i - 1] != b[j - 1]);

			corner = row[j];
			row[j] = least(changed, least(row[j - 1], row[j]) + 1);
		}
	}
	return row[length];
}

struct near {
	const char *id;
	size_t far;
};

static int by_distance(const void *a, const void *b)
{
	const struct near *left = a, *right = b;

	if (left->far != right->far)
		return left->far < right->far ? -1 : 1;
	return strcmp(left->id, right->id);
}

/* Whether the word is a part of the name, or at most a third of its letters are wrong. */
static bool may_mean(const char *word, const struct near *near)
{
	return (*word && strstr(near->id, word)) || near->far <= strlen(near->id) / 3;
}

size_t explanation_nearest(const char *word, const char **ids, size_t most)
{
	enum { LONGEST = 64 };
	struct near nearest[KINDS];
	size_t row[LONGEST], count = 0;

	for (size_t i = 0; i < KINDS; i++)
		nearest[i] = (struct near){
			findings[i].id,
			strlen(word) < LONGEST ? distance(findings[i].id, word, row) : LONGEST};
	qsort(nearest, KINDS, sizeof *nearest, by_distance);
	for (size_t i = 0; i < KINDS && count < most; i++)
		if (may_mean(word, &nearest[i]))
			ids[count++] = nearest[i].id;
	return count;
}
