/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain.h - what a finding means, its cause, and wrong and right code.
 *
 * All texts are constants: nothing must be freed.
 */
#ifndef UNFLUSHED_EXPLAIN_H
#define UNFLUSHED_EXPLAIN_H

#include <stddef.h>
#include <stdio.h>

#include "explain/example.h"
#include "explain/occurrences.h"
#include "model/verdict.h"

struct explanation {
	const char *id;
	enum verdict verdict;
	const char *meaning;	 /* what it means, in every language */
	const char *change;	 /* in the words of C, or of no language */
	const char *how;	 /* "" if there is no more to say */
	const char *comes_about; /* NULL: explanations.def lacks it, which a test finds */
	const char *families;	 /* folders of its examples, separated by blanks; "": none */
	const char *commands;	 /* lines that end with '\n'; "": none */
};

/* The words and the code for one client about a finding. */
struct wording {
	const char *language; /* a value of --language */
	const char *client;
	const char *change, *how;	     /* NULL: none of its own */
	const struct example *wrong, *right; /* NULL: no code */
};

size_t explanation_count(void);
/* In the order of findings.def; `index` is less than the count. */
const struct explanation *explanation_at(size_t index);
/* NULL: there is no such finding. */
const struct explanation *explanation_find(const char *id);
/* The findings whose names are most similar to `word`, most similar first, at most `most`;
 * only names that differ by a few typing errors. Returns how many. */
size_t explanation_nearest(const char *word, const char **ids, size_t most);

/* The values of --language. */
#define EXPLAIN_LANGUAGES "c|c++|python|java|node|go|rust|php|dotnet"

size_t wording_count(void);
/* The words of client `index` (clients.def) about this finding. False: the client has neither
 * words nor code of its own, or its language is not `language` (NULL: any). */
bool wording_of(const struct explanation *explanation, size_t index, const char *language,
		struct wording *wording);

/* The clients that an explanation is for. */
struct audience {
	const char *language;		       /* a value of --language; NULL: any */
	const struct occurrences *occurrences; /* if given, only the clients of their
						* producers; NULL: all clients, without
						* numbers */
};

/* wording_of() for an audience. A client of occurrences that has neither words nor code of its
 * own gets the words of another client of its language. */
bool wording_for(const struct explanation *explanation, size_t index,
		 const struct audience *audience, struct wording *wording);

/* Prints an explanation; the list has a line for every finding. */
void explain_text(const struct explanation *explanation, const struct audience *audience,
		  FILE *out);
void explain_text_list(FILE *out);
void explain_json(const struct explanation *explanation, const struct audience *audience,
		  FILE *out);
void explain_json_list(FILE *out);

#endif
