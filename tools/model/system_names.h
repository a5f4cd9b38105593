/* SPDX-License-Identifier: Apache-2.0 */
/*
 * system_names.h - the names that <errno.h> and <signal.h> give to numbers
 */
#ifndef UNFLUSHED_MODEL_SYSTEM_NAMES_H
#define UNFLUSHED_MODEL_SYSTEM_NAMES_H

#include <stdint.h>

/* "ECONNREFUSED"; NULL if there is no error of that number. */
const char *system_names_error(int64_t number);

/* "SIGKILL"; NULL if no signal of that number has a name. */
const char *system_names_signal(int64_t number);

#endif
