/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_line.h - lines of named values, as text or as JSON objects.
 *
 *	write at_ns=1200 socket=0                     LINE_TEXT
 *	{"event":"write","at_ns":1200,"socket":0}     LINE_JSON
 *
 * The first value names the line: as text it is printed without its key. Both
 * forms come from the same calls, so that they have the same content. The text
 * between two values is constant: it is made once, as line_words, and printing
 * a value is a copy of that text and its digits.
 *
 *	struct line_words head = line_first(form, "event"), key = line_key(form, "at_ns");
 *	line_text(&line, &head, "write", 5);
 *	line_signed(&line, &key, 1200);
 *	line_end(&line);
 */
#ifndef UNFLUSHED_DUMP_JSON_LINE_H
#define UNFLUSHED_DUMP_JSON_LINE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum line_form { LINE_TEXT, LINE_JSON };

#define LINE_WORDS_BYTES 48 /* three vector registers */

struct line_words {
	char bytes[LINE_WORDS_BYTES];
	size_t length; /* 0: the field does not exist */
};

struct line {
	enum line_form form;
	FILE *out;
	int error; /* errno of the first write that failed; then nothing is written */
	char *buffer, *at, *full; /* a field that begins before `full` fits */
};

void line_open(struct line *line, FILE *out, enum line_form form);
/* Writes the rest. Returns 0, or the errno of the first write that failed. */
int line_close(struct line *line);

/* Keys are constants: not escaped, and short enough for line_words, or the program aborts. */
struct line_words line_first(enum line_form form, const char *key);
struct line_words line_key(enum line_form form, const char *key);
/* `words` with a constant value, followed by `more`. */
struct line_words line_always(enum line_form form, struct line_words words, const char *value);
struct line_words line_joined(struct line_words words, struct line_words more);

void line_put(struct line *line, const struct line_words *words);
void line_signed(struct line *line, const struct line_words *words, int64_t value);
void line_unsigned(struct line *line, const struct line_words *words, uint64_t value);
/* A value that is not known: null, in text "?". */
void line_null(struct line *line, const struct line_words *words);
/* A value of any bytes. Characters that must not be printed are escaped (read/printable.h); in
 * JSON so that a parser restores them, except bytes that are not UTF-8. NULL: not known. */
void line_text(struct line *line, const struct line_words *words, const char *bytes,
	       size_t length);
void line_end(struct line *line);

/* A text in parts: line_text_begin(), any number of line_add(), line_text_end(). */
void line_text_begin(struct line *line, const struct line_words *words);
void line_add(struct line *line, const char *bytes, size_t length);
void line_add_format(struct line *line, const char *format, ...)
	__attribute__((format(printf, 2, 3))); /* at most 100 bytes */
void line_text_end(struct line *line);

#endif
