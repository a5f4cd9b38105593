/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clients.h - the clients written in Python: which of them this process has imported, and in
 * which version.
 *
 * To add one: a row here, its methods (methods.h), the functions for them, and in
 * install.c what its classes look like.
 */
#ifndef UNFLUSHED_PYTHON_CLIENTS_H
#define UNFLUSHED_PYTHON_CLIENTS_H

#include <stdbool.h>

#include "cpython/api.h"

/*   id             name             its package        a class that is wrapped
 *                                                       looked for at connect() */
/* Aligned by hand. */
/* clang-format off */
#define PYTHON_CLIENTS(_) \
	_(KAFKA_PYTHON,  "kafka-python",    "kafka",           "KafkaProducer",          true) \
	_(AIOKAFKA,      "aiokafka",        "aiokafka",        "AIOKafkaProducer",       true) \
	_(CONFLUENT,     "AIOProducer",     "confluent_kafka", "ProducerBatchManager",   false)
/* clang-format on */

enum python_client {
#define CLIENT_ID(id, name, package, class, connects) PYTHON_CLIENT_##id,
	PYTHON_CLIENTS(CLIENT_ID)
#undef CLIENT_ID
		PYTHON_CLIENT_COUNT,
};

#define PYTHON_CLIENT_VERSION_BYTES 32

struct python_client_seen {
	const char *name;
	const char *package;
	const char *class;
	bool connects;
	enum { PYTHON_CLIENT_ABSENT = 0, PYTHON_CLIENT_PROBED, PYTHON_CLIENT_REFUSED } state;
	char version[PYTHON_CLIENT_VERSION_BYTES]; /* "" unknown */
};

/* Not wiped by a fork, which keeps the wrapped classes, too. All that follows needs the
 * interpreter's lock. */
extern struct python_client_seen python_clients[PYTHON_CLIENT_COUNT];

/* A new reference to a class, by the module that uses it. */
object *python_client_class(const char *name);

/* Where it is imported whole: a module that is still being imported has no class. */
bool python_client_is_imported(enum python_client client);

/* Reads the version from the client's package into python_clients. */
void python_client_version_keep(enum python_client client);

/* Writes into the trace of this process which clients there are; also in a forked child, which
 * inherits them wrapped. */
void python_clients_note(void);

#endif
