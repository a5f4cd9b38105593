/* SPDX-License-Identifier: Apache-2.0 */
/*
 * readable.h - is there memory at an address?
 */
#ifndef UNFLUSHED_GUEST_READABLE_H
#define UNFLUSHED_GUEST_READABLE_H

#include <stdbool.h>
#include <stdint.h>

/* Of the eight bytes from there on, which lie in one page. Touches nothing. */
bool readable(uintptr_t address);

#endif
