/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_pack.c - `unflushed pack`: packs many traces into one small file, which
 * all commands can read.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/report.h"
#include "keep/packing.h"
#include "pack/pack.h"
#include "say/say.h"

static const char *file;
static bool live, away;

static const struct option_row rows[] = {
	{"output", 'o', OPTION_STRING, "FILE",
	 "the packed file, which must not be there yet; in a directory\n"
	 "of traces it is found if its name ends with\n" PACK_SUFFIX,
	 .into = &file},
	{"remove", 0, OPTION_FLAG, NULL,
	 "remove the traces, when the file is whole and was read back\n"
	 "equal to them; those of other users stay",
	 .into = &away},
	{"live", 0, OPTION_FLAG, NULL,
	 "also those of processes that still run, as they are now\n"
	 "(these are never removed)",
	 .into = &live},
	{0},
};

static const struct option_table table = {
	.command = "pack",
	.operands = "[DIR|TRACE...]",
	.purpose =
		"Packs the traces of processes that have ended (of $UNFLUSHED_DIR, without "
		"operands)\n"
		"into one file, about a thousandth in size, which every command reads like a\n"
		"directory of them. It is a tar compressed by zstd: `tar --zstd -x` has them "
		"back.\n"
		"The same traces make the same file. Exits with 3 when a trace could not be "
		"read\n"
		"or none is there, with 1 when the file could not be written.",
	.rows = rows,
};

static double mebibytes(uint64_t bytes)
{
	return (double)bytes / (1 << 20);
}

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static void tell(const struct packing *packing)
{
	size_t running = packing->left_running;

	if (running > 0)
		say("%zu trace%s left out: %s (--live packs %s too)", running,
		    running == 1 ? " is" : "s are",
		    running == 1 ? "its process runs, or may" : "their processes run, or may",
		    running == 1 ? "it" : "them");
	if (packing->packed == 0)
		say("there is no trace of a process that has ended: nothing is packed");
	else
		say("%zu trace%s, %.1f MiB on disk, packed into '%s', %.2f MiB",
		    packing->packed, plural(packing->packed), mebibytes(packing->disk_bytes),
		    file, mebibytes(packing->packed_bytes));
}

static int pack(struct packing *packing)
{
	if (!packing_write(packing, file, live))
		return 1;
	tell(packing);
	if (away) {
		packing_remove(packing);
		say("%zu trace%s removed, %.1f MiB", packing->removed, plural(packing->removed),
		    mebibytes(packing->freed_bytes));
	}
	return packing->unreadable || packing->packed == 0 ? REPORT_UNREADABLE : 0;
}

int cmd_pack(int argc, char **argv)
{
	struct packing packing;
	int first;
	int status = arguments_take(&table, argc, argv, &first);
	const char *usual = getenv("UNFLUSHED_DIR");

	if (status != OPTIONS_PROCEED)
		return status;
	if (!file)
		return arguments_refuse(&table, "into which file? --output FILE");
	if (first == argc && (!usual || !*usual))
		return arguments_refuse(&table, "DIR or TRACE is missing");
	if (first == argc)
		packing_take(&packing, &usual, 1);
	else
		packing_take(&packing, (const char *const *)argv + first,
			     (size_t)(argc - first));
	status = pack(&packing);
	packing_free(&packing);
	return status;
}
