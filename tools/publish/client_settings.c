/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client_settings.c - see client_settings.h.
 */
#include "publish/client_settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file/regular.h"
#include "memory/memory.h"

#define FILE_BYTES_MOST (1024 * 1024)
#define BLANKS " \t\r"

/* librdkafka's error text repeats the value, which may be a password: so only the name is
 * printed. */
static bool set(rd_kafka_conf_t *conf, const char *name, const char *value,
		char why[CLIENT_SETTINGS_WHY_BYTES])
{
	char words[512];

	switch (rd_kafka_conf_set(conf, name, value, words, sizeof words)) {
	case RD_KAFKA_CONF_OK:
		return true;
	case RD_KAFKA_CONF_UNKNOWN:
		snprintf(why, CLIENT_SETTINGS_WHY_BYTES, "librdkafka has no setting '%s'",
			 name);
		return false;
	default:
		snprintf(why, CLIENT_SETTINGS_WHY_BYTES,
			 "librdkafka does not take this value of '%s'", name);
		return false;
	}
}

static char *trimmed(char *text)
{
	text += strspn(text, BLANKS);
	for (size_t end = strlen(text); end && strchr(BLANKS, text[end - 1]); end--)
		text[end - 1] = '\0';
	return text;
}

/* Changes `text` while it splits it. */
static bool take(rd_kafka_conf_t *conf, char *text, char why[CLIENT_SETTINGS_WHY_BYTES])
{
	char *value = strchr(text, '=');

	if (!value || value == text) {
		snprintf(why, CLIENT_SETTINGS_WHY_BYTES, "a setting is NAME=VALUE");
		return false;
	}
	*value++ = '\0';
	return set(conf, trimmed(text), trimmed(value), why);
}

bool client_settings_take(rd_kafka_conf_t *conf, const char *setting,
			  char why[CLIENT_SETTINGS_WHY_BYTES])
{
	char *text = memory_text(setting);
	bool taken = take(conf, text, why);

	free(text);
	return taken;
}

static bool lines_take(rd_kafka_conf_t *conf, char *text, char why[CLIENT_SETTINGS_WHY_BYTES])
{
	char clause[CLIENT_SETTINGS_WHY_BYTES], *rest = text, *line;

	for (int number = 1; (line = strsep(&rest, "\n")); number++) {
		line = trimmed(line);
		if (!*line || *line == '#' || take(conf, line, clause))
			continue;
		snprintf(why, CLIENT_SETTINGS_WHY_BYTES, "line %d: %.700s", number, clause);
		return false;
	}
	return true;
}

bool client_settings_read(rd_kafka_conf_t *conf, const char *path,
			  char why[CLIENT_SETTINGS_WHY_BYTES])
{
	const char *reason;
	size_t bytes;
	char *text = regular_all(path, FILE_BYTES_MOST, &bytes, &reason);

	if (!text) {
		snprintf(why, CLIENT_SETTINGS_WHY_BYTES, "%s", reason);
		return false;
	}
	bool whole = strlen(text) == bytes;
	bool taken = whole && lines_take(conf, text, why);

	if (!whole)
		snprintf(why, CLIENT_SETTINGS_WHY_BYTES, "it holds a byte that is 0");
	free(text);
	return taken;
}
