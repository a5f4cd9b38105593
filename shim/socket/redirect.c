/* SPDX-License-Identifier: Apache-2.0 */
/*
 * redirect.c - see redirect.h.
 *
 * For hosts with an address compiled in: a TCP connect to one of the ports
 * (9092 unless told otherwise) goes to the embedded broker, whatever address
 * it was for, and a name that does not resolve resolves to that broker.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#undef _GNU_SOURCE

#include "calls/calls.h"
#include "guest/guest.h"
#include "guest/settings.h"
#include "java/probe.h"
#include "peer/attempts.h"
#include "socket/redirect.h"
#include "trace/map.h"
#include "trace/socket_row.h"
#include "trace/writer.h"

static uint32_t number_take(const char **at)
{
	uint32_t value = 0;

	while (**at >= '0' && **at <= '9' && value < 100000)
		value = value * 10 + (uint32_t)(*(*at)++ - '0');
	return value;
}

/* "A.B.C.D:PORT", strictly. */
static bool target_parse(const char *text, uint32_t *address, uint16_t *port)
{
	*address = 0;
	for (int i = 0; i < 4; i++) {
		uint32_t part = number_take(&text);

		if (part > 255 || *text++ != (i < 3 ? '.' : ':'))
			return false;
		*address = *address << 8 | part;
	}
	*port = (uint16_t)number_take(&text);
	return *port && !*text;
}

static bool port_is_listed(uint16_t port)
{
	const char *at =
		guest_settings.redirect_ports[0] ? guest_settings.redirect_ports : "9092";

	while (*at) {
		if (number_take(&at) == port)
			return true;
		while (*at && (*at < '0' || *at > '9'))
			at++;
	}
	return false;
}

bool redirect_connect(const struct sockaddr *to, struct redirect_target *target)
{
	uint32_t address;
	uint16_t port;

	if (!guest_settings.redirect[0] ||
	    !target_parse(guest_settings.redirect, &address, &port))
		return false;
	target->from_port =
		ntohs(to->sa_family == AF_INET ? ((const struct sockaddr_in *)to)->sin_port
					       : ((const struct sockaddr_in6 *)to)->sin6_port);
	if (!port_is_listed(target->from_port))
		return false;
	target->v4 = (struct sockaddr_in){.sin_family = AF_INET,
					  .sin_port = htons(port),
					  .sin_addr.s_addr = htonl(address)};
	target->v6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(port)};
	target->v6.sin6_addr.s6_addr[10] = target->v6.sin6_addr.s6_addr[11] = 0xff;
	memcpy(target->v6.sin6_addr.s6_addr + 12, &target->v4.sin_addr, 4);
	target->bytes = to->sa_family == AF_INET ? sizeof target->v4 : sizeof target->v6;
	return true;
}

const struct sockaddr *redirect_address(const struct redirect_target *target,
					const struct sockaddr *to)
{
	return to->sa_family == AF_INET ? (const struct sockaddr *)&target->v4
					: (const struct sockaddr *)&target->v6;
}

void redirect_note(struct trace_socket *row, const struct redirect_target *target)
{
	struct trace_process *process = trace->process;

	socket_row_set(row, SOCKET_REDIRECTED);
	__atomic_fetch_or(&process->notes, NOTE_REDIRECTED, __ATOMIC_RELAXED);
	__atomic_fetch_add(&process->redirected_connects, 1, __ATOMIC_RELAXED);
	if (!process->redirected_to)
		process->redirected_to =
			writer_string(guest_settings.redirect, strlen(guest_settings.redirect));
	writer_event(EVENT_REDIRECT, socket_row_index(row), target->from_port,
		     ntohs(target->v4.sin_port));
}

/* With AI_NUMERICHOST the host asks whether a text is an address: that result is not changed.
 */
static bool name_is_missing(int result, const struct addrinfo *hints)
{
	if (hints && hints->ai_flags & AI_NUMERICHOST)
		return false;
	return result == EAI_NONAME || result == EAI_AGAIN || result == EAI_FAIL ||
	       result == EAI_NODATA;
}

/* Resolves a name that was not found to the embedded broker's address; 0: success. */
static int broker_in_place(struct call *call, const char *service, const struct addrinfo *hints,
			   struct addrinfo **found, int result)
{
	const char *at = service;
	char address[64];

	if (guest_phase() == GUEST_SILENT || !guest_settings.redirect[0] ||
	    !port_is_listed((uint16_t)number_take(&at)))
		return result;
	const char *colon = strchr(guest_settings.redirect, ':');
	size_t bytes = colon ? (size_t)(colon - guest_settings.redirect) : 0;

	if (!bytes || bytes >= sizeof address)
		return result;
	memcpy(address, guest_settings.redirect, bytes);
	address[bytes] = '\0';
	return REAL(getaddrinfo, call)(address, service, hints, found);
}

int on_getaddrinfo(struct call *call, const char *node, const char *service,
		   const struct addrinfo *hints, struct addrinfo **found)
{
	int result = REAL(getaddrinfo, call)(node, service, hints, found);

	call->error = errno;
	if (UNLIKELY(name_is_missing(result, hints)) && node && service)
		result = broker_in_place(call, service, hints, found, result);
	/* The Java client resolves all names before it makes its selector, and fails if it
	 * finds none: the last chance to weave it. */
	java_probe_selector_seen(call->caller);
	attempt_name(node, service, hints, result, result == 0 ? *found : NULL);
	return result;
}
