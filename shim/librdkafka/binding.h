/* SPDX-License-Identifier: Apache-2.0 */
/*
 * binding.h - who stands between the application and librdkafka (bindings.def).
 */
#ifndef UNFLUSHED_LIBRDKAFKA_BINDING_H
#define UNFLUSHED_LIBRDKAFKA_BINDING_H

#include "librdkafka/handles.h"

enum binding_tells { BINDING_TELLS_NOBODY, BINDING_TELLS_APPLICATION, BINDING_TELLS_BINDING };

struct binding {
	enum trace_binding id;
	const char *software_name;
	const char *path_part;
	enum binding_tells without_opaque;
	enum binding_tells with_opaque;
	bool polls; /* reports are taken by a thread of its own */
};

/* The binding that made this configuration, whose delivery callback is `callback` (NULL none).
 * Never NULL; owned by binding.c. */
const struct binding *binding_find(const struct copy *copy, const rd_kafka_conf_t *conf,
				   const void *callback);

static inline enum trace_binding binding_id(const struct binding *binding)
{
	return binding->id;
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
