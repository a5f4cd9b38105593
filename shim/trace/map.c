/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map.c - see map.h.
 */
#include "trace/map.h"

GUEST_STATE(struct trace_map, trace);
