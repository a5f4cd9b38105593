/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_line.c - see json_line.h. Values are written into one buffer, without an
 * allocation for each.
 *
 * jansson, which prints the summary, is not used here: making, printing and
 * freeing an object for every event took 45 times the processor time of this
 * dump as JSON, and 25 times that of the text (tests/bench/dump.c measures it).
 * What jansson did is done here, too: valid UTF-8, and a backslash before the
 * characters that need one (see printable.h).
 */
#include "dump/json_line.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "memory/memory.h"
#include "read/printable.h"

#define BUFFER_BYTES (64u << 10)
/* The most that is written at once: a field's constant text and its number. */
#define FIELD_BYTES (LINE_WORDS_BYTES + 20)

void line_open(struct line *line, FILE *out, enum line_form form)
{
	*line = (struct line){.form = form, .out = out, .buffer = memory_take(BUFFER_BYTES)};
	line->at = line->buffer;
	line->full = line->buffer + BUFFER_BYTES - FIELD_BYTES;
}

static void flush(struct line *line)
{
	size_t bytes = (size_t)(line->at - line->buffer);

	line->at = line->buffer;
	if (!line->error && fwrite(line->buffer, 1, bytes, line->out) != bytes)
		line->error = errno;
}

int line_close(struct line *line)
{
	flush(line);
	if (!line->error && fflush(line->out) != 0)
		line->error = errno;
	free(line->buffer);
	line->buffer = line->at = line->full = NULL;
	return line->error;
}

/* Sets the end of the written bytes. There is always room for a field, so writers need no
 * check. */
static inline void go_on(struct line *line, char *at)
{
	line->at = at;
	if (at > line->full)
		flush(line);
}

static void append(struct line_words *words, const char *more)
{
	size_t length = strlen(more);

	/* If keys were cut off, two could become the same. */
	if (length > sizeof words->bytes - words->length)
		abort();
	memcpy(words->bytes + words->length, more, length);
	words->length += length;
}

struct line_words line_first(enum line_form form, const char *key)
{
	struct line_words words = {.length = 0};

	if (form == LINE_JSON) {
		append(&words, "{\"");
		append(&words, key);
		append(&words, "\":");
	}
	return words;
}

struct line_words line_key(enum line_form form, const char *key)
{
	struct line_words words = {.length = 0};

	append(&words, form == LINE_JSON ? ",\"" : " ");
	append(&words, key);
	append(&words, form == LINE_JSON ? "\":" : "=");
	return words;
}

struct line_words line_always(enum line_form form, struct line_words words, const char *value)
{
	append(&words, form == LINE_JSON ? "\"" : "");
	append(&words, value);
	append(&words, form == LINE_JSON ? "\"" : "");
	return words;
}

struct line_words line_joined(struct line_words words, struct line_words more)
{
	char text[sizeof more.bytes + 1] = "";

	memcpy(text, more.bytes, more.length);
	append(&words, text);
	return words;
}

/* Copies all bytes of the array: a copy of a constant size is three moves. */
static inline char *put(char *to, const struct line_words *words)
{
	memcpy(to, words->bytes, sizeof words->bytes);
	return to + words->length;
}

void line_put(struct line *line, const struct line_words *words)
{
	go_on(line, put(line->at, words));
}

static inline unsigned digits_of(uint64_t value)
{
	/* clang-format off */
	static const uint64_t powers[] = {
		0, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000,
		10000000000, 100000000000, 1000000000000, 10000000000000, 100000000000000,
		1000000000000000, 10000000000000000, 100000000000000000, 1000000000000000000,
		10000000000000000000u,
	};
	/* log10 of the highest bit; may be too low by one. */
	/* log10 of the highest bit, at most one too low. */
	unsigned least = (64 - (unsigned)__builtin_clzll(value | 1)) * 1233 >> 12;

	return least + (value >= powers[least]);
}

/* Two digits with each division. */
static inline char *put_digits(char *to, uint64_t value)
{
	static const char pairs[] = "00010203040506070809101112131415161718192021222324"
				    "25262728293031323334353637383940414243444546474849"
				    "50515253545556575859606162636465666768697071727374"
				    "75767778798081828384858687888990919293949596979899";
	char *end = to + digits_of(value), *at = end;

	for (; value >= 100; value /= 100)
		memcpy(at -= 2, pairs + value % 100 * 2, 2);
	if (value >= 10)
		memcpy(at - 2, pairs + value * 2, 2);
	else
		at[-1] = (char)('0' + value);
	return end;
}

static void line_add_beyond(struct line *line, const struct line_words *words, uint64_t value)
{
	line_text_begin(line, words);
	go_on(line, put_digits(line->at, value));
	line_text_end(line);
}

void line_unsigned(struct line *line, const struct line_words *words, uint64_t value)
{
	/* A JSON parser cannot read a number above INT64_MAX; an undamaged trace has none. */
	if (value > INT64_MAX && line->form == LINE_JSON)
		line_add_beyond(line, words, value);
	else
		go_on(line, put_digits(put(line->at, words), value));
}

void line_signed(struct line *line, const struct line_words *words, int64_t value)
{
	char *at = put(line->at, words);

	if (value < 0)
		*at++ = '-';
	go_on(line, put_digits(at, value < 0 ? -(uint64_t)value : (uint64_t)value));
}

void line_null(struct line *line, const struct line_words *words)
{
	char *at = put(line->at, words);

	if (line->form == LINE_JSON)
		go_on(line, (char *)memcpy(at, "null", 4) + 4);
	else
		go_on(line, (char *)memcpy(at, "?", 1) + 1);
}

void line_end(struct line *line)
{
	char *at = line->at;

	if (line->form == LINE_JSON)
		*at++ = '}';
	*at++ = '\n';
	go_on(line, at);
}

static inline char *put_quote(const struct line *line, char *to)
{
	*to = '"';
	return to + (line->form == LINE_JSON);
}

void line_text_begin(struct line *line, const struct line_words *words)
{
	go_on(line, put_quote(line, put(line->at, words)));
}

void line_text_end(struct line *line)
{
	go_on(line, put_quote(line, line->at));
}

static void add_bytes(struct line *line, const char *bytes, size_t length)
{
	go_on(line, (char *)memcpy(line->at, bytes, length) + length);
}

/* The escape from which a parser makes the same character; beyond 16 bits it is a pair. */
static void add_json(struct line *line, uint32_t point)
{
	char text[16];
	int length = point < 0x10000 ? snprintf(text, sizeof text, "\\u%04x", point)
				     : snprintf(text, sizeof text, "\\u%04x\\u%04x",
						0xd800 + ((point - 0x10000) >> 10),
						0xdc00 + ((point - 0x10000) & 0x3ff));

	add_bytes(line, text, (size_t)length);
}

/* In JSON an unprintable character is escaped so that parsers restore it; invalid UTF-8 cannot
 * be restored. */
static void add_hidden(struct line *line, struct printable character)
{
	char escaped[PRINTABLE_ESCAPE_BYTES];

	if (line->form == LINE_JSON && character.valid) {
		add_json(line, character.point);
		return;
	}
	size_t length = printable_escape(escaped, character);

	if (line->form == LINE_JSON)
		add_bytes(line, "\\", 1);
	add_bytes(line, escaped, length);
}

void line_add(struct line *line, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length;) {
		struct printable character = printable_at(bytes + i, length - i);

		if (character.shown && line->form == LINE_JSON &&
		    (bytes[i] == '"' || bytes[i] == '\\'))
			add_bytes(line, "\\", 1);
		if (character.shown)
			add_bytes(line, bytes + i, character.bytes);
		else
			add_hidden(line, character);
		i += character.bytes;
	}
}

void line_add_format(struct line *line, const char *format, ...)
{
	char text[101];
	va_list list;

	va_start(list, format);
	int length = vsnprintf(text, sizeof text, format, list);
	va_end(list);
	if (length < 0 || (size_t)length >= sizeof text)
		abort();
	line_add(line, text, (size_t)length);
}

void line_text(struct line *line, const struct line_words *words, const char *bytes,
	       size_t length)
{
	if (!bytes) {
		line_null(line, words);
		return;
	}
	line_text_begin(line, words);
	line_add(line, bytes, length);
	line_text_end(line);
}
