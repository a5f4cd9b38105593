/* SPDX-License-Identifier: Apache-2.0 */
/*
 * moment.h - a point in time as people write it.
 *
 *	2026-11-27T20:13:17Z, 2026-11-27T21:13:17+01:00, with a fraction or without (RFC 3339)
 *	2026-11-27	its midnight in UTC
 *	45s, 30m, 2h, 7d	ago
 */
#ifndef UNFLUSHED_CHOOSE_MOMENT_H
#define UNFLUSHED_CHOOSE_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

/* CLOCK_REALTIME in nanoseconds, `now_ns` being now. False: it is none of these. */
bool moment_read(const char *words, int64_t now_ns, int64_t *at_ns);

#endif
