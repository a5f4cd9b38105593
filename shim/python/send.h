/* SPDX-License-Identifier: Apache-2.0 */
/*
 * send.h - how a message that was refused is known again.
 */
#ifndef UNFLUSHED_PYTHON_SEND_H
#define UNFLUSHED_PYTHON_SEND_H

#include <stdint.h>

#include "account/refused.h"
#include "cpython/api.h"

/* What a call of send(topic, value, key) was offered; valid as long as its arguments. */
struct refused_message python_send_message(object *const *args, ssize_t count, object *names);

/* It was accepted: it may have been refused before. */
void python_send_accepted(struct account_producer *producer, object *const *args, ssize_t count,
			  object *names);

#endif
