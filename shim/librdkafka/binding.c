/* SPDX-License-Identifier: Apache-2.0 */
/*
 * binding.c - see binding.h.
 */
#include "librdkafka/binding.h"

#include <string.h>

#include "guest/loaded.h"
#include "librdkafka/configuration.h"

/* clang-format off */
#define BINDING(id, by, what, without, with, does) \
	{BINDING_##id, BINDING_BY_##by, what, BINDING_TELLS_##without, BINDING_TELLS_##with, \
	 BINDING_DOES_##does},
static const struct binding bindings[] = {
#include "librdkafka/bindings.def"
};
/* clang-format on */
#define BINDINGS (sizeof bindings / sizeof *bindings)

/* The properties of a configuration by which a binding is recognised. */
struct signs {
	char name[64];
	struct loaded object; /* that contains the callback */
	bool has_callback, is_loaded;
};

static bool fits(const struct binding *binding, const struct signs *signs)
{
	switch (binding->by) {
	case BINDING_BY_NAME:
		return strcmp(binding->what, signs->name) == 0;
	case BINDING_BY_PATH:
		return signs->is_loaded && strstr(signs->object.path, binding->what);
	case BINDING_BY_MADE:
		return signs->has_callback && !signs->is_loaded;
	case BINDING_BY_BESIDE:
		return signs->is_loaded && strstr(signs->object.path, "/librdkafka++.so") &&
		       loaded_has_path(binding->what);
	case BINDING_BY_TEXT:
		break;
	}
	return false;
}

const struct binding *binding_find(const struct copy *copy, const rd_kafka_conf_t *conf,
				   const void *callback)
{
	struct signs signs = {.has_callback = callback};

	configuration_text(copy, conf, "client.software.name", signs.name, sizeof signs.name);
	signs.is_loaded = callback && loaded_find(callback, &signs.object);
	for (size_t i = 1; i < BINDINGS; i++)
		if (fits(&bindings[i], &signs))
			return &bindings[i];
	return &bindings[0];
}

const struct binding *binding_by_text(const void *inside)
{
	struct loaded object;

	if (!inside || !loaded_find(inside, &object))
		return NULL;
	for (size_t i = 1; i < BINDINGS; i++)
		if (bindings[i].by == BINDING_BY_TEXT &&
		    loaded_has_text(&object, bindings[i].what))
			return &bindings[i];
	return NULL;
}

const struct binding *binding_none(void)
{
	return &bindings[0];
}
