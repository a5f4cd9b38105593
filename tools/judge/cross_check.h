/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cross_check.h - do the API layer and the wire layer tell of the same requests?
 *
 * Both count what a producer of librdkafka sent: the one by the client's own word,
 * the other by the bytes that passed. Where both could see all of it they have to
 * agree; where they do not, one of them is wrong, and a verdict rests on both.
 */
#ifndef UNFLUSHED_JUDGE_CROSS_CHECK_H
#define UNFLUSHED_JUDGE_CROSS_CHECK_H

#include "model/model.h"

/* What each of them says of a producer; UNKNOWN where the wire could not see it all. */
struct layers {
	int64_t requests_api, requests_wire; /* Produce requests, written whole */
	int64_t records_api, records_wire;   /* delivered; answered */
	int64_t connections;
};

struct layers cross_check(const struct process *process, size_t producer);

bool cross_check_disagrees(const struct layers *layers);

#endif
