/* SPDX-License-Identifier: Apache-2.0 */
/*
 * asyncio.h - who waits for a future of asyncio's.
 */
#ifndef UNFLUSHED_PYTHON_ASYNCIO_H
#define UNFLUSHED_PYTHON_ASYNCIO_H

#include <stdbool.h>

#include "cpython/api.h"

/* Whether somebody waits for a future of asyncio's, and for that again. */
bool asyncio_future_is_waited_for(object *future);

#endif
