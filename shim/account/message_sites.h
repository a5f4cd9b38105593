/* SPDX-License-Identifier: Apache-2.0 */
/*
 * message_sites.h - the site that produced a message, kept until the message has ended.
 *
 * An acknowledgement names a message, not the line that produced it, and the guest may write
 * nothing into a message. Most producers have one site, and pay nothing here. From a
 * producer's second site on, each of its messages is remembered by its address from
 * on_send to acknowledgement, however many are under way.
 *
 * Any thread may call. Calls for one message must not run at the same time: librdkafka's
 * queues order on_send before the acknowledgement, and that before the next message at the
 * same address.
 */
#ifndef UNFLUSHED_ACCOUNT_MESSAGE_SITES_H
#define UNFLUSHED_ACCOUNT_MESSAGE_SITES_H

#include "account/state.h"

/* A message of `site` (row plus 1, 0 unknown) was taken. If it cannot be remembered, the
 * producer is marked PRODUCER_SITES_INEXACT, and the tool says unknown instead of wrong. */
void message_site_sent(struct account_producer *producer, const void *message, uint32_t site);

/* The site of a message that has come to its end. */
uint32_t message_site_done(const struct account_producer *producer, const void *message);

#endif
