/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain.h - what a finding means, how it comes about, and the code that is wrong and right.
 *
 * All of it is constant and of the build: nothing is to be freed.
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
	const char *families;	 /* folders of its examples, split by blanks; "" none */
	const char *commands;	 /* lines, each ended by '\n'; "" none */
};

/* How one client speaks of a finding. */
struct wording {
	const char *language; /* as --language takes it */
	const char *client;
	const char *change, *how;	     /* NULL: it has no words of its own */
	const struct example *wrong, *right; /* NULL: no code */
};

size_t explanation_count(void);
/* In the order of findings.def; `index` is less than the count. */
const struct explanation *explanation_at(size_t index);
/* NULL: there is no such finding. */
const struct explanation *explanation_find(const char *id);
/* The findings whose names are nearest to `word`, nearest first, at most `most`; only those
 * that a slip of the pen may have meant. Answers how many. */
size_t explanation_nearest(const char *word, const char **ids, size_t most);

/* As --language takes them. */
#define EXPLAIN_LANGUAGES "c|c++|python|java|node|go|rust|php|dotnet"

size_t wording_count(void);
/* Of client `index` (clients.def) about this finding. False: it has neither words nor code
 * of its own, or is of another language than `language` (NULL: any). */
bool wording_of(const struct explanation *explanation, size_t index, const char *language,
		struct wording *wording);

/* Of whom an explanation speaks. */
struct audience {
	const char *language;		       /* as --language takes it; NULL: any */
	const struct occurrences *occurrences; /* only of their producers' clients; NULL: of
						* all, and no numbers */
};

/* wording_of() for these. A client of occurrences that has neither words nor code is spoken to
 * as the others of its language are. */
bool wording_for(const struct explanation *explanation, size_t index,
		 const struct audience *audience, struct wording *wording);

/* How a finding is printed; the list has a line for every finding. */
void explain_text(const struct explanation *explanation, const struct audience *audience,
		  FILE *out);
void explain_text_list(FILE *out);
void explain_json(const struct explanation *explanation, const struct audience *audience,
		  FILE *out);
void explain_json_list(FILE *out);

#endif
