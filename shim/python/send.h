/* SPDX-License-Identifier: Apache-2.0 */
/*
 * send.h - recognises a refused message when it is sent again.
 */
#ifndef UNFLUSHED_PYTHON_SEND_H
#define UNFLUSHED_PYTHON_SEND_H

#include <stdint.h>

#include "account/refused.h"
#include "cpython/api.h"

/* What a call of send(topic, value, key) was offered; valid as long as its arguments. */
struct refused_message python_send_message(object *const *args, ssize_t count, object *names);

/* The message was accepted: if it had been refused before, that is counted as retried. */
void python_send_accepted(struct account_producer *producer, object *const *args, ssize_t count,
			  object *names);

#endif
