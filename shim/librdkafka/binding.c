/* SPDX-License-Identifier: Apache-2.0 */
/*
 * binding.c - see binding.h.
 */
#include "librdkafka/binding.h"

#include <string.h>

#include "guest/loaded.h"
#include "librdkafka/configuration.h"

/* clang-format off */
#define BINDING(id, name, part, without, with, polls) \
	{BINDING_##id, name, part, BINDING_TELLS_##without, BINDING_TELLS_##with, polls},
static const struct binding bindings[] = {
#include "librdkafka/bindings.def"
};
/* clang-format on */

const struct binding *binding_find(const struct copy *copy, const rd_kafka_conf_t *conf,
				   const void *callback)
{
	char name[64] = "";
	struct loaded object = {.path = ""};

	configuration_text(copy, conf, "client.software.name", name, sizeof name);
	if (callback && !loaded_find(callback, &object))
		object.path = "";
	for (size_t i = 1; i < sizeof bindings / sizeof *bindings; i++) {
		const struct binding *at = &bindings[i];

		if ((at->software_name && strcmp(at->software_name, name) == 0) ||
		    (at->path_part && strstr(object.path, at->path_part)))
			return at;
	}
	return &bindings[0];
}
