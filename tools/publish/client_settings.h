/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client_settings.h - librdkafka's settings, as a user gives them.
 */
#ifndef UNFLUSHED_PUBLISH_CLIENT_SETTINGS_H
#define UNFLUSHED_PUBLISH_CLIENT_SETTINGS_H

#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stddef.h>

#define CLIENT_SETTINGS_WHY_BYTES 800

/* "NAME=VALUE" into `conf`. False: `why` says what is wrong with it, without its value, which
 * may be a password. */
bool client_settings_take(rd_kafka_conf_t *conf, const char *setting,
			  char why[CLIENT_SETTINGS_WHY_BYTES]);

/* A file with a setting a line; lines that are empty or begin with # are passed over, and
 * blanks around names and values are none of theirs (as kcat's -F has it). False: `why` has a
 * clause that names the line. */
bool client_settings_read(rd_kafka_conf_t *conf, const char *path,
			  char why[CLIENT_SETTINGS_WHY_BYTES]);

#endif
