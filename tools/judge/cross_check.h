/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cross_check.h - whether the API layer and the wire layer counted the same requests.
 *
 * Both count what a producer of librdkafka sent: the API layer by the client's own
 * callbacks, the wire layer by the bytes on its connections. Where both saw all of
 * it they must agree; if they do not, one of them is wrong, and verdicts use both.
 */
#ifndef UNFLUSHED_JUDGE_CROSS_CHECK_H
#define UNFLUSHED_JUDGE_CROSS_CHECK_H

#include "model/model.h"

/* The counts of both for a producer; UNKNOWN where the wire layer did not see all of it. */
struct layers {
	int64_t requests_api, requests_wire; /* Produce requests, written whole */
	int64_t records_api, records_wire;   /* delivered; answered */
	int64_t connections;
};

struct layers cross_check(const struct process *process, size_t producer);

bool cross_check_disagrees(const struct layers *layers);

#endif
