/* SPDX-License-Identifier: Apache-2.0 */
/*
 * render_json_socket.c - a connection in the JSON summary.
 */
#include "render/render_json.h"

#include "model/words.h"
#include "render/json_value.h"

static json_t *share(int64_t thousandths)
{
	return thousandths == UNKNOWN ? json_null() : json_real((double)thousandths / 1000);
}

static json_t *fill(const struct socket *socket)
{
	json_t *object = json_object();

	json_object_set_new(object, "samples", json_of_number(socket->fill.samples));
	json_object_set_new(object, "p50", share(socket->fill.p50));
	json_object_set_new(object, "p99", share(socket->fill.p99));
	json_object_set_new(object, "max", share(socket->fill.max));
	return object;
}

static json_t *stalls(const struct socket *socket)
{
	bool told = socket_stalls_told(socket);
	json_t *object = json_object();

	json_object_set_new(object, "count", json_of_number(socket->stalls));
	json_object_set_new(object, "total_ns", json_of_number(socket->stalled_ns));
	json_object_set_new(object, "longest_ns", json_of_number(socket->stall_longest_ns));
	json_object_set_new(object, "send_buffer_ns",
			    json_of_number(told ? socket->stalled_send_buffer_ns : UNKNOWN));
	json_object_set_new(object, "receiver_ns",
			    json_of_number(told ? socket->stalled_receiver_ns : UNKNOWN));
	json_object_set_new(object, "network_ns",
			    json_of_number(told ? socket->stalled_network_ns : UNKNOWN));
	json_object_set_new(object, "notsent_lowat_ns",
			    json_of_number(told ? socket->stalled_lowat_ns : UNKNOWN));
	json_object_set_new(object, "unexplained_ns",
			    json_of_number(socket->stalled_unexplained_ns));
	json_object_set_new(object, "life_share", share(socket->stalled_share));
	json_object_set_new(object, "at_end",
			    socket->stalled_at_end_unknown
				    ? json_null()
				    : json_boolean(socket->stalled_at_end));
	json_object_set_new(object, "rtt_ns", json_of_number(socket->rtt_ns));
	json_object_set_new(object, "eagain_spins", json_of_number(socket->eagain_spins));
	json_object_set_new(object, "nagle_waits", json_of_number(socket->nagle_waits));
	json_object_set_new(object, "cork_waits", json_of_number(socket->cork_waits));
	json_object_set_new(object, "cork_held_ns", json_of_number(socket->cork_held_ns));
	return object;
}

static json_t *send_timeouts(const struct socket *socket)
{
	json_t *object = json_object();

	json_object_set_new(object, "count", json_of_number(socket->send_timeouts));
	json_object_set_new(object, "not_taken_bytes",
			    json_of_number(socket->send_timeout_bytes));
	json_object_set_new(object, "went_on",
			    socket->send_timeouts > 0 ? json_boolean(!socket->send_gave_up)
						      : json_null());
	return object;
}

static json_t *settings(const struct socket *socket)
{
	json_t *object = json_object();

	json_object_set_new(object, "nodelay", json_boolean(socket->flags & SOCKET_NODELAY));
	json_object_set_new(object, "corked", json_boolean(socket->flags & SOCKET_CORKED));
	json_object_set_new(object, "linger_s", json_of_number(socket->linger_seconds));
	json_object_set_new(object, "notsent_lowat", json_of_number(socket->notsent_lowat));
	json_object_set_new(object, "send_timeout_ns", json_of_number(socket->send_timeout_ns));
	json_object_set_new(object, "user_timeout_ns", json_of_number(socket->user_timeout_ns));
	return object;
}

static json_t *requests(const struct socket *socket)
{
	bool readable = !(socket->flags & SOCKET_TLS);
	json_t *object = json_object(), *array = json_array();

	if (socket->produce_error) {
		json_t *error = json_object();

		json_object_set_new(error, "code", json_integer(socket->produce_error));
		json_object_set_new(error, "requests", json_of_number(socket->produce_refused));
		json_array_append_new(array, error);
	}
	json_object_set_new(object, "produce",
			    json_of_number(readable ? socket->produce_requests : UNKNOWN));
	json_object_set_new(
		object, "records",
		json_of_number(socket->records_known ? socket->produce_records : UNKNOWN));
	json_object_set_new(object, "answered",
			    json_of_number(readable && socket->answers_known
						   ? socket->produce_answered
						   : UNKNOWN));
	json_object_set_new(object, "errors", array);
	return object;
}

static json_t *socket_end(const struct socket *socket)
{
	const char *how = NULL;
	json_t *object = json_object(), *cut = json_null();

	if (socket->end == END_RESET ||
	    (socket->end != END_NONE && socket->flags & SOCKET_RESET))
		how = "reset";
	else if (socket->end == END_PROCESS)
		how = "process";
	else if (socket->end != END_NONE)
		how = socket->flags & SOCKET_SHUT ? "shutdown" : "close";
	if (socket->cut_length != UNKNOWN && !socket->kept_elsewhere) {
		cut = json_object();
		json_object_set_new(cut, "api", json_of_number(socket->cut_api));
		json_object_set_new(cut, "length", json_of_number(socket->cut_length));
		json_object_set_new(cut, "accepted", json_of_number(socket->cut_accepted));
	}
	json_object_set_new(object, "how", json_of_text(how));
	json_object_set_new(object, "error", json_of_text(words_error(socket->error)));
	json_object_set_new(object, "corked_bytes", json_of_number(socket->cork_left_bytes));
	json_object_set_new(object, "unsent_bytes", json_of_number(socket->unsent_bytes));
	json_object_set_new(object, "unread_bytes", json_of_number(socket->unread_bytes));
	json_object_set_new(object, "cut_frame", cut);
	json_object_set_new(object, "shared", json_boolean(socket->kept_elsewhere));
	json_object_set_new(object, "queued_bytes", json_of_number(socket->queued_bytes));
	json_object_set_new(object, "queued_age_ns", json_of_number(socket->queued_age_ns));
	return object;
}

json_t *json_of_socket(const struct socket *socket)
{
	json_t *object = json_object(), *buffer = json_object(), *bytes = json_object();
	bool asked = socket->buffer_requested != UNKNOWN || socket->flags & SOCKET_BUFFER_FIXED;

	json_object_set_new(object, "fd", json_of_number(socket->fd));
	json_object_set_new(object, "local", json_of_text(socket->local));
	json_object_set_new(object, "peer", json_of_text(socket->peer));
	json_object_set_new(object, "kafka", json_boolean(socket->flags & SOCKET_KAFKA));
	json_object_set_new(object, "broker", json_of_text(socket->broker));
	json_object_set_new(object, "producer", json_of_number(socket->producer));
	json_object_set_new(object, "tls", json_boolean(socket->flags & SOCKET_TLS));
	json_object_set_new(buffer, "requested", json_of_number(socket->buffer_requested));
	json_object_set_new(buffer, "effective", json_of_number(socket->buffer_effective));
	json_object_set_new(buffer, "autotuned", json_boolean(!asked));
	json_object_set_new(buffer, "forced", json_boolean(socket->buffer_forced));
	json_object_set_new(object, "send_buffer", buffer);
	json_object_set_new(object, "settings", settings(socket));
	json_object_set_new(bytes, "offered", json_of_number(socket->offered_bytes));
	json_object_set_new(bytes, "accepted", json_of_number(socket->accepted_bytes));
	json_object_set_new(bytes, "unseen", json_of_number(socket->unseen_bytes));
	json_object_set_new(object, "bytes", bytes);
	json_object_set_new(object, "writes", json_of_number(socket->writes));
	json_object_set_new(object, "short_writes", json_of_number(socket->short_writes));
	json_object_set_new(object, "eagain", json_of_number(socket->eagain));
	json_object_set_new(object, "send_timeouts", send_timeouts(socket));
	json_object_set_new(object, "fill", fill(socket));
	json_object_set_new(object, "stalls", stalls(socket));
	json_object_set_new(object, "requests", requests(socket));
	json_object_set_new(object, "end", socket_end(socket));
	return object;
}
