/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scrub.h - removes secrets from a text before it enters a trace or a report.
 *
 * The shim and the tools are built apart and share this folder alone, so the
 * common source is a header. It allocates nothing and uses only string.h,
 * because it runs in the host.
 *
 * A secret follows a name such as `sasl.password=` or "access_token":, or has a known form (a
 * private key, user:password@host, an issuer's prefix). Where the end of a secret is not clear,
 * more is hidden: `***` in the place of a harmless word does less damage than a password in a
 * build's log. A secret word that no separator follows, as in the name of a topic, is not
 * hidden: password-resets, token-events:3.
 *
 * To add a name: a word in the lists of scrub_names.h. A shape: a row of scrub_shapes, or a
 * line of scrub_at_name(). Each has a row in tests/unit/format/test_scrub.c.
 */
#ifndef UNFLUSHED_FORMAT_SCRUB_H
#define UNFLUSHED_FORMAT_SCRUB_H

#include "format/scrub_names.h"
#include "format/scrub_value.h"

/* State from one argument of a command to the next; all zeros before the first. */
struct scrub {
	bool hides_next;	/* the argument before was --password */
	bool next_is_user_info; /* it was --user: name:password may follow */
};

struct scrub_text {
	const char *text;
	size_t bytes;
	char *to;
	size_t room, at;
};

static inline void scrub_put(struct scrub_text *it, const char *from, size_t bytes)
{
	if (bytes > it->room - it->at)
		bytes = it->room - it->at;
	memcpy(it->to + it->at, from, bytes);
	it->at += bytes;
}

static const struct {
	const char *begins;
	size_t least; /* bytes that must follow */
} scrub_shapes[] = {
	{"AKIA", 16},	     {"ASIA", 16},     {"ghp_", 20},
	{"gho_", 20},	     {"ghu_", 20},     {"ghs_", 20},
	{"ghr_", 20},	     {"glpat-", 16},   {"xoxb-", 10},
	{"xoxp-", 10},	     {"xoxa-", 10},    {"xoxs-", 10},
	{"xapp-", 10},	     {"AIza", 30},     {"hvs.", 20},
	{"sk_live_", 10},    {"rk_live_", 10}, {"npm_", 30},
	{"github_pat_", 20}, {"eyJ", 20}, /* a JSON Web Token: {" in base64 */
};

/* The length of the token at `text`, recognised by its prefix (scrub_shapes); 0: it is none. */
static inline size_t scrub_shape(const char *text, size_t bytes)
{
	size_t run = 0;

	while (run < bytes && (scrub_in_name(text[run]) || text[run] == '+' ||
			       text[run] == '/' || text[run] == '='))
		run++;
	for (size_t i = 0; i < sizeof(scrub_shapes) / sizeof(*scrub_shapes); i++) {
		size_t begins = strlen(scrub_shapes[i].begins);

		if (run >= begins + scrub_shapes[i].least &&
		    memcmp(text, scrub_shapes[i].begins, begins) == 0)
			return run;
	}
	return 0;
}

/* The length of a scheme of HTTP's Authorization, as "Bearer" in "Bearer TOKEN"; 0: it is none.
 */
static inline size_t scrub_scheme(const char *text, size_t bytes)
{
	static const char *const schemes[] = {"bearer", "basic", "digest", "negotiate",
					      "token"};

	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++)
		if (bytes == strlen(schemes[i]) && scrub_is(text, bytes, schemes[i]))
			return bytes;
	return 0;
}

/* Whether it looks like random characters and not like a word. */
static inline bool scrub_is_random(const char *text, size_t bytes)
{
	size_t digits = 0;

	for (size_t i = 0; i < bytes; i++)
		digits += text[i] >= '0' && text[i] <= '9';
	return bytes >= 8 && (bytes >= 20 || digits > 0);
}

/* The bytes from `from` to before `to` are hidden. */
struct scrub_span {
	size_t from, to;
};

static inline bool scrub_after_scheme(const struct scrub_text *it, size_t at, size_t name,
				      struct scrub_span *span)
{
	size_t from = at + name + 1, to = from;

	if (!scrub_scheme(it->text + at, name) || from >= it->bytes ||
	    it->text[from - 1] != ' ')
		return false;
	while (to < it->bytes && !scrub_ends_word(it->text[to]))
		to++;
	*span = (struct scrub_span){from, to};
	return scrub_is_random(it->text + from, to - from);
}

/* Finds a secret at a name: a token, name=secret, name:password@host, Bearer TOKEN. */
static inline bool scrub_at_name(const struct scrub_text *it, size_t at, size_t name,
				 struct scrub_span *span)
{
	size_t token = scrub_shape(it->text + at, it->bytes - at);

	if (token) {
		*span = (struct scrub_span){at, at + token};
		return true;
	}
	if (scrub_value(it->text, it->bytes, at, name, &span->from, &span->to))
		return true;
	return scrub_user_info(it->text, it->bytes, at + name, &span->from, &span->to) ||
	       scrub_after_scheme(it, at, name, span);
}

static inline bool scrub_at_other(const struct scrub_text *it, size_t at,
				  struct scrub_span *span)
{
	return scrub_private_key(it->text, it->bytes, at, &span->from, &span->to) ||
	       (scrub_begins(it->text + at, it->bytes - at, "://") &&
		scrub_authority(it->text, it->bytes, at + 3, &span->from, &span->to));
}

static inline void scrub_scan(struct scrub_text *it)
{
	size_t at = 0;

	while (at < it->bytes && it->at < it->room) {
		size_t name = scrub_name_length(it->text + at, it->bytes - at);
		struct scrub_span span;
		bool found = scrub_at_other(it, at, &span) ||
			     (name && scrub_at_name(it, at, name, &span));
		size_t shown = found ? span.from - at : name ? name : 1;

		scrub_put(it, it->text + at, shown);
		at += shown;
		if (!found)
			continue;
		scrub_put(it, "***", 3);
		at = span.to;
	}
}

/* Writes `text` without its secrets to `to`, at most `room` bytes and without a NUL, and
 * returns how many. Bytes beyond `room` are left out. */
static inline size_t scrub_text(const char *text, size_t bytes, char *to, size_t room)
{
	struct scrub_text it = {.text = text, .bytes = bytes, .to = to, .room = room};

	scrub_scan(&it);
	return it.at;
}

static inline size_t scrub_hidden(char *to, size_t room)
{
	size_t bytes = room < 3 ? room : 3;

	memcpy(to, "***", bytes);
	return bytes;
}

/* Where the password begins in name:password; `bytes` for uid:gid and host:port. */
static inline size_t scrub_user(const char *text, size_t bytes)
{
	const char *colon = memchr(text, ':', bytes);
	size_t from = colon ? (size_t)(colon - text) + 1 : bytes;

	for (size_t i = from; i < bytes; i++)
		if (text[i] < '0' || text[i] > '9')
			return from;
	return bytes;
}

/* scrub_text() for one argument of a command; to be called for all, in their order. */
static inline size_t scrub_argument(struct scrub *scrub, const char *text, size_t bytes,
				    char *to, size_t room)
{
	const struct scrub before = *scrub;

	*scrub = (struct scrub){
		.hides_next = before.hides_next ? scrub_scheme(text, bytes) > 0
						: scrub_hides_next(text, bytes),
		.next_is_user_info = scrub_is_user_option(text, bytes),
	};
	if (before.hides_next && bytes)
		return scrub_hidden(to, room);
	if (before.next_is_user_info) {
		size_t shown = scrub_user(text, bytes);

		if (shown < bytes && shown <= room) {
			memcpy(to, text, shown);
			return shown + scrub_hidden(to + shown, room - shown);
		}
	}
	return scrub_text(text, bytes, to, room);
}

#endif
