/* SPDX-License-Identifier: Apache-2.0 */
/*
 * readable.h - is there memory at an address?
 */
#ifndef UNFLUSHED_GUEST_READABLE_H
#define UNFLUSHED_GUEST_READABLE_H

#include <stdbool.h>
#include <stdint.h>

/* Whether the eight bytes from `address` on can be read. They must lie in one page. The guest
 * itself does not access them. */
bool readable(uintptr_t address);

#endif
