/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hosts.h - the host name for which getaddrinfo() last returned an address.
 */
#ifndef UNFLUSHED_PEER_HOSTS_H
#define UNFLUSHED_PEER_HOSTS_H

#include <netdb.h>
#include <stdint.h>

#include "peer/state.h"

/* getaddrinfo() was asked for this name, and found these. While a trace is recorded. */
void hosts_keep(const char *node, const struct addrinfo *first);

/* The name by which this address was found last, into `text`, and to how many addresses that
 * led; 0: by none. */
uint16_t hosts_find(const uint8_t address[16], char text[PEER_NAME_BYTES]);

#endif
