/* SPDX-License-Identifier: Apache-2.0 */
/*
 * runtime.c - see runtime.h. To add a runtime: a row here.
 */
#include "program/runtime.h"

#include <string.h>

static const struct runtime runtimes[] = {
	{"Py_AddPendingCall", "libpython", "CPython",
	 "confluent-kafka, kafka-python and aiokafka count every message; others are seen on "
	 "the wire only"},
	{"napi_create_function", "libnode", "Node.js",
	 "clients built on librdkafka count every message; others are seen on the wire only"},
	{NULL, "libjli", "Java",
	 "kafka-clients from 2.8 on counts every record on an OpenJDK; others are seen on "
	 "the wire only"},
	{NULL, "libjvm", "Java",
	 "kafka-clients from 2.8 on counts every record on an OpenJDK; others are seen on "
	 "the wire only"},
	{NULL, "libhostfxr", ".NET",
	 "Confluent.Kafka is librdkafka; other clients are seen on the wire only"},
};

static bool needs(const struct elffile *elf, const char *beginning)
{
	for (size_t i = 0; i < elf->needed_count; i++)
		if (strncmp(elf->needed[i], beginning, strlen(beginning)) == 0)
			return true;
	return false;
}

const struct runtime *runtime_of(const struct elffile *elf)
{
	for (size_t i = 0; i < sizeof(runtimes) / sizeof(runtimes[0]); i++) {
		const struct runtime *row = &runtimes[i];

		if ((row->symbol && elffile_exports(elf->path, row->symbol)) ||
		    needs(elf, row->needed))
			return row;
	}
	return NULL;
}
