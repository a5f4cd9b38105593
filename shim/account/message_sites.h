/* SPDX-License-Identifier: Apache-2.0 */
/*
 * message_sites.h - which call site a message on its way came from.
 *
 * An acknowledgement names a message, not the line that produced it; nothing
 * of the message is ours to mark. Most producers have one site, and pay
 * nothing here. From a producer's second site on, messages that are not of
 * the first one are remembered by address from on_send to acknowledgement.
 */
#ifndef UNFLUSHED_ACCOUNT_MESSAGE_SITES_H
#define UNFLUSHED_ACCOUNT_MESSAGE_SITES_H

#include "account/state.h"

/* A message of `site` (row plus 1, 0 unknown) was taken. */
void message_site_sent(struct account_producer *producer, const void *message, uint32_t site);

/* The site of a message that is done, which is then forgotten. */
uint32_t message_site_done(struct account_producer *producer, const void *message);

/* Forgets what a destroyed producer's dropped messages left behind. */
void message_sites_clear(const struct account_producer *producer);

#endif
