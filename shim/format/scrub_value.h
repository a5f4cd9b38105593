/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scrub_value.h - where a secret begins and ends in a text (a part of scrub.h).
 */
#ifndef UNFLUSHED_FORMAT_SCRUB_VALUE_H
#define UNFLUSHED_FORMAT_SCRUB_VALUE_H

#include "format/scrub_names.h"

static inline bool scrub_is_quote(char letter)
{
	return letter == '"' || letter == '\'' || letter == '`';
}

static inline bool scrub_is_blank(char letter)
{
	return letter == ' ' || letter == '\t' || letter == '\n' || letter == '\r';
}

static inline bool scrub_ends_word(char letter)
{
	return scrub_is_blank(letter) || scrub_is_quote(letter) || letter == '\\';
}

static inline size_t scrub_blanks(const char *text, size_t bytes, size_t at)
{
	while (at < bytes && (text[at] == ' ' || text[at] == '\t'))
		at++;
	return at;
}

static inline size_t scrub_backslashes(const char *text, size_t bytes, size_t at)
{
	size_t from = at;

	while (at < bytes && text[at] == '\\')
		at++;
	return at - from;
}

/* The position behind a quote and the backslashes before it; `at`: there is no quote. */
static inline size_t scrub_quote(const char *text, size_t bytes, size_t at)
{
	size_t quote = at + scrub_backslashes(text, bytes, at);

	return quote < bytes && scrub_is_quote(text[quote]) ? quote + 1 : at;
}

/* The position behind = : => := %3D or %3A and blanks before it; `at`: there is none. */
static inline size_t scrub_separator(const char *text, size_t bytes, size_t at)
{
	size_t to = scrub_blanks(text, bytes, at);

	if (scrub_begins(text + to, bytes - to, "%3d") ||
	    scrub_begins(text + to, bytes - to, "%3a"))
		return to + 3;
	if (to >= bytes || (text[to] != '=' && text[to] != ':'))
		return at;
	to++;
	if (to < bytes && (text[to] == '>' || text[to] == '='))
		to++;
	return to;
}

/*
 * `at` is behind a quote with `depth` backslashes: returns where the text in quotes ends.
 * Quotes within the text have more backslashes; a quote with fewer ends an outer text.
 */
static inline size_t scrub_quoted(const char *text, size_t bytes, size_t at, size_t depth)
{
	char quote = text[at - 1];

	while (at < bytes) {
		size_t slashes = scrub_backslashes(text, bytes, at);
		size_t next = at + slashes;

		if (next < bytes && text[next] == quote &&
		    (depth ? slashes <= depth : slashes % 2 == 0))
			return depth ? at : next;
		at = next + 1;
	}
	return bytes;
}

/* The position behind the bracket that closes the [ or { at `at`, or the end of the text. */
static inline size_t scrub_brackets(const char *text, size_t bytes, size_t at)
{
	size_t depth = 0;

	for (; at < bytes; at++) {
		depth += text[at] == '[' || text[at] == '{';
		if ((text[at] == ']' || text[at] == '}') && --depth == 0)
			return at + 1;
	}
	return bytes;
}

/* Whether a new name begins here, or the text ends. Then the character before is a separator,
 * and no part of a password. */
static inline bool scrub_begins_pair(const char *text, size_t bytes, size_t at)
{
	while (at < bytes && (scrub_is_blank(text[at]) || text[at] == '}' || text[at] == ']' ||
			      text[at] == ')' || text[at] == ',' || text[at] == ';'))
		at++;
	size_t name = scrub_quote(text, bytes, at);
	size_t end = name + scrub_name_length(text + name, bytes - name);

	return at == bytes || (scrub_is_quote(text[at]) && name == at + 1 && name == bytes) ||
	       (end > name && scrub_separator(text, bytes, scrub_quote(text, bytes, end)) >
				      scrub_quote(text, bytes, end));
}

static inline size_t scrub_bare(const char *text, size_t bytes, size_t at)
{
	for (; at < bytes && !scrub_ends_word(text[at]); at++)
		if (strchr(",;&}])", text[at]) && scrub_begins_pair(text, bytes, at + 1))
			break;
	return at;
}

static inline size_t scrub_line(const char *text, size_t bytes, size_t at, char unless)
{
	while (at < bytes && text[at] != '\n' && !(unless && text[at] == unless))
		at++;
	return at;
}

/* Whether the value of this name may contain blanks and ends only at the end of the line. */
static inline bool scrub_is_header(const char *name, size_t bytes)
{
	return scrub_ends(name, bytes, "authorization") || scrub_ends(name, bytes, "cookie") ||
	       scrub_ends(name, bytes, "jaas.config");
}

/* *from is behind the separator: sets it to the first byte of the value, and *to behind the
 * last. */
static inline void scrub_extent(const char *text, size_t bytes, size_t name, size_t name_bytes,
				size_t *from, size_t *to)
{
	bool first = name == 0 || text[name - 1] == '\n';
	char around = name && scrub_is_quote(text[name - 1]) ? text[name - 1] : '\0';
	size_t quote = scrub_quote(text, bytes, *from);

	if (first && text[name] == '-') {
		*to = bytes;
	} else if (quote > *from) {
		*to = scrub_quoted(text, bytes, quote, quote - *from - 1);
		*from = quote;
	} else if (*from < bytes && (text[*from] == '[' || text[*from] == '{')) {
		*to = scrub_brackets(text, bytes, *from);
	} else if (first || scrub_is_header(text + name, name_bytes)) {
		*to = scrub_line(text, bytes, *from, around);
	} else {
		*to = scrub_bare(text, bytes, *from);
	}
}

/* Finds SECRET in --password SECRET, in a command line that is one text. */
static inline bool scrub_option(const char *text, size_t bytes, size_t name, size_t behind,
				size_t *from, size_t *to)
{
	*from = scrub_blanks(text, bytes, behind);
	if (*from == behind || *from == bytes || !scrub_hides_next(text + name, behind - name))
		return false;
	size_t quote = scrub_quote(text, bytes, *from);

	*to = *from;
	if (quote > *from)
		*to = scrub_quoted(text, bytes, quote, quote - *from - 1);
	else
		while (*to < bytes && !scrub_is_blank(text[*to]))
			++*to;
	*from = quote;
	return *to > *from;
}

/*
 * Finds the secret that follows the name at `name`: [*from, *to). A name that does not look
 * like a setting's (with dashes in front, in quotes, ...) may be a topic's with a partition.
 */
static inline bool scrub_value(const char *text, size_t bytes, size_t name, size_t name_bytes,
			       size_t *from, size_t *to)
{
	size_t behind = scrub_quote(text, bytes, name + name_bytes);
	size_t value = scrub_separator(text, bytes, behind);
	bool by_colon = value > behind && text[value - 1] == ':';
	bool quoted = behind > name + name_bytes;
	bool dash = text[name] == '-';
	bool topic_like =
		!dash && !quoted && (by_colon || memchr(text + name, '-', name_bytes) != NULL);

	if (value == behind)
		return scrub_option(text, bytes, name, behind, from, to);
	if ((by_colon && name && text[name - 1] == '/') ||
	    (by_colon && value < bytes && text[value] == '/' && !quoted) ||
	    !scrub_is_secret(text + name, name_bytes, topic_like))
		return false;
	*from = scrub_blanks(text, bytes, value);
	scrub_extent(text, bytes, name, name_bytes, from, to);
	return *to > *from;
}

/* ---- shapes ---- */

/* Finds the password in name:password@host, without a "scheme://" before it. */
static inline bool scrub_user_info(const char *text, size_t bytes, size_t colon, size_t *from,
				   size_t *to)
{
	size_t end = colon + 1;

	/* So that a list with many colons (a class path) is not searched once for each. */
	if (colon >= bytes || text[colon] != ':' || !memchr(text + colon, '@', bytes - colon))
		return false;
	*to = 0;
	for (; end < bytes && !scrub_ends_word(text[end]) && text[end] != '/'; end++)
		if (text[end] == '@' && end + 1 < bytes && scrub_in_name(text[end + 1]))
			*to = end;
	*from = colon + 1;
	return *to > *from;
}

static inline bool scrub_is_port(const char *text, size_t from, size_t to)
{
	for (; from < to; from++)
		if (text[from] < '0' || text[from] > '9')
			return false;
	return true;
}

/* `begin` is behind "://": finds the password in user:password@. A URL must not have a / in the
 * password, but some do. */
static inline bool scrub_authority(const char *text, size_t bytes, size_t begin, size_t *from,
				   size_t *to)
{
	size_t colon = 0, at = 0, slash = 0, end = begin;

	for (; end < bytes && !scrub_is_blank(text[end]) && !scrub_is_quote(text[end]); end++) {
		if (text[end] == '/' && !slash)
			slash = end;
		if (text[end] == ':' && !colon && !slash)
			colon = end;
		if (text[end] == '@' && (!slash || !at))
			at = end;
	}
	*from = colon + 1;
	*to = at;
	return colon && at > *from &&
	       !(slash && slash < at && scrub_is_port(text, *from, slash));
}

static inline size_t scrub_find(const char *text, size_t bytes, size_t at, const char *word)
{
	while (at < bytes && !scrub_begins(text + at, bytes - at, word))
		at++;
	return at;
}

#define SCRUB_PEM_LABEL 40 /* "-----BEGIN ENCRYPTED PRIVATE KEY-----" has 37 */

static inline bool scrub_private_key(const char *text, size_t bytes, size_t at, size_t *from,
				     size_t *to)
{
	static const char label[] = "private key-----";
	size_t most = bytes - at < SCRUB_PEM_LABEL ? bytes : at + SCRUB_PEM_LABEL;

	if (!scrub_begins(text + at, bytes - at, "-----begin "))
		return false;
	*from = scrub_find(text, most, at, label) + sizeof(label) - 1;
	*to = scrub_find(text, bytes, *from, "-----end");
	return *from <= most && *to > *from;
}

#endif
