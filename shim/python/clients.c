/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clients.c - see clients.h.
 */
#include "python/clients.h"

#include <string.h>

#include "cpython/line.h"
#include "guest/state.h"
#include "trace/map.h"
#include "trace/writer.h"

struct python_client_seen python_clients[PYTHON_CLIENT_COUNT] = {
#define CLIENT(id, name, package, class, connects)                                             \
	[PYTHON_CLIENT_##id] = {name, package, class, connects, PYTHON_CLIENT_ABSENT, ""},
	PYTHON_CLIENTS(CLIENT)
#undef CLIENT
};

static size_t noted; /* size of the text that is in the trace */

object *python_client_class(const char *name)
{
	static const char *const modules[] = {
		"kafka.producer.kafka",
		"kafka.producer.record_accumulator",
		"kafka.producer.future",
		"kafka.conn",
		"aiokafka.producer.producer",
		"aiokafka.producer.message_accumulator",
		"aiokafka.producer.sender",
		"aiokafka.conn",
		"confluent_kafka.aio.producer._producer_batch_processor",
		"confluent_kafka.experimental.aio.producer._producer_batch_processor"};
	object *known = py.PyImport_GetModuleDict(); /* borrowed, as what it holds */
	object *found = NULL;

	for (size_t i = 0; known && !found && i < sizeof modules / sizeof *modules; i++)
		found = python_get(py.PyDict_GetItemString(known, modules[i]), name);
	return found;
}

bool python_client_is_imported(enum python_client client)
{
	object *class = python_client_class(python_clients[client].class);

	python_drop(class);
	return class != NULL;
}

void python_client_version_keep(enum python_client client)
{
	object *modules = py.PyImport_GetModuleDict();
	object *package =
		modules ? py.PyDict_GetItemString(modules, python_clients[client].package)
			: NULL;
	object *version = python_get(package, "__version__");
	ssize_t bytes = 0;
	const char *text = version ? py.PyUnicode_AsUTF8AndSize(version, &bytes) : NULL;

	if (py.PyErr_Occurred())
		py.PyErr_Clear();
	for (ssize_t i = 0; text && i < bytes && i < PYTHON_CLIENT_VERSION_BYTES - 1; i++)
		python_clients[client].version[i] = text[i] > ' ' ? text[i] : '_';
	python_drop(version);
}

/* "name version" or "name version unprobed", a line each. */
void python_clients_note(void)
{
	char lines[PYTHON_CLIENT_COUNT * (PYTHON_CLIENT_VERSION_BYTES + 48)];
	struct trace_process *process = trace->process;
	uint32_t notes = 0;
	size_t at = 0;

	for (size_t i = 0; i < PYTHON_CLIENT_COUNT; i++) {
		const struct python_client_seen *client = &python_clients[i];
		const char *words[] = {
			client->name, " ", client->version[0] ? client->version : "?",
			client->state == PYTHON_CLIENT_PROBED ? "\n" : " unprobed\n"};

		if (client->state == PYTHON_CLIENT_ABSENT)
			continue;
		notes |= client->state == PYTHON_CLIENT_PROBED ? NOTE_PROBE_PYTHON
							       : NOTE_PROBE_REFUSED;
		for (size_t j = 0; j < 4; j++) {
			memcpy(lines + at, words[j], strlen(words[j]));
			at += strlen(words[j]);
		}
	}
	if (at == noted && process->python_clients)
		return;
	noted = at;
	process->python_clients = writer_string(lines, at);
	python_version_note(py.Py_GetVersion());
	__atomic_fetch_or(&process->notes, notes, __ATOMIC_RELAXED);
}
