/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_doctor.c - `unflushed doctor`: says beforehand what a run would see
 *
 * Exits with 0 when messages can be counted, 83 (blind) when not.
 */
#include "cli/commands.h"
#include "program/doctor.h"
#include "options/options.h"
#include "run/shimfile.h"
#include "model/verdict.h"

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
	.operands = "PROGRAM|PID",
	.purpose =
		"Says what can be seen in a program, and why not, before running it; or "
		"whether the\n"
		"shim is in a running process, and where its trace is. Exits with 0 when its\n"
		"messages can be counted, with 83 when only connections can be seen, or "
		"nothing.",
	.rows = rows,
	.operands_least = 1,
	.operands_most = 1,
};

/* A pid is digits alone, and no file of that name is meant. */
static long pid_of(const char *operand)
{
	char *end;
	long pid = strtol(operand, &end, 10);

	return *operand && !*end && pid > 0 && pid <= INT_MAX ? pid : 0;
}

static int print_text(const struct doctor *doctor)
{
	for (size_t i = 0; i < doctor->count; i++)
		printf("%-11s %s\n", doctor->facts[i].name, doctor->facts[i].value);
	printf("\n%s. %s\n", doctor_verdict_name(doctor->verdict), doctor->because);
	return 0;
}

static int print_json(const struct doctor *doctor)
{
	json_t *object = json_object();

	for (size_t i = 0; i < doctor->count; i++)
		json_object_set_new(object, doctor->facts[i].name,
				    json_string(doctor->facts[i].value));
	json_object_set_new(object, "verdict",
			    json_string(doctor_verdict_name(doctor->verdict)));
	json_object_set_new(object, "because", json_string(doctor->because));
	int status = json_dumpf(object, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(object);
	return status;
}

int cmd_doctor(int argc, char **argv)
{
	struct doctor doctor;
	char shim[PATH_MAX], why[512];
	int first;
	int status = options_parse(&table, argc, argv, &first);

	if (status != OPTIONS_PROCEED)
		return status;
	if (!shimfile_find(shim, sizeof(shim))) {
		fprintf(stderr, "unflushed: cannot find libunflushed.so\n");
		return 1;
	}
	const char *operand = argv[first];
	long pid = pid_of(operand);
	bool looked = pid ? doctor_process((pid_t)pid, &doctor, why, sizeof(why))
			  : doctor_program(operand, shim, &doctor, why, sizeof(why));
	if (!looked) {
		fprintf(stderr, "unflushed: cannot examine '%s': %s\n", operand, why);
		return 1;
	}
	status = strcmp(format, "json") == 0 ? print_json(&doctor) : print_text(&doctor);
	if (status != 0 || fflush(stdout) != 0) {
		fprintf(stderr, "unflushed: cannot print the answer\n");
		return 1;
	}
	return doctor.verdict <= DOCTOR_DEPENDS ? 0 : verdict_exit_code(VERDICT_BLIND);
}
