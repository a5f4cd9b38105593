/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_JUDGEABLE_H
#define UNFLUSHED_JUDGEABLE_H

#include <stdbool.h>

#include "elffile.h"

/* Why the loader will not put the shim under this program, as words that
 * follow "because"; NULL when it will. */
const char *judgeable_obstacle(const struct elffile *elf);

/* Must LD_PRELOAD be kept away from this program? Its loader would not just
 * ignore the shim but speak, or refuse to start. */
bool judgeable_must_not_preload(const struct elffile *elf);

#endif
