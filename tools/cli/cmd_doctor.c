/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_doctor.c - `unflushed doctor`: says before a run what it would see
 *
 * Exits with 0 when messages can be counted, 83 (blind) when not.
 */
#include "cli/arguments.h"
#include "cli/commands.h"
#include "model/verdict.h"
#include "output/output.h"
#include "program/doctor.h"
#include "read/printable.h"
#include "run/shimfile.h"
#include "say/say.h"

#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *format = "text";

/* Aligned by hand. */
/* clang-format off */
static const struct option_row rows[] = {
	{ "format", 'f', OPTION_CHOICE, "FORMAT", "how to print it (text)", &format,
	  .choices = "text|json" },
	{ 0 },
};
/* clang-format on */

static const struct option_table table = {
	.command = "doctor",
	.operands = "[--] PROGRAM [ARG...]|PID",
	.purpose =
		"Says what can be seen in a program, and why not, before running it; or "
		"whether the\n"
		"shim is in a running process, and where its trace is. Exits with 0 when its\n"
		"messages can be counted, with 83 when only connections can be seen, or "
		"nothing.\n"
		"Takes a whole command line, as `run` does: of env, timeout 9, sh -c and the "
		"like it\n"
		"looks at what they start.",
	.rows = rows,
	.stop_at_operand = true,
	.operands_least = 1,
};

/* An operand of only digits is a pid, unless a file has that name. */
static long pid_of(const char *operand)
{
	char *end;
	long pid = strtol(operand, &end, 10);

	return *operand && !*end && pid > 0 && pid <= INT_MAX ? pid : 0;
}

static void print_text(const struct doctor *doctor, FILE *out)
{
	for (size_t i = 0; i < doctor->count; i++) {
		char *value = printable_text(doctor->facts[i].value);

		fprintf(out, "%-11s %s\n", doctor->facts[i].name, value);
		free(value);
	}
	char *because = printable_text(doctor->because);

	fprintf(out, "\n%s. %s\n", doctor_verdict_name(doctor->verdict), because);
	free(because);
}

/* A path may have any bytes, but jansson takes only UTF-8. */
static json_t *json_of(const char *text)
{
	char *shown = printable_text(text);
	json_t *string = json_string(shown);

	free(shown);
	return string;
}

static void print_json(const struct doctor *doctor, FILE *out)
{
	json_t *object = json_object();

	for (size_t i = 0; i < doctor->count; i++)
		json_object_set_new(object, doctor->facts[i].name,
				    json_of(doctor->facts[i].value));
	json_object_set_new(object, "verdict",
			    json_string(doctor_verdict_name(doctor->verdict)));
	json_object_set_new(object, "because", json_of(doctor->because));
	json_dumpf(object, out, JSON_INDENT(2));
	fputc('\n', out);
	json_decref(object);
}

static bool print(const struct doctor *doctor)
{
	struct output output;

	output_open(&output, NULL, OUTPUT_STDOUT);
	if (strcmp(format, "json") == 0)
		print_json(doctor, output.file);
	else
		print_text(doctor, output.file);
	return output_end(&output, "the answer");
}

int cmd_doctor(int argc, char **argv)
{
	struct doctor doctor;
	char shim[PATH_MAX], why[512];
	int first;
	int status = arguments_take(&table, argc, argv, &first);

	if (status != OPTIONS_PROCEED)
		return status;
	if (!shimfile_find(shim, sizeof(shim))) {
		say("cannot find libunflushed.so");
		return 1;
	}
	const char *operand = argv[first];
	long pid = argc - first == 1 ? pid_of(operand) : 0;
	bool looked = pid ? doctor_process((pid_t)pid, &doctor, why, sizeof(why))
			  : doctor_command(argv + first, shim, &doctor, why, sizeof(why));
	if (!looked) {
		say("cannot examine '%s': %s", operand, why);
		return 1;
	}
	if (!print(&doctor))
		return 1;
	return doctor.verdict <= DOCTOR_STARTS ? 0 : verdict_exit_code(VERDICT_BLIND);
}
