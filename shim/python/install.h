/* SPDX-License-Identifier: Apache-2.0 */
/*
 * install.h - puts our methods into the place of a client's own.
 */
#ifndef UNFLUSHED_PYTHON_INSTALL_H
#define UNFLUSHED_PYTHON_INSTALL_H

#include <stdbool.h>

#include "python/clients.h"

/* Wraps all of a client's methods, or none: half of the counts would be wrong
 * counts. False: its classes have another shape. With the interpreter's lock. */
bool python_install(enum python_client client);

#endif
