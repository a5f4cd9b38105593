/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bytes.c - stories about hosts that only send and receive bytes.
 */
#include "bytes.h"

struct story bytes_tell(const char *host, const char *arguments)
{
	struct story story = story_of(host);

	story.needs_no_broker = true;
	story_tell(&story, "%s", arguments);
	return story;
}

json_t *bytes_sender(const struct story *story)
{
	json_t *sockets = json_path(story->summary, "processes.0.sockets");
	json_t *busiest = json_array_get(sockets, 0);

	for (size_t i = 1; i < json_array_size(sockets); i++) {
		json_t *socket = json_array_get(sockets, i);

		if (json_number(socket, "bytes.accepted") >
		    json_number(busiest, "bytes.accepted"))
			busiest = socket;
	}
	assert_non_null(busiest);
	return busiest;
}

void bytes_causes_add_up(json_t *socket)
{
	int64_t sum = json_number(socket, "stalls.receiver_ns") +
		      json_number(socket, "stalls.send_buffer_ns") +
		      json_number(socket, "stalls.network_ns") +
		      json_number(socket, "stalls.unexplained_ns");

	assert_int_equal(sum, json_number(socket, "stalls.total_ns"));
}
