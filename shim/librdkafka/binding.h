/* SPDX-License-Identifier: Apache-2.0 */
/*
 * binding.h - which binding, if any, is between the application and librdkafka (bindings.def):
 * the library that offers librdkafka to another language.
 */
#ifndef UNFLUSHED_LIBRDKAFKA_BINDING_H
#define UNFLUSHED_LIBRDKAFKA_BINDING_H

#include "calls/resolve.h"
#include "format/format.h"

enum binding_tells { BINDING_TELLS_NOBODY, BINDING_TELLS_APPLICATION, BINDING_TELLS_BINDING };

enum binding_known_by {
	BINDING_BY_NAME,
	BINDING_BY_PATH,
	BINDING_BY_MADE,
	BINDING_BY_TEXT,
	BINDING_BY_BESIDE,
};

enum binding_does {
	BINDING_DOES_NOTHING = 0,
	BINDING_DOES_POLLS = 1 << 0,
	BINDING_DOES_PURGES = 1 << 1,
	BINDING_DOES_NAMES = 1 << 2,
	BINDING_DOES_POLLS_NAMES = BINDING_DOES_POLLS | BINDING_DOES_NAMES,
	BINDING_DOES_PURGES_NAMES = BINDING_DOES_PURGES | BINDING_DOES_NAMES,
};

struct binding {
	enum trace_binding id;
	enum binding_known_by by;
	const char *what;
	enum binding_tells without_opaque;
	enum binding_tells with_opaque;
	uint32_t does; /* bits of enum binding_does */
};

/* The binding that made this configuration, whose delivery callback is `callback` (NULL none),
 * as far as the two show it. Never NULL; owned by binding.c. */
const struct binding *binding_find(const struct copy *copy, const rd_kafka_conf_t *conf,
				   const void *callback);

/* The binding whose text is in the read-only memory of the object that holds the address
 * `inside`; NULL: none. Reads all of that memory, so not on the path of a call. */
const struct binding *binding_by_text(const void *inside);

/* The entry that stands for no binding (BINDING_NONE). */
const struct binding *binding_none(void);

static inline enum trace_binding binding_id(const struct binding *binding)
{
	return binding->id;
}

static inline bool binding_does(const struct binding *binding, enum binding_does what)
{
	return binding->does & what;
}

static inline enum binding_tells binding_tells(const struct binding *binding,
					       const void *opaque)
{
	/* Newer confluent-kafka-pythons always give an opaque, two words: the producer, and
	 * the on_delivery, or NULL. */
	if (opaque && binding->id == BINDING_PYTHON && !((void *const *)opaque)[1])
		return BINDING_TELLS_NOBODY;
	return opaque ? binding->with_opaque : binding->without_opaque;
}

#endif
