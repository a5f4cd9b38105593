/* SPDX-License-Identifier: Apache-2.0 */
/*
 * version.c - see version.h.
 */
#include "cli/version.h"

#include <archive.h>
#include <elfutils/libdwfl.h>
#include <jansson.h>
#include <librdkafka/rdkafka.h>
#include <libxml/xmlversion.h>
#include <limits.h>
#include <sqlite3.h>
#include <zstd.h>

#include "format/format.h"
#include "html/assets.h"
#include "model/words.h"
#include "run/shimfile.h"

/* Lists the clients whose messages are counted; of other clients only the connections are
 * seen. */
static void clients_print(FILE *out)
{
	const char *before = "";

	fputs("counts  messages of ", out);
	for (int client = CLIENT_LIBRDKAFKA; words_client((enum trace_client)client);
	     client++) {
		if (client == CLIENT_WIRE)
			continue;
		fprintf(out, "%s%s", before, words_client((enum trace_client)client));
		before = ", ";
	}
	fputs("; of other clients, what is on the wire\n", out);
}

void version_print(FILE *out, const char *commit)
{
	char path[PATH_MAX];

	fputs("unflushed " UNFLUSHED_VERSION "\n", out);
	fprintf(out, "commit  %s\n", commit);
	clients_print(out);
	if (shimfile_find(path, sizeof path))
		fprintf(out, "preloads %s\n", path);
	else
		fputs("preloads nothing: libunflushed.so is not beside it, nor installed\n",
		      out);
	fprintf(out,
		"with    librdkafka %s, elfutils %s, jansson %s, libxml2 %s,\n"
		"        %s, zstd %s, SQLite %s\n",
		rd_kafka_version_str(), dwfl_version(NULL), jansson_version_str(),
		LIBXML_DOTTED_VERSION, archive_version_string(), ZSTD_versionString(),
		sqlite3_libversion());
	if (html_charts_built)
		fprintf(out, "charts  in HTML, by uPlot %s\n", html_charts_built->version);
	else
		fputs("charts  none in HTML: built without uPlot\n", out);
}
