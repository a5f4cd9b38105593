/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scrub_names.h - which names stand before a secret (a part of scrub.h).
 *
 * A name is split at . _ - and between a small letter and a capital one. One part that is a
 * secret word is enough (KAFKA_PASSWORD_OLD), unless the last part says that the value is not
 * the secret itself (ssl.key.location, token-ttl).
 */
#ifndef UNFLUSHED_FORMAT_SCRUB_NAMES_H
#define UNFLUSHED_FORMAT_SCRUB_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* A part that contains one of these is a secret word. */
static const char *const scrub_within[] = {
	"password",   "passwd", "passphrase", "passcode",   "secret",
	"credential", "apikey", "accesskey",  "privatekey", "accountkey"};
/* A part that ends with one of these is one, too. */
static const char *const scrub_endings[] = {"token", "tokens", "pwd",
					    "pass",  "cookie", "authorization"};
/* A part that equals one of these is one, too. */
static const char *const scrub_words[] = {"auth",      "passin", "passout", "jaas",
					  "signature", "sig",	 "cookies", "pw"};
/* Words that end like scrub_endings and are no secret words. */
static const char *const scrub_no_words[] = {"bypass", "compass", "encompass"};
/* If the part before "key" ends with one of these, the key is a secret; other keys are those of
 * messages. */
static const char *const scrub_keys[] = {
	"api",	      "access",	  "private", "secret", "account", "signing", "ssl",
	"encryption", "keystore", "master",  "shared", "session", "auth",    "subscription",
	"hmac",	      "license",  "ssh",     "client", "service", "deploy"};
/* If the last part equals one of these, the value is no secret: it only describes one. */
static const char *const scrub_about[] = {
	"file",	   "files",	"path",	    "dir",	"directory", "location",  "url",
	"uri",	   "endpoint",	"host",	    "ttl",	"timeout",   "ms",	  "sec",
	"seconds", "length",	"len",	    "size",	"count",     "type",	  "name",
	"method",  "mechanism", "protocol", "provider", "class",     "algorithm", "format",
	"source",  "stdin",	"prompt",   "enabled",	"required",  "policy",	  "interval",
	"topic",   "topics",	"expiry",   "handler",	"store",     "serializer"};

#define SCRUB_COUNT(list) (sizeof(list) / sizeof(*(list)))

static inline char scrub_lower(char letter)
{
	return letter >= 'A' && letter <= 'Z' ? (char)(letter | 0x20) : letter;
}

static inline bool scrub_in_name(char letter)
{
	char lower = scrub_lower(letter);

	return (lower >= 'a' && lower <= 'z') || (letter >= '0' && letter <= '9') ||
	       letter == '_' || letter == '-' || letter == '.';
}

static inline size_t scrub_name_length(const char *text, size_t bytes)
{
	size_t length = 0;

	while (length < bytes && scrub_in_name(text[length]))
		length++;
	return length;
}

/* `word` is in lower case. */
static inline bool scrub_begins(const char *text, size_t bytes, const char *word)
{
	size_t i = 0;

	while (i < bytes && word[i] && scrub_lower(text[i]) == word[i])
		i++;
	return !word[i];
}

static inline bool scrub_is(const char *text, size_t bytes, const char *word)
{
	return bytes == strlen(word) && scrub_begins(text, bytes, word);
}

static inline bool scrub_ends(const char *text, size_t bytes, const char *word)
{
	size_t length = strlen(word);

	return bytes >= length && scrub_begins(text + bytes - length, length, word);
}

static inline bool scrub_holds(const char *text, size_t bytes, const char *word)
{
	for (size_t i = 0; i < bytes; i++)
		if (scrub_begins(text + i, bytes - i, word))
			return true;
	return false;
}

typedef bool scrub_compare(const char *text, size_t bytes, const char *word);

static inline bool scrub_any(scrub_compare *compare, const char *text, size_t bytes,
			     const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (compare(text, bytes, words[i]))
			return true;
	return false;
}
#define SCRUB_ANY(compare, text, bytes, list)                                                  \
	scrub_any(compare, text, bytes, list, SCRUB_COUNT(list))

/* A part of a name, and the part before it; `bytes` do not count the digits at its end. */
struct scrub_part {
	const char *text;
	size_t bytes, whole;
	const char *before;
	size_t before_bytes;
};

/* The next part behind the last one; false: there is none. */
static inline bool scrub_part_next(struct scrub_part *part, const char *name, size_t bytes)
{
	const char *end = name + bytes;
	const char *at = part->text ? part->text + part->whole : name;

	part->before = part->text;
	part->before_bytes = part->bytes;
	while (at < end && (*at == '.' || *at == '_' || *at == '-'))
		at++;
	part->text = at;
	while (at < end && *at != '.' && *at != '_' && *at != '-' &&
	       !(at > part->text && *at >= 'A' && *at <= 'Z' && at[-1] >= 'a' && at[-1] <= 'z'))
		at++;
	part->whole = part->bytes = (size_t)(at - part->text);
	while (part->bytes && part->text[part->bytes - 1] >= '0' &&
	       part->text[part->bytes - 1] <= '9')
		part->bytes--;
	return part->whole > 0;
}

static inline bool scrub_part_is_secret(const struct scrub_part *part)
{
	if (SCRUB_ANY(scrub_is, part->text, part->bytes, scrub_no_words))
		return false;
	if ((scrub_is(part->text, part->bytes, "key") ||
	     scrub_is(part->text, part->bytes, "keys")) &&
	    part->before)
		return SCRUB_ANY(scrub_ends, part->before, part->before_bytes, scrub_keys);
	return SCRUB_ANY(scrub_holds, part->text, part->bytes, scrub_within) ||
	       SCRUB_ANY(scrub_ends, part->text, part->bytes, scrub_endings) ||
	       SCRUB_ANY(scrub_is, part->text, part->bytes, scrub_words);
}

/* `strictly`: only if its last part is a secret word. */
static inline bool scrub_is_secret(const char *name, size_t bytes, bool strictly)
{
	struct scrub_part part = {0};
	bool any = false, last = false, about = false;

	while (scrub_part_next(&part, name, bytes)) {
		last = scrub_part_is_secret(&part);
		any |= last;
		about = SCRUB_ANY(scrub_is, part.text, part.bytes, scrub_about);
	}
	return strictly ? last : any && !about;
}

/* --password, -sasl-password: the next argument is the secret. Or a name whose separator is the
 * last byte. */
static inline bool scrub_hides_next(const char *text, size_t bytes)
{
	bool open = bytes && (text[bytes - 1] == ':' || text[bytes - 1] == '=');

	if (open)
		bytes--;
	return bytes > 1 && scrub_name_length(text, bytes) == bytes &&
	       (open || text[0] == '-') && !scrub_begins(text, bytes, "--no-") &&
	       scrub_is_secret(text, bytes, false);
}

static inline bool scrub_is_user_option(const char *text, size_t bytes)
{
	static const char *const options[] = {"-u", "--user", "--proxy-user", "--userinfo"};

	return SCRUB_ANY(scrub_is, text, bytes, options);
}

#endif
