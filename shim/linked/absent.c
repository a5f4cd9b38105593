/* SPDX-License-Identifier: Apache-2.0 */
/*
 * absent.c - see absent.h.
 */
#include "linked/absent.h"

#include <stddef.h>
#include <string.h>

#include "calls/calls.h"

static const char *absent_version_str(void)
{
	return "";
}

static const char *absent_name(const rd_kafka_t *rk)
{
	(void)rk;
	return "";
}

static rd_kafka_resp_err_t absent_last_error(void)
{
	return RD_KAFKA_RESP_ERR_UNKNOWN;
}

/* Of a call that was refused: whoever asks is given an error, so never "no error". */
static rd_kafka_resp_err_t absent_error_code(const rd_kafka_error_t *error)
{
	(void)error;
	return RD_KAFKA_RESP_ERR_UNKNOWN;
}

static void absent_error_destroy(rd_kafka_error_t *error)
{
	(void)error;
}

static rd_kafka_conf_res_t absent_conf_get(const rd_kafka_conf_t *conf, const char *name,
					   char *text, size_t *bytes)
{
	(void)conf, (void)name, (void)text, (void)bytes;
	return RD_KAFKA_CONF_UNKNOWN;
}

static rd_kafka_topic_conf_t *absent_topic_conf_new(void)
{
	return NULL;
}

static rd_kafka_conf_res_t absent_topic_conf_get(const rd_kafka_topic_conf_t *conf,
						 const char *name, char *text, size_t *bytes)
{
	(void)conf, (void)name, (void)text, (void)bytes;
	return RD_KAFKA_CONF_UNKNOWN;
}

static void absent_topic_conf_destroy(rd_kafka_topic_conf_t *conf)
{
	(void)conf;
}

static rd_kafka_event_type_t absent_event_type(const rd_kafka_event_t *event)
{
	(void)event;
	return RD_KAFKA_EVENT_NONE;
}

static rd_kafka_resp_err_t absent_event_error(rd_kafka_event_t *event)
{
	(void)event;
	return RD_KAFKA_RESP_ERR_NO_ERROR;
}

void *absent_function(const char *name)
{
	/* The compiler checks that each function has the type of the real one. */
#define ABSENT(function)                                                                       \
	{                                                                                      \
		"rd_kafka_" #function, (void *)(__typeof__(rd_kafka_##function) *)             \
		{                                                                              \
			absent_##function                                                      \
		}                                                                              \
	}
	const struct {
		const char *name;
		void *function;
	} rows[] = {
		ABSENT(version_str),	    ABSENT(name),	    ABSENT(last_error),
		ABSENT(conf_get),	    ABSENT(topic_conf_new), ABSENT(topic_conf_get),
		ABSENT(topic_conf_destroy), ABSENT(event_type),	    ABSENT(event_error),
		ABSENT(error_code),	    ABSENT(error_destroy),
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(rows[i].name, name) == 0)
			return rows[i].function;
	return NULL;
}
