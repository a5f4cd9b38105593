/* SPDX-License-Identifier: Apache-2.0 */
/*
 * on_report.h - delivery reports, counted on their way to the application.
 */
#ifndef UNFLUSHED_LIBRDKAFKA_ON_REPORT_H
#define UNFLUSHED_LIBRDKAFKA_ON_REPORT_H

#include "librdkafka/handles.h"

/* Puts our callbacks in place of those that the configuration holds, and
 * remembers the host's in the handle. */
void reports_attach(struct handle *handle, rd_kafka_conf_t *conf);

/* Puts the host's callbacks back into a configuration that the host gets back (rd_kafka_new
 * failed, or the host has copied one that is in use). */
void reports_detach(struct handle *handle, rd_kafka_conf_t *conf);

#endif
