/* SPDX-License-Identifier: Apache-2.0 */
/*
 * settings.c - reads the guest's settings.
 *
 * Read from `environ` directly: hosts may replace getenv(), and this runs
 * before their constructors.
 */
#include "guest/settings.h"

#include <string.h>
#include <sys/auxv.h>

#include "format/format.h"

extern char **environ;

struct settings guest_settings;

static void setting_take(char *field, const char *variable, size_t variable_bytes,
			 const char *entry)
{
	if (strncmp(entry, variable, variable_bytes) != 0 || entry[variable_bytes] != '=')
		return;
	const char *value = entry + variable_bytes + 1;
	size_t bytes = strlen(value);

	if (bytes < SETTING_BYTES)
		memcpy(field, value, bytes + 1);
}

bool settings_auditor_aside;
uint32_t settings_early_notes;

/* LD_AUDIT for the programs that this one starts, or execs: see audit/begin.c. */
static void auditor_call_back(char *entry)
{
	if (strncmp(entry, "LD-AUDIT=", 9) == 0) {
		entry[2] = '_';
		settings_auditor_aside = true;
	} else if (strncmp(entry, "ld-AUDIT=", 9) == 0) {
		entry[0] = 'L';
		entry[1] = 'D';
	}
}

bool settings_read(void)
{
	if (!environ || getauxval(AT_SECURE))
		return false;
	for (char **entry = environ; *entry; entry++) {
		auditor_call_back(*entry);
		if (strncmp(*entry, "UNFLUSHED_", 10) != 0)
			continue;
#define SETTING(field, variable, meaning)                                                      \
	setting_take(guest_settings.field, variable, sizeof variable - 1, *entry);
#include "guest/settings.def"
#undef SETTING
	}
	return true;
}

enum site_level settings_site_level;

static const char *const level_words[] = {
#define LEVEL(name, word) [SITES_##name] = word,
	SITE_LEVELS(LEVEL)
#undef LEVEL
};
#define LEVELS (sizeof level_words / sizeof *level_words)

uint32_t settings_site_level_read(void)
{
	size_t level = 0;

	settings_site_level = SITES_STACK;
	if (!guest_settings.sites[0])
		return 0;
	while (level < LEVELS && strcmp(guest_settings.sites, level_words[level]) != 0)
		level++;
	if (level == LEVELS)
		return NOTE_SITES_UNKNOWN;
	settings_site_level = (enum site_level)level;
	return level == SITES_STACK ? 0 : NOTE_SITES_LESS;
}
