/* SPDX-License-Identifier: Apache-2.0 */
/*
 * version.h - which program this is, what it sees, and what it was put together from.
 */
#ifndef UNFLUSHED_CLI_VERSION_H
#define UNFLUSHED_CLI_VERSION_H

#include <stdio.h>

void version_print(FILE *out);

#endif
