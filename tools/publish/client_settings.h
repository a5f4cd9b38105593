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

/* Sets "NAME=VALUE" in `conf`. False: `why` says what is wrong, without the value, which may be
 * a password. */
bool client_settings_take(rd_kafka_conf_t *conf, const char *setting,
			  char why[CLIENT_SETTINGS_WHY_BYTES]);

/* Reads a file with one setting on each line, as kcat's -F does: lines that are empty or begin
 * with # are skipped, and blanks around names and values are removed. False: `why` has a
 * clause that names the line. */
bool client_settings_read(rd_kafka_conf_t *conf, const char *path,
			  char why[CLIENT_SETTINGS_WHY_BYTES]);

#endif
