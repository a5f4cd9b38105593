/* SPDX-License-Identifier: Apache-2.0 */
/*
 * on_delivery.c - every message the client took, and what became of it.
 *
 * on_send runs on the application's thread before the message can be sent,
 * on_acknowledgement on any thread when it is done, delivered or not. We
 * only count: the message pointers of the two need not be the same
 * (produce_batch), and not every message that destroy drops comes by.
 */
#include "librdkafka/on_delivery.h"

#include <string.h>

#include "format/kafka_api.h"
#include "socket/fdtable.h"
#include "librdkafka/configuration.h"
#include "account/held.h"
#include "librdkafka/on_report.h"
#include "account/message_sites.h"
#include "trace/map.h"
#include "trace/record.h"
#include "trace/writer.h"
#include "trace/socket_row.h"

#define INTERCEPTOR "unflushed"

__thread struct handle *delivery_pending;

/* Whose configuration this thread is duplicating. */
static __thread struct handle *delivery_duplicated __attribute__((tls_model("initial-exec")));

/* ---- counting ---- */

static bool row_is(uint32_t row, uint32_t producer, int32_t partition, const char *topic)
{
	const struct trace_topic *entry = &trace->topics[row];
	size_t bytes;
	const char *name = writer_string_text(entry->topic, &bytes);

	return entry->producer == producer && entry->partition == partition &&
	       strncmp(name, topic, bytes) == 0 && topic[bytes] == '\0';
}

static inline void count_add(struct trace_counts *counts, bool private, enum trace_count kind,
		      uint64_t bytes)
{
	if (LIKELY(private)) {
		writer_add(&counts->bytes[kind], bytes);
		writer_add(&counts->messages[kind], 1);
	} else {
		writer_add_shared(&counts->bytes[kind], bytes);
		writer_add_shared(&counts->messages[kind], 1);
	}
}

/*
 * Whether a topic's address still means the topic that it meant. While the
 * application holds a topic handle, it does; a new one would have come
 * through rd_kafka_topic_new. Topics that librdkafka makes itself (producev
 * by name) may take a dead one's address: those are compared by name.
 */
static inline bool topic_is_still(const struct guest_thread *self, const struct handle *handle,
				  const rd_kafka_topic_t *topic)
{
	if (LIKELY(self->producing && !self->by_name))
		return self->send_topics_made ==
		       __atomic_load_n(&guest->topics_made, __ATOMIC_RELAXED);
	return row_is((uint32_t)self->send_row, self->send_producer, -1,
		      USE(handle->copy, rd_kafka_topic_name)(topic));
}

static __attribute__((noinline)) void sent_elsewhere(struct guest_thread *self,
						     const struct handle *handle,
						     const struct guest_producer *producer,
						     const rd_kafka_topic_t *topic,
						     uint32_t site)
{
	uint32_t index = producer_index(producer);

	self->send_topics_made = __atomic_load_n(&guest->topics_made, __ATOMIC_RELAXED);
	self->send_row = (int32_t)writer_topic(
		index, USE(handle->copy, rd_kafka_topic_name)(topic), -1, producer->topic);
	self->send_cell = writer_cell((uint32_t)self->send_row, site);
	self->send_site = site;
	self->send_producer = index;
	self->send_topic = topic;
}

/* A binding has held it: then it is counted already, and its line is known. */
static __attribute__((noinline)) bool held_sent(struct guest_thread *self, struct handle *handle,
						struct guest_producer *producer,
						const rd_kafka_message_t *message, uint64_t bytes)
{
	uint32_t index = producer_index(producer), site;
	uint32_t row = writer_topic(index, USE(handle->copy, rd_kafka_topic_name)(message->rkt), -1,
				    producer->topic);

	if (!self->producing || !held_take(producer, row, message->partition, &site))
		return false;
	sitemap_sent(producer, message, site);
	self->site = site; /* if produce refuses it after all, that is where it leaves */
	self->sent_messages++;
	self->sent_bytes += bytes;
	self->sent_topic = row;
	self->sent_producer = (int32_t)index;
	return true;
}

static inline void count_sent(struct guest_thread *self, struct handle *handle,
		       struct guest_producer *producer, const rd_kafka_message_t *message,
		       bool outermost)
{
	uint32_t index = producer_index(producer);
	uint64_t bytes = message->len + message->key_len;

	uint32_t site = self->producing ? self->site : 0;

	if (UNLIKELY(held_by(producer)) && held_sent(self, handle, producer, message, bytes))
		return;
	sitemap_sent(producer, message, site);
	if (UNLIKELY(self->send_topic != message->rkt || self->send_site != site ||
		     self->send_producer != index || !topic_is_still(self, handle, message->rkt)))
		sent_elsewhere(self, handle, producer, message->rkt, site);
	struct trace_cell *cell = outermost ? self->send_cell : NULL;
	struct trace_topic *row = &trace->topics[self->send_row];

	count_add(cell ? &cell->counts : &row->counts, cell != NULL, COUNT_SENT, bytes);
	if (self->producing) {
		self->sent_messages++;
		self->sent_bytes += bytes;
		self->sent_topic = (uint32_t)self->send_row;
		self->sent_producer = (int32_t)index;
	}
}

static rd_kafka_resp_err_t intercept_send(rd_kafka_t *rk, rd_kafka_message_t *message, void *opaque)
{
	struct handle *handle = opaque;

	(void)rk;
	if (UNLIKELY(!record_ready()))
		return RD_KAFKA_RESP_ERR_NO_ERROR;
	struct guest_producer *producer = producer_of(handle);
	struct guest_thread *self = guest_this_thread();
	bool outermost = guest_enter_anyhow(self);

	count_sent(self, handle, producer, message, outermost);
	guest_leave_anyhow(self, outermost);
	return RD_KAFKA_RESP_ERR_NO_ERROR;
}

/*
 * What an acknowledgement means. Messages that destroy gives up come with
 * any error, or not at all: they stay outstanding. Purged ones (-152, -151)
 * the application threw away itself, unless it is destroy that does it.
 */
static enum trace_count outcome(const struct handle *handle, const struct guest_producer *producer,
				const rd_kafka_message_t *message)
{
	if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
		if (handle->copy->use[USE_rd_kafka_message_status])
			return USE(handle->copy, rd_kafka_message_status)(message) ==
					       RD_KAFKA_MSG_STATUS_PERSISTED
				       ? COUNT_DELIVERED
				       : COUNT_UNCONFIRMED;
		return handle->acks == 0 ? COUNT_UNCONFIRMED : COUNT_DELIVERED;
	}
	if (producer->destroying || message->err == RD_KAFKA_RESP_ERR__DESTROY)
		return COUNT_DROPPED;
	if (message->err == RD_KAFKA_RESP_ERR__PURGE_QUEUE ||
	    message->err == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT)
		return COUNT_PURGED;
	return COUNT_FAILED;
}

static void count_latency(struct trace_producer *row, const struct handle *handle,
			  const rd_kafka_message_t *message)
{
	if (!handle->copy->use[USE_rd_kafka_message_latency])
		return;
	int64_t took_us = USE(handle->copy, rd_kafka_message_latency)(message);

	if (took_us < 0)
		return;
	__atomic_fetch_add(&row->latency[trace_bucket((uint64_t)took_us)], 1, __ATOMIC_RELAXED);
	writer_max(&row->latency_max_us, (uint64_t)took_us);
}

static void count_done(struct guest_thread *self, struct handle *handle,
		       struct guest_producer *producer, const rd_kafka_message_t *message,
		       bool outermost)
{
	uint32_t index = producer_index(producer);
	const char *topic = USE(handle->copy, rd_kafka_topic_name)(message->rkt);
	uint64_t bytes = message->len + message->key_len;
	enum trace_count kind = outcome(handle, producer, message);

	uint32_t site = sitemap_done(producer, message);

	if (UNLIKELY(self->ack_topic != message->rkt || self->ack_site != site ||
		     self->ack_partition != message->partition ||
		     !row_is((uint32_t)self->ack_row, index, message->partition, topic))) {
		self->ack_row = (int32_t)writer_topic(index, topic, message->partition,
						      producer->topic);
		self->ack_cell = writer_cell((uint32_t)self->ack_row, site);
		self->ack_site = site;
		self->ack_partition = message->partition;
		self->ack_topic = message->rkt;
	}
	struct trace_cell *cell = outermost ? self->ack_cell : NULL;
	struct trace_topic *row = &trace->topics[self->ack_row];

	count_add(cell ? &cell->counts : &row->counts, cell != NULL, kind, bytes);
	if (kind == COUNT_DELIVERED || kind == COUNT_UNCONFIRMED) {
		count_latency(producer_row(producer), handle, message);
	} else if (kind == COUNT_FAILED) {
		producer_error(producer, message->err, COUNT_FAILED);
		writer_event(EVENT_FAILED, index, message->err, (int64_t)bytes);
	}
}

static rd_kafka_resp_err_t intercept_acknowledgement(rd_kafka_t *rk, rd_kafka_message_t *message,
					      void *opaque)
{
	struct handle *handle = opaque;

	(void)rk;
	if (UNLIKELY(!record_ready()))
		return RD_KAFKA_RESP_ERR_NO_ERROR;
	struct guest_thread *self = guest_this_thread();

	/* Inside produce on the same thread it is the message that produce is
	 * about to refuse (on_produce.c settles that); in a batch it may be the
	 * application's own array element, without a topic. */
	if (self->producing || !message->rkt) {
		sitemap_done(producer_of(handle), message);
		return RD_KAFKA_RESP_ERR_NO_ERROR;
	}
	struct guest_producer *producer = producer_of(handle);
	bool outermost = guest_enter_anyhow(self);

	count_done(self, handle, producer, message, outermost);
	guest_leave_anyhow(self, outermost);
	return RD_KAFKA_RESP_ERR_NO_ERROR;
}

/* ---- requests ---- */

static void socket_link(int fd, uint32_t producer, const char *broker)
{
	struct trace_socket *row = fdtable_row(fd);

	if (!row || row->producer == producer + 1)
		return;
	row->producer = producer + 1;
	socket_row_set(row, SOCKET_KAFKA);
	row->broker = writer_string(broker, strlen(broker));
}

/* The last byte of a request was taken by the kernel (or by OpenSSL). */
static rd_kafka_resp_err_t intercept_request_sent(rd_kafka_t *rk, int sockfd, const char *broker,
					   int32_t broker_id, int16_t api, int16_t version,
					   int32_t correlation, size_t bytes, void *opaque)
{
	(void)rk, (void)broker_id, (void)version, (void)correlation;
	if (!record_ready())
		return RD_KAFKA_RESP_ERR_NO_ERROR;
	struct guest_producer *producer = producer_of(opaque);
	struct trace_producer *row = producer_row(producer);
	struct guest_thread *self = guest_this_thread();
	bool outermost = guest_enter_anyhow(self);

	socket_link(sockfd, producer_index(producer), broker);
	if (api == KAFKA_API_PRODUCE) {
		writer_add_shared(&row->requests_sent, 1);
		writer_add_shared(&row->requests_bytes, bytes);
	}
	writer_event(EVENT_REQUEST_SENT, producer_index(producer), api, (int64_t)bytes);
	guest_leave_anyhow(self, outermost);
	return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static rd_kafka_resp_err_t intercept_response_received(rd_kafka_t *rk, int sockfd, const char *broker,
						int32_t broker_id, int16_t api, int16_t version,
						int32_t correlation, size_t bytes, int64_t took_us,
						rd_kafka_resp_err_t error, void *opaque)
{
	(void)rk, (void)sockfd, (void)broker, (void)broker_id, (void)version;
	(void)correlation, (void)bytes;
	if (!record_ready())
		return RD_KAFKA_RESP_ERR_NO_ERROR;
	struct guest_producer *producer = producer_of(opaque);
	struct guest_thread *self = guest_this_thread();
	bool outermost = guest_enter_anyhow(self);

	/* Also called with an error for requests that got no answer. */
	if (api == KAFKA_API_PRODUCE && !error)
		writer_add_shared(&producer_row(producer)->requests_answered, 1);
	writer_event(EVENT_RESPONSE, producer_index(producer), api, took_us);
	guest_leave_anyhow(self, outermost);
	return RD_KAFKA_RESP_ERR_NO_ERROR;
}

/* ---- attaching ---- */

static rd_kafka_resp_err_t intercept_conf_dup(rd_kafka_conf_t *made, const rd_kafka_conf_t *from,
				       size_t filters, const char **filter, void *opaque)
{
	(void)made, (void)from, (void)filters, (void)filter;
	delivery_duplicated = opaque;
	return RD_KAFKA_RESP_ERR_NO_ERROR;
}

/* Only now: the interceptor above runs before the properties are copied, our
 * callbacks among them (story: conf_reused). */
void on_rd_kafka_conf_dup(const struct call *call, rd_kafka_conf_t *given,
			  const rd_kafka_conf_t *conf)
{
	struct handle *handle = delivery_duplicated;

	(void)call, (void)conf;
	delivery_duplicated = NULL;
	if (given && handle)
		reports_detach(handle, given);
}

static rd_kafka_resp_err_t handle_intercept(struct handle *handle, rd_kafka_t *rk, uint32_t flags)
{
	const struct copy *copy = handle ? handle->copy : NULL;
	rd_kafka_resp_err_t error;

	if (!handle || handle->rk)
		return RD_KAFKA_RESP_ERR_NO_ERROR;
	/* Whatever comes of the rest: the host's callbacks are found by it. */
	__atomic_store_n(&handle->rk, rk, __ATOMIC_RELEASE);
	error = USE(copy, rd_kafka_interceptor_add_on_send)(rk, INTERCEPTOR, intercept_send, handle);
	if (!error)
		error = USE(copy, rd_kafka_interceptor_add_on_acknowledgement)(
			rk, INTERCEPTOR, intercept_acknowledgement, handle);
	if (error) {
		__atomic_fetch_or(&trace->process->notes, NOTE_CONFLICT, __ATOMIC_RELAXED);
		return RD_KAFKA_RESP_ERR_NO_ERROR;
	}
	if (copy->use[USE_rd_kafka_interceptor_add_on_request_sent])
		USE(copy, rd_kafka_interceptor_add_on_request_sent)(rk, INTERCEPTOR,
								    intercept_request_sent, handle);
	if (copy->use[USE_rd_kafka_interceptor_add_on_response_received])
		USE(copy, rd_kafka_interceptor_add_on_response_received)(
			rk, INTERCEPTOR, intercept_response_received, handle);
	producer_open(handle, flags);
	handle->accounted = true;
	return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static rd_kafka_resp_err_t intercept_new(rd_kafka_t *rk, const rd_kafka_conf_t *conf, void *opaque,
				  char *message, size_t message_bytes)
{
	(void)conf, (void)opaque, (void)message, (void)message_bytes;
	return handle_intercept(delivery_pending, rk, 0);
}

bool delivery_attach(struct handle *handle, rd_kafka_conf_t *conf)
{
	const struct copy *copy = handle->copy;

	if (!copy->use[USE_rd_kafka_conf_interceptor_add_on_new] ||
	    !copy->use[USE_rd_kafka_interceptor_add_on_send] ||
	    !copy->use[USE_rd_kafka_interceptor_add_on_acknowledgement])
		return false;
	rd_kafka_resp_err_t error = USE(copy, rd_kafka_conf_interceptor_add_on_new)(
		conf, INTERCEPTOR, intercept_new, handle);

	/* A second try with a configuration that failed has us already. */
	if (error && error != RD_KAFKA_RESP_ERR__CONFLICT)
		return false;
	if (copy->use[USE_rd_kafka_conf_interceptor_add_on_conf_dup])
		USE(copy, rd_kafka_conf_interceptor_add_on_conf_dup)(conf, INTERCEPTOR, intercept_conf_dup,
								     handle);
	reports_attach(handle, conf);
	return true;
}

/* ---- as a plugin of librdkafka ---- */

/*
 * plugin.library.paths=libunflushed.so, for those who can set a
 * configuration but not an environment. Messages and reports are counted as
 * ever; of a guest that is not preloaded as well, nobody asks whether the
 * host may flush: its waits are unseen. The configuration is the producer's
 * own by now, and only const so that plugins do not change it under others.
 */
static rd_kafka_resp_err_t plugin_new(rd_kafka_t *rk, const rd_kafka_conf_t *conf, void *opaque,
				      char *message, size_t message_bytes)
{
	const struct copy *copy = opaque;

	(void)message, (void)message_bytes;
	if (delivery_pending || USE(copy, rd_kafka_type)(rk) != RD_KAFKA_PRODUCER ||
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
		USE(copy, rd_kafka_conf_interceptor_add_on_new)(conf, INTERCEPTOR "-plugin",
								plugin_new, (void *)copy);
	return RD_KAFKA_RESP_ERR_NO_ERROR;
}
