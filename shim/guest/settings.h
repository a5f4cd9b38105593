/* SPDX-License-Identifier: Apache-2.0 */
/*
 * settings.h - the guest's settings, read once from the environment.
 */
#ifndef UNFLUSHED_GUEST_SETTINGS_H
#define UNFLUSHED_GUEST_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#define SETTING_BYTES 1024

struct settings {
#define SETTING(field, variable, meaning) char field[SETTING_BYTES];
#include "guest/settings.def"
#undef SETTING
};

extern struct settings guest_settings;

/*
 * Reads all rows of settings.def. False in a privileged process (AT_SECURE),
 * whose environment another user may have set, and before libc has an
 * environment to read.
 */
bool settings_read(void);

/* The program would not have started with the auditor (audit/begin.c). */
extern bool settings_auditor_aside;

/* What was learned of the process before it has a trace (linked/): bits of enum trace_note. */
extern uint32_t settings_early_notes;

/*
 * How much of the place is taken: a setting's word, and what it means. The
 * first is the default. Python's own file and line are kept in all but "off".
 *
 * The whole stack is the default: it says most, and a loop that produces from
 * one place takes it once.
 */
#define SITE_LEVELS(_)                                                                         \
	_(STACK, "stack")     /* the return addresses up to main, by libunwind */              \
	_(ADDRESS, "address") /* the call's return address alone; no libunwind */              \
	_(OFF, "off")	      /* nothing: site 0 for every message */

enum site_level {
#define LEVEL(name, word) SITES_##name,
	SITE_LEVELS(LEVEL)
#undef LEVEL
};

extern enum site_level settings_site_level;

/* Reads the level out of the settings, once per trace and before any site is asked
 * for. Returns what the process's row has to say of it (bits of enum trace_note). */
uint32_t settings_site_level_read(void);

#endif
