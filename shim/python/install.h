/* SPDX-License-Identifier: Apache-2.0 */
/*
 * install.h - replaces methods of a client's classes by the guest's functions.
 */
#ifndef UNFLUSHED_PYTHON_INSTALL_H
#define UNFLUSHED_PYTHON_INSTALL_H

#include <stdbool.h>

#include "python/clients.h"

/* Wraps all methods of methods.h that the client has, or none, because with some of them
 * missing the counts would be wrong. False: its classes are not as expected. With the
 * interpreter's lock. */
bool python_install(enum python_client client);

#endif
