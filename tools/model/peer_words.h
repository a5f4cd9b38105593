/* SPDX-License-Identifier: Apache-2.0 */
/*
 * peer_words.h - texts about the addresses that a process tried to connect to,
 * and about the results.
 */
#ifndef UNFLUSHED_MODEL_PEER_WORDS_H
#define UNFLUSHED_MODEL_PEER_WORDS_H

#include "model/model.h"

/* "kafka:9092 (10.0.0.7:9092)" */
const char *words_peer(struct run *run, const struct peer *peer);

/* "12 connects were refused, 1 connect timed out"; NULL for a peer that was reached and never
 * failed. */
const char *words_peer_ends(struct run *run, const struct peer *peer);

/* "Produce"; "API 42" for one without a name here; UNKNOWN: "several". */
const char *words_api(struct run *run, int64_t api);

/* The error of the last attempt that failed, "ECONNREFUSED" or "Name or service not known"; or
 * NULL. */
const char *words_peer_error(const struct peer *peer);

#endif
