/* SPDX-License-Identifier: Apache-2.0 */
/*
 * toml.h - a TOML document as a tree of C structures, each with its place in the text.
 *
 * toml.cpp makes the tree with toml++ and is the only C++ here.
 */
#ifndef UNFLUSHED_POLICY_TOML_H
#define UNFLUSHED_POLICY_TOML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Both from 1; a column is a character, not a byte. 0: the place is not known. */
struct toml_place {
	int line, column;
};

enum toml_kind {
	TOML_TABLE,
	TOML_ARRAY,
	TOML_STRING,
	TOML_INTEGER,
	TOML_DATE,  /* a day without a time */
	TOML_OTHER, /* a number with a fraction, a boolean, a time */
};

struct toml_value {
	char *key; /* NULL: an item of an array, or the document itself */
	struct toml_place key_at, at;
	enum toml_kind kind;
	char *text;	/* of TOML_STRING; without NUL bytes */
	int64_t number; /* of TOML_INTEGER; of TOML_DATE year * 10000 + month * 100 + day */
	struct toml_value *items; /* of TOML_TABLE and TOML_ARRAY */
	size_t count;
};

struct toml_fault {
	struct toml_place at;
	char what[256];
};

/* The document in `bytes` bytes at `text`; the caller frees it with toml_free(). NULL with
 * *fault: it is not TOML. */
struct toml_value *toml_read(const char *text, size_t bytes, struct toml_fault *fault);
void toml_free(struct toml_value *document);

#ifdef __cplusplus
}
#endif

#endif
