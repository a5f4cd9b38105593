/* SPDX-License-Identifier: Apache-2.0 */
/*
 * listing.c - see listing.h.
 */
#include "choose/listing.h"

#include <stdlib.h>
#include <string.h>

#include "read/printable.h"

/* A process without Kafka has no clean verdict, but it is not listed. */
static bool is_bad(const struct process *process)
{
	return process->path && process->judged && process->verdict != VERDICT_CLEAN;
}

static bool print_line(const char *path, FILE *out)
{
	char *shown = printable_text(path);
	bool same = !strcmp(shown, path);

	fprintf(out, "%s\n", shown);
	free(shown);
	return same;
}

size_t listing_print(const struct run *run, bool nul, FILE *out)
{
	size_t escaped = 0;

	for (size_t i = 0; i < run->process_count; i++) {
		const struct process *process = &run->processes[i];

		if (!is_bad(process))
			continue;
		if (nul)
			fwrite(process->path, 1, strlen(process->path) + 1, out);
		else
			escaped += !print_line(process->path, out);
	}
	return escaped;
}
