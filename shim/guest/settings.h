/* SPDX-License-Identifier: Apache-2.0 */
/*
 * settings.h - the guest's settings, read once from the environment.
 */
#ifndef UNFLUSHED_SETTINGS_H
#define UNFLUSHED_SETTINGS_H

#include <stdbool.h>

#define SETTING_BYTES 1024

struct settings {
#define SETTING(field, variable, meaning) char field[SETTING_BYTES];
#include "guest/settings.def"
#undef SETTING
};

extern struct settings guest_settings;

/*
 * Reads all rows of settings.def. False in a privileged process (AT_SECURE),
 * whose environment belongs to somebody else, and before libc has an
 * environment to read.
 */
bool settings_read(void);

#endif
