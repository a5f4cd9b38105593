/* SPDX-License-Identifier: Apache-2.0 */
/*
 * account.h - the accounts of KafkaProducer objects.
 */
#ifndef UNFLUSHED_JAVA_ACCOUNT_H
#define UNFLUSHED_JAVA_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "account/producers.h"
#include "guest/guest.h"
#include "java/jvm/api.h"
#include "java/client.h"

/* The account of a JVMTI tag: objects of a producer have the index of its account plus 1 as
 * their tag. */
struct account_producer *java_account(int64_t tag);
/* Opens the account at need; NULL: the object is not whole. */
struct account_producer *java_account_sender(jni_env env, const struct java_client *client,
					     java_ref sender);
/* The same on the thread that makes it, whose name says nothing. */
struct account_producer *java_account_sender_made(jni_env env, const struct java_client *client,
						  java_ref sender);
struct account_producer *java_account_producer(jni_env env, const struct java_client *client,
					       java_ref producer);
/* The same by its set of incomplete batches: the first one may be full of records before the
 * Sender, in the method that it was in when that was woven, comes round to say whose they are.
 */
struct account_producer *java_account_batches(const struct java_client *client,
					      java_ref incomplete);
/* A batch of one of this client's producers enters a request, and whose it is cannot be asked
 * any more (jni_is_over()): it counts for each of them, because messages that entered no
 * request are called lost. */
void java_account_requested_late(const struct java_client *client, uint64_t records);
/* The account of this client's only producer; NULL: it has none, or several. */
struct account_producer *java_account_only(const struct java_client *client);
/* Whether there is an account whose KafkaProducer object has not been seen yet. */
bool java_account_is_unmet(void);
/* Whether there is no such account, and no refused message is open (account/refused.h). */
bool java_account_is_quiet(void);

/* A child of vfork, on this memory, runs no Java: it is not asked about. */
static inline bool java_account_is_recording(void)
{
	return guest_phase() == GUEST_RECORDING;
}

/* The account of the KafkaProducer whose method is running. */
static inline struct account_producer *java_account_self(jni_env env, java_ref target,
							 java_ref self)
{
	const struct java_client *client =
		java_account_is_recording() ? java_client_of(target) : NULL;

	return client ? java_account_producer(env, client, self) : NULL;
}

#endif
