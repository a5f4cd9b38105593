/* SPDX-License-Identifier: Apache-2.0 */
/*
 * interceptors.c - see interceptors.h.
 */
#include "librdkafka/interceptors.h"

#include "calls/calls.h"
#include "librdkafka/configuration.h"
#include "librdkafka/on_report.h"
#include "trace/map.h"
#include "trace/owners.h"
#include "trace/record.h"

#define INTERCEPTOR "unflushed"

__thread struct handle *interceptors_pending;

/* The handle whose configuration this thread is duplicating. */
static __thread struct handle *duplicated __attribute__((tls_model("initial-exec")));

static rd_kafka_resp_err_t intercept_conf_dup(rd_kafka_conf_t *made,
					      const rd_kafka_conf_t *from, size_t filters,
					      const char **filter, void *opaque)
{
	(void)made, (void)from, (void)filters, (void)filter;
	duplicated = opaque;
	return RD_KAFKA_RESP_ERR_NO_ERROR;
}

/* After the real call: the interceptor above runs before librdkafka copies the properties,
 * among them the guest's callbacks (story: conf_reused). */
void on_rd_kafka_conf_dup(const struct call *call, rd_kafka_conf_t *given,
			  const rd_kafka_conf_t *conf)
{
	struct handle *handle = duplicated;

	(void)call, (void)conf;
	duplicated = NULL;
	if (given && handle)
		reports_detach(handle, given);
}

/* Names, connections and writes of librdkafka's own threads are this producer's. Not those of
 * the background thread: it runs callbacks of the application, which may use other connections.
 */
static rd_kafka_resp_err_t intercept_thread_start(rd_kafka_t *rk, rd_kafka_thread_type_t type,
						  const char *name, void *opaque)
{
	(void)rk, (void)name;
	if (type != RD_KAFKA_THREAD_BACKGROUND && record_ready())
		owners_thread_is(producer_index(handle_account(opaque)) + 1);
	return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static rd_kafka_resp_err_t handle_intercept(struct handle *handle, rd_kafka_t *rk,
					    uint32_t flags)
{
	const struct copy *copy = handle ? handle->copy : NULL;
	rd_kafka_resp_err_t error;

	if (!handle || handle->rk)
		return RD_KAFKA_RESP_ERR_NO_ERROR;
	/* Also if the rest fails: the guest's callbacks find the host's by the handle. */
	handle_is_of(handle, rk);
	error = USE(copy, rd_kafka_interceptor_add_on_send)(rk, INTERCEPTOR, intercept_send,
							    handle);
	if (!error)
		error = USE(copy, rd_kafka_interceptor_add_on_acknowledgement)(
			rk, INTERCEPTOR, intercept_acknowledgement, handle);
	if (error) {
		__atomic_fetch_or(&trace->process->notes, NOTE_CONFLICT, __ATOMIC_RELAXED);
		return RD_KAFKA_RESP_ERR_NO_ERROR;
	}
	if (copy->use[USE_rd_kafka_interceptor_add_on_request_sent])
		handle->requests_seen = !USE(copy, rd_kafka_interceptor_add_on_request_sent)(
			rk, INTERCEPTOR, intercept_request_sent, handle);
	if (copy->use[USE_rd_kafka_interceptor_add_on_response_received])
		handle->answers_seen =
			!USE(copy, rd_kafka_interceptor_add_on_response_received)(
				rk, INTERCEPTOR, intercept_response_received, handle);
	if (copy->use[USE_rd_kafka_interceptor_add_on_thread_start])
		USE(copy, rd_kafka_interceptor_add_on_thread_start)
	(rk, INTERCEPTOR, intercept_thread_start, handle);
	handle_open(handle, flags);
	handle->accounted = true;
	return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static rd_kafka_resp_err_t intercept_new(rd_kafka_t *rk, const rd_kafka_conf_t *conf,
					 void *opaque, char *message, size_t message_bytes)
{
	(void)conf, (void)opaque, (void)message, (void)message_bytes;
	return handle_intercept(interceptors_pending, rk, 0);
}

bool interceptors_attach(struct handle *handle, rd_kafka_conf_t *conf)
{
	const struct copy *copy = handle->copy;

	if (copy->inside) {
		reports_attach(handle, conf);
		return true;
	}
	if (!copy->use[USE_rd_kafka_conf_interceptor_add_on_new] ||
	    !copy->use[USE_rd_kafka_interceptor_add_on_send] ||
	    !copy->use[USE_rd_kafka_interceptor_add_on_acknowledgement])
		return false;
	rd_kafka_resp_err_t error = USE(copy, rd_kafka_conf_interceptor_add_on_new)(
		conf, INTERCEPTOR, intercept_new, handle);

	/* A configuration that failed before and is tried again has the interceptor already. */
	if (error && error != RD_KAFKA_RESP_ERR__CONFLICT)
		return false;
	if (copy->use[USE_rd_kafka_conf_interceptor_add_on_conf_dup])
		USE(copy, rd_kafka_conf_interceptor_add_on_conf_dup)
	(conf, INTERCEPTOR, intercept_conf_dup, handle);
	reports_attach(handle, conf);
	return true;
}

/* ---- as a plugin of librdkafka ---- */

/*
 * plugin.library.paths=libunflushed.so, for users who can change the
 * configuration but not the environment. Messages and reports are counted as
 * with a preload; but if the guest is not preloaded it does not see calls such
 * as flush: the waits are unseen. The configuration is the producer's own
 * copy here, and const only so that plugins do not change it.
 */
static rd_kafka_resp_err_t plugin_new(rd_kafka_t *rk, const rd_kafka_conf_t *conf, void *opaque,
				      char *message, size_t message_bytes)
{
	const struct copy *copy = opaque;

	(void)message, (void)message_bytes;
	if (interceptors_pending || USE(copy, rd_kafka_type)(rk) != RD_KAFKA_PRODUCER ||
	    guest_is_borrowed() || !record_ready())
		return RD_KAFKA_RESP_ERR_NO_ERROR;
	struct handle *handle = handle_take(copy);

	if (!handle)
		return RD_KAFKA_RESP_ERR_NO_ERROR;
	configuration_flags(handle, conf);
	reports_attach(handle, (rd_kafka_conf_t *)conf);
	return handle_intercept(handle, rk, resolve_is_preloaded() ? 0 : PRODUCER_WAITS_UNSEEN);
}

__attribute__((visibility("default"))) rd_kafka_resp_err_t
conf_init(rd_kafka_conf_t *conf, void **opaque, char *message, size_t message_bytes)
{
	const struct copy *copy = resolve_copy(__builtin_return_address(0));

	(void)opaque, (void)message, (void)message_bytes;
	if (copy && copy->use[USE_rd_kafka_conf_interceptor_add_on_new])
		USE(copy, rd_kafka_conf_interceptor_add_on_new)
	(conf, INTERCEPTOR "-plugin", plugin_new, (void *)copy);
	return RD_KAFKA_RESP_ERR_NO_ERROR;
}
