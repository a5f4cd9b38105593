/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unsafe_conf.c - see unsafe_conf.h.
 */
#include "librdkafka/unsafe_conf.h"

#include <string.h>

#define FIXED_IN 0x020d00ffu

/* These configurations are never freed, so no other one gets the same address. */
#define UNSAFE 32
static struct {
	rd_kafka_conf_t *conf;
	rd_kafka_conf_t *backup;
} unsafe[UNSAFE];

bool unsafe_conf_happens(const struct copy *copy)
{
	return !copy->inside && copy->version < FIXED_IN;
}

bool unsafe_conf_is_full(const struct copy *copy)
{
	return unsafe_conf_happens(copy) &&
	       __atomic_load_n(&unsafe[UNSAFE - 1].conf, __ATOMIC_ACQUIRE);
}

/* Plugins add their interceptors to a configuration, and again to a copy of it: such a
 * copy would not be equal. */
static bool has_plugins(const struct copy *copy, const rd_kafka_conf_t *conf)
{
	char text[2];
	size_t bytes = sizeof text;

	return USE(copy, rd_kafka_conf_get)(conf, "plugin.library.paths", text, &bytes) ==
		       RD_KAFKA_CONF_OK &&
	       bytes > 1;
}

rd_kafka_conf_t *unsafe_conf_backup(const struct copy *copy, const rd_kafka_conf_t *conf)
{
	if (!unsafe_conf_happens(copy) || has_plugins(copy, conf))
		return NULL;
	return USE(copy, rd_kafka_conf_dup)(conf);
}

void unsafe_conf_free(const struct copy *copy, rd_kafka_conf_t *conf, rd_kafka_conf_t *backup)
{
	rd_kafka_conf_destroy_fn *destroy =
		(rd_kafka_conf_destroy_fn *)copy->real[CALL_rd_kafka_conf_destroy];

	if (conf)
		destroy(conf);
	if (backup)
		destroy(backup);
}

void unsafe_conf_add(const struct copy *copy, rd_kafka_conf_t *conf, rd_kafka_conf_t *backup)
{
	for (int i = 0; i < UNSAFE; i++) {
		rd_kafka_conf_t *free = NULL;

		if (!__atomic_compare_exchange_n(&unsafe[i].conf, &free, conf, false,
						 __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			continue;
		unsafe[i].backup = backup;
		return;
	}
	unsafe_conf_free(copy, NULL, backup);
}

static rd_kafka_conf_t *backup_of(const rd_kafka_conf_t *conf, bool *found)
{
	for (int i = 0; i < UNSAFE; i++)
		if (conf && __atomic_load_n(&unsafe[i].conf, __ATOMIC_ACQUIRE) == conf) {
			*found = true;
			return unsafe[i].backup;
		}
	*found = false;
	return NULL;
}

bool unsafe_conf_is(const rd_kafka_conf_t *conf)
{
	bool found;

	backup_of(conf, &found);
	return found;
}

/* Copies the settings that the host has changed in `from` since `to` was copied from it.
 * Both list all properties in the same order, alternating name and value. */
static void changes_carry(const struct copy *copy, rd_kafka_conf_t *from, rd_kafka_conf_t *to)
{
	size_t from_count, to_count;
	const char **is = USE(copy, rd_kafka_conf_dump)(from, &from_count);
	const char **was = USE(copy, rd_kafka_conf_dump)(to, &to_count);
	char message[256];

	for (size_t i = 0, j = 0; i + 1 < from_count; i += 2) {
		while (j + 1 < to_count && strcmp(was[j], is[i]) != 0)
			j += 2;
		if (j + 1 >= to_count) { /* set since: it was not listed before */
			j = 0;
			USE(copy, rd_kafka_conf_set)
			(to, is[i], is[i + 1], message, sizeof message);
		} else if (strcmp(was[j + 1], is[i + 1]) != 0) {
			USE(copy, rd_kafka_conf_set)
			(to, is[i], is[i + 1], message, sizeof message);
		}
	}
	USE(copy, rd_kafka_conf_dump_free)(is, from_count);
	USE(copy, rd_kafka_conf_dump_free)(was, to_count);
}

rd_kafka_conf_t *unsafe_conf_replacement(const struct copy *copy, rd_kafka_conf_t *conf)
{
	bool found;
	rd_kafka_conf_t *backup = backup_of(conf, &found);

	if (!backup)
		return conf;
	rd_kafka_conf_t *made = USE(copy, rd_kafka_conf_dup)(backup);

	changes_carry(copy, conf, made);
	return made;
}
