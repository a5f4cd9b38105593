/* SPDX-License-Identifier: Apache-2.0 */
/*
 * send.h - how a message that was refused is known again.
 */
#ifndef UNFLUSHED_PYTHON_SEND_H
#define UNFLUSHED_PYTHON_SEND_H

#include <stdint.h>

#include "cpython/api.h"

/* What the innermost send to a producer was offered: topic, value, key. */
uint64_t python_send_print(object *const *args, ssize_t count, object *names);

#endif
