/* SPDX-License-Identifier: Apache-2.0 */
/*
 * language.c - in which language a fix is worded: by client, by call site, by program.
 */
#include "judge/language.h"

#include <string.h>

static const char *base_name(const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	return slash ? slash + 1 : path ? path : "";
}

/* Bindings whose language is not known (or less exactly) from the call sites. */
static enum voice voice_of_binding(enum trace_binding binding)
{
	switch (binding) {
	case BINDING_RUST:
		return VOICE_RUST;
	case BINDING_PHP:
		return VOICE_PHP;
	case BINDING_GO:
		return VOICE_GO;
	case BINDING_NODE:
		return VOICE_NODE;
	case BINDING_DOTNET:
		return VOICE_DOTNET;
	default:
		return VOICE_C;
	}
}

/* By the call site, because Rust's binding is recognised only when a message fails or is
 * purged. */
static bool is_rust(const struct call_site *site)
{
	for (size_t i = 0; i < site->depth; i++)
		if (site->frames[i].function && strstr(site->frames[i].function, "rdkafka::"))
			return true;
	return false;
}

/* Demangled names have parentheses or colons, C's never do. */
static bool is_cpp(const struct call_site *site)
{
	for (size_t i = 0; i < site->depth; i++) {
		const struct frame *frame = &site->frames[i];

		if (!strncmp(base_name(frame->module), "librdkafka++", 12))
			return true;
		if (frame->function && strpbrk(frame->function, "(:"))
			return true;
	}
	return false;
}

static enum voice voice_of_program(const struct process *process)
{
	const char *program = base_name(process->exe);

	if (!strcmp(program, "java"))
		return VOICE_JAVA;
	if (!strcmp(program, "node"))
		return VOICE_NODE;
	if (strncmp(program, "python", 6))
		return VOICE_C;
	for (size_t i = 0; i < process->producer_count; i++)
		if (process->producers[i].client == CLIENT_LIBRDKAFKA)
			return VOICE_PYTHON;
	return VOICE_KAFKA_PYTHON;
}

enum voice voice_of(const struct process *process, const struct producer *producer)
{
	const struct call_site *site =
		producer && producer->site_count ? &producer->sites[0] : NULL;

	if (producer && producer->client == CLIENT_KAFKA_PYTHON)
		return VOICE_KAFKA_PYTHON;
	if (producer && producer->client == CLIENT_AIOKAFKA)
		return VOICE_AIOKAFKA;
	if (producer && producer->flags & PRODUCER_ASYNCIO)
		return VOICE_ASYNCIO;
	if (producer && producer->client == CLIENT_KAFKA_CLIENTS)
		return VOICE_JAVA;
	if (site && site->language == LANGUAGE_PYTHON)
		return VOICE_PYTHON;
	if (producer && voice_of_binding(producer->binding) != VOICE_C)
		return voice_of_binding(producer->binding);
	if (site && is_rust(site))
		return VOICE_RUST;
	if (site && is_cpp(site))
		return VOICE_CPP;
	/* A client inside an interpreter, of which the calling line is not known. */
	return voice_of_program(process);
}

static const struct {
	const char *language, *client;
} voices[] = {
#define VOICE(name, language, client) [VOICE_##name] = {language, client},
	VOICES(VOICE)
#undef VOICE
};

const char *voice_language(enum voice voice)
{
	return voices[voice].language;
}

const char *voice_client(enum voice voice)
{
	return voices[voice].client;
}
