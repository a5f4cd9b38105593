/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_run.c - `unflushed run`: a host under the shim, and a report at its end
 *
 * The host always runs: if the tool cannot record it (no disk space, no
 * directory), it prints why and starts the host without. The exit status is the
 * host's, except with --check.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/arguments.h"
#include "cli/broker_options.h"
#include "cli/commands.h"
#include "cli/report.h"
#include "output/outputs.h"
#include "program/elffile.h"
#include "program/loadable.h"
#include "program/search.h"
#include "program/stripped.h"
#include "render/terminal.h"
#include "recipe/recipe.h"
#include "run/launch.h"
#include "run/markfile.h"
#include "run/relay.h"
#include "run/rundir.h"
#include "run/shimfile.h"
#include "run/suspect.h"
#include "say/say.h"

#define CANNOT_RUN 126
#define NOT_FOUND 127
#define REDIRECT_PORTS "9092"
#define SUSPECTS 16
#define STRANGERS_NAMED 3 /* further ones are counted */
#define STARTING_MS 1000  /* the longest that a program may take to load the shim */
#define STARTING_STEP_MS 20

static struct outputs_given given;
static const char *keep;
static const char *redirect_ports = REDIRECT_PORTS;
static const char *fail_on; /* NULL: not given */
static struct option_list not_mine;
static struct by_given by_given;
static struct choose_given of_others;
static struct guard_given guard_given;
static bool quiet, check, with_broker, without_audit;
static struct broker_given broker_given = {.options = BROKER_DEFAULTS};
static bool proves;

/* Aligned by hand. */
/* clang-format off */
static const struct option_row rows[] = {
	{ "check", 'c', OPTION_FLAG, NULL,
	  "exit with the verdict's code when the host exits with 0:\n"
	  "lost 80, at_risk 81, racy 82, unproven 84, blind 83,\n"
	  "failed 85", .into = &check },
	{ "fail-on", 0, OPTION_CHOICE, "VERDICT",
	  "the mildest verdict that fails (" VERDICT_MILDEST "); implies --check",
	  &fail_on, .choices = VERDICTS_THAT_FAIL },
	{ "prove", 'p', OPTION_FLAG, NULL,
	  "withhold the answers to what is produced (5 s, or until the\n"
	  "program waits for them): one that does not wait is racy,\n"
	  "one that outlasts them is clean", .into = &proves },
	OUTPUTS_OPTIONS(given, "stderr"),
	{ "quiet", 'q', OPTION_FLAG, NULL, "nothing of the report on stderr", .into = &quiet },
	NOT_MINE_OPTION(not_mine),
	BY_OPTIONS(by_given),
	GUARD_OPTIONS(guard_given),
	{ "dir", 'd', OPTION_STRING, "DIR", "keep the traces in this directory",
	  .into = &keep },
	{ "no-audit", 0, OPTION_FLAG, NULL,
	  "leave LD_AUDIT alone: calls taken with dlsym, and\n"
	  "plugins opened RTLD_DEEPBIND, go unseen", .into = &without_audit },
	{ "broker", 'b', OPTION_FLAG, NULL,
	  "start an embedded broker and point the host at it:\n"
	  "{broker} in arguments and environment becomes its\n"
	  "address, UNFLUSHED_BROKER holds it too; the options\n"
	  "below imply it. For librdkafka and some other clients,\n"
	  "not Java's: unflushed(1) lists them", .into = &with_broker },
	{ "broker-redirect", 0, OPTION_STRING, "PORTS",
	  "connects to these ports, on whatever host, go to the\n"
	  "embedded broker (" REDIRECT_PORTS "); comma-separated, or \"off\"",
	  .into = &redirect_ports },
	BROKER_OPTION_ROWS("broker-", broker_given),
	{ 0 },
};
/* clang-format on */

/* These options of `report` are refused here: all processes of a run count, and stdout is the
 * program's. */
static const struct option_row refused[] = {
	CHOOSE_OPTIONS(of_others),
	OUTPUTS_LISTING(given),
	{0},
};

static const struct option_table table = {
	.command = "run",
	.operands = "[--] PROGRAM [ARG...]",
	.purpose =
		"Runs PROGRAM, unmodified, with the shim preloaded. When it has ended, "
		"however it\n"
		"ended, reports on stderr what never reached the broker. Exits with "
		"PROGRAM's own\n"
		"status, or dies by the same signal; 127: no such program, 126: it cannot be\n"
		"run, 125: we failed ourselves. With --check, a PROGRAM that ended by a "
		"signal\n"
		"that we were sent, or with 128 plus its number, has done as it was told: the\n"
		"verdict decides.",
	.rows = rows,
	.stop_at_operand = true,
	.operands_least = 1,
	.refused = refused,
	.refused_why = "is of report and check: keep the traces (--dir DIR), and give it to "
		       "unflushed report, with DIR",
};

/* Everything of one run. */
struct run_state {
	char **argv;
	char path[4096]; /* of the program, as found */
	char shim[4096];
	char doubt[PATH_MAX + 256]; /* why the traces cannot be trusted; empty: they can */
	char why[512];		    /* why nothing is recorded; empty: it is */
	struct elffile elf;
	bool elf_known;
	struct rundir dir;
	struct launched host;
	struct outputs outputs;
	struct guard guard; /* empty without --check */
	struct marks marks;
	struct host_unloaded unloaded[SUSPECTS]; /* at most so many are reported */
	size_t unloaded_count;
};

static int cannot_run(const char *program, int error)
{
	say("cannot run '%s': %s", program,
	    error == ENOENT ? "no such program" : strerror(error));
	return error == ENOENT || error == ENOTDIR ? NOT_FOUND : CANNOT_RUN;
}

static int program_find(struct run_state *state)
{
	const char *program = state->argv[0];
	struct stat stat_now;

	if (!search_program(program, state->path, sizeof(state->path)))
		return cannot_run(program, ENOENT);
	if (stat(state->path, &stat_now) != 0)
		return cannot_run(program, errno);
	if (S_ISDIR(stat_now.st_mode))
		return cannot_run(program, EISDIR);
	if (access(state->path, X_OK) != 0)
		return cannot_run(program, errno);
	return 0;
}

static int options_check(struct outputs *outputs, struct guard *guard)
{
	char why[OUTPUTS_WHY_BYTES];

	if (guard_given.write_known)
		outputs_add(&given, "known", guard_given.write_known);
	if (!outputs_take(outputs, &given, OUTPUT_STDERR, why, sizeof(why)))
		return arguments_refuse(&table, "%s", why);

	check = check || fail_on || guard_given.policy || guard_given.strict ||
		guard_given.baseline;
	if (fail_on)
		verdict_by_name(fail_on, &outputs->fails_from);
	if (proves && broker_given.options.down)
		return arguments_refuse(&table, "--prove needs a broker that answers, and "
						"--broker-down is none");
	/* `--broker-rtt 20` without `--with-broker` starts a broker, too. */
	with_broker = with_broker || broker_given.any;
	if (!broker_given_check(&broker_given, why, sizeof(why)))
		return arguments_refuse(&table, "%s", why);
	if (strspn(redirect_ports, "0123456789,") != strlen(redirect_ports) &&
	    strcmp(redirect_ports, "off") != 0)
		return arguments_refuse(&table, "--broker-redirect wants ports, not '%s'",
					redirect_ports);
	if (check && !guard_take(guard, &guard_given, fail_on, outputs->source_root))
		return OPTIONS_USAGE;
	return OPTIONS_PROCEED;
}

/* With --quiet only the host writes to standard error, except for the reason why a check
 * fails. */
static bool is_mute(void)
{
	return quiet && !check;
}

/* Called before the host starts, so that the user need not wait for its end to learn of it,
 * and again when it has ended. */
static void doubt_find(struct run_state *state, const struct marks *told)
{
	if (!state->doubt[0] &&
	    !rundir_is_safe(&state->dir, told, state->doubt, sizeof(state->doubt)) &&
	    !is_mute())
		say("%s: the verdict cannot be clean", state->doubt);
}

/* Makes the recipe of a program whose librdkafka's symbols were stripped. If the functions are
 * not found, the report says so (finding librdkafka-static). */
static void recipe_hand(const struct run_state *state)
{
	char path[PATH_MAX], why[PATH_MAX + 256];
	struct recipe recipe;

	if (!stripped_recipe(state->argv, &recipe))
		return;
	if (!recipe_write(&recipe, state->dir.traces, path, why, sizeof(why)) && !is_mute())
		say("%s: %s", path, why);
	recipe_free(&recipe);
}

/* Decides whether the host is recorded; prints why not. */
static void recording_prepare(struct run_state *state)
{
	char unread[256], why[400];

	state->elf_known = elffile_read(state->path, &state->elf, unread, sizeof(unread));
	if (!rundir_make(&state->dir, keep, state->shim, why, sizeof(why))) {
		say("%s; the program runs unrecorded", why);
		snprintf(state->why, sizeof(state->why), "nothing could be recorded (%s)", why);
	} else if (state->elf_known && loadable_must_not_preload(&state->elf)) {
		snprintf(state->why, sizeof(state->why), "%s", loadable_obstacle(&state->elf));
	}
	if (!state->why[0]) {
		doubt_find(state, NULL);
		recipe_hand(state);
	}
	if (without_audit)
		state->dir.audit[0] = '\0';
}

static const char *cannot_load(const struct run_state *state)
{
	if (state->why[0])
		return state->why;
	return state->elf_known ? loadable_obstacle(&state->elf) : NULL;
}

static bool redirected(void)
{
	return with_broker && strcmp(redirect_ports, "off") != 0;
}

/* Printed at once: such a client retries for minutes, or without end. */
static void unserved_tell(const char *words)
{
	if (!is_mute())
		say("%s", words);
}

static bool host_run(struct run_state *state)
{
	char why[512];
	const struct launch launch = {
		.argv = state->argv,
		.dir = state->why[0] ? NULL : &state->dir,
		.broker = with_broker ? &broker_given.options : NULL,
		.redirect_ports = redirected() ? redirect_ports : NULL,
		.goes_first = state->elf_known ? loadable_goes_first(&state->elf) : NULL,
		.proves = proves && !state->why[0],
	};

	broker_given.options.tell = unserved_tell;
	if (launch_run(&launch, &state->host, why, sizeof(why))) {
		if (state->host.unproven[0])
			say("--prove cannot be done: %s; the program runs without it",
			    state->host.unproven);
		return true;
	}
	say("cannot start '%s': %s", state->argv[0], why);
	return false;
}

static void suspects_find(struct run_state *state)
{
	const struct mark *mark = NULL;

	state->unloaded_count = 0;
	while (state->unloaded_count < SUSPECTS &&
	       (mark = marks_unloaded(&state->marks, mark))) {
		struct host_unloaded *unloaded = &state->unloaded[state->unloaded_count];

		if (!suspect_find(mark->text, unloaded))
			continue;
		unloaded->pid = mark->pid;
		state->unloaded_count++;
	}
}

static bool is_alive(pid_t pid)
{
	return kill(pid, 0) == 0 || errno == EPERM;
}

/* Reads the mark file. A process that still runs without the shim may have been started by the
 * host just now, and load it soon: so waits for that. */
static void marks_gather(struct run_state *state)
{
	bool wait = true;

	for (int tries = 0; wait && tries < STARTING_MS / STARTING_STEP_MS; tries++) {
		wait = false;
		marks_free(&state->marks);
		marks_read(&state->marks, state->dir.mark);
		suspects_find(state);
		for (size_t i = 0; i < state->unloaded_count; i++)
			wait |= is_alive(state->unloaded[i].pid);
		if (wait)
			usleep(STARTING_STEP_MS * 1000);
	}
}

static void strangers_name(const struct rundir_found *found)
{
	for (size_t i = 0; i < found->stranger_count && i < STRANGERS_NAMED; i++)
		say("'%s' is not of this run: %s; it does not count", found->strangers[i].path,
		    found->strangers[i].why);
	if (found->stranger_count > STRANGERS_NAMED)
		say("%zu more are not of this run", found->stranger_count - STRANGERS_NAMED);
}

/* Finds the traces of this run, and whether they can be trusted. */
static void traces_find(struct run_state *state, struct rundir_found *found)
{
	*found = (struct rundir_found){0};
	if (state->why[0])
		return;
	marks_gather(state);
	rundir_find(&state->dir, &state->marks, found);
	if (!is_mute())
		strangers_name(found);
	doubt_find(state, &state->marks);
}

static void print(void *to, struct run *run)
{
	struct run_state *state = to;

	outputs_print(&state->outputs, run);
	if (!quiet && !outputs_on_stderr(&state->outputs))
		outputs_answer(&state->outputs, run);
}

/* Judges the traces of the host and prints the report. */
static int host_report(struct run_state *state, struct report_outcome *outcome)
{
	struct rundir_found found;

	traces_find(state, &found);
	const struct mark *silence = marks_silence(&state->marks);
	struct host host = {
		.program = state->path,
		.argv = state->argv,
		.pid = state->host.pid,
		.reaped = state->host.reaped,
		.wait_status = state->host.wait_status,
		.shim_loaded = marks_loaded(&state->marks, state->host.pid),
		.cannot_load = cannot_load(state),
		.silent_reason = silence ? silence->text : NULL,
		.silent_pid = silence ? silence->pid : 0,
		.doubt = state->doubt[0] ? state->doubt : NULL,
		.unloaded = state->unloaded,
		.unloaded_count = state->unloaded_count,
		.librdkafka_static =
			state->elf_known && state->elf.librdkafka == ELFFILE_LIBRDKAFKA_HIDDEN,
		.broker = state->host.bootstrap[0] ? state->host.bootstrap : NULL,
		.unserved = state->host.unserved[0] ? state->host.unserved : NULL,
		.redirect = redirected() && !state->why[0],
		.proves = proves,
		.proof_broke = proves,
	};
	if (state->host.prove)
		prove_tell(state->host.prove, &host);
	const struct report_options options = {
		.paths = (const char *const *)found.traces,
		.path_count = found.count,
		.host = &host,
		.not_mine = not_mine,
		.by = by_given,
		.guard = &state->guard,
		.print = print,
		.to = state,
	};
	/* A file that cannot be opened has been reported; the others are written all the same.
	 */
	outputs_open(&state->outputs, quiet);
	int status = report_paths(&options, outcome);

	if (state->dir.kept)
		rundir_shrink(&found);
	rundir_found_free(&found);
	if (!outputs_end(&state->outputs))
		status = SAY_FAILED_OURSELVES;
	return status;
}

/* The exit status for the verdict, if the host itself ended with success. */
static int verdict_status(const struct report_outcome *outcome, int report_status)
{
	enum verdict mildest = VERDICT_BLIND;

	if (report_status == SAY_FAILED_OURSELVES)
		return SAY_FAILED_OURSELVES;
	verdict_by_name(fail_on ? fail_on : VERDICT_MILDEST, &mildest);
	return report_exit_status(outcome, mildest, report_status);
}

/*
 * Whether the host ended because a signal that it was sent stopped it: by the
 * same signal, or with 128 plus its number, as uvicorn does. Such an end is no
 * failure.
 */
static bool ended_as_told(const struct launched *host)
{
	int number = WIFSIGNALED(host->wait_status) ? WTERMSIG(host->wait_status)
						    : WEXITSTATUS(host->wait_status) - 128;

	return number >= 1 && number <= 64 && host->signals_got >> (number - 1) & 1;
}

/* The host's own status, if it failed; else the verdict's. */
static int final_status(const struct run_state *state, const struct report_outcome *outcome,
			int report_status)
{
	if (!state->host.reaped)
		return SAY_FAILED_OURSELVES;
	if (check && ended_as_told(&state->host))
		return verdict_status(outcome, report_status);
	if (WIFSIGNALED(state->host.wait_status)) {
		relay_die(WTERMSIG(state->host.wait_status));
		return 128 + WTERMSIG(state->host.wait_status);
	}
	if (WEXITSTATUS(state->host.wait_status) != 0 || !check)
		return WEXITSTATUS(state->host.wait_status);
	return verdict_status(outcome, report_status);
}

/* For the first process of a container: names the processes that were left. */
static void left_name(const struct left *left)
{
	for (size_t i = 0; i < left->count && i < LEFT_NAMED; i++)
		say("process %d (%s) outlived the program, and was ended as the container is",
		    (int)left->named[i].pid, left->named[i].name);
	if (left->count > LEFT_NAMED)
		say("so were %zu more", left->count - LEFT_NAMED);
}

/* Says that the shim may be the reason why seccomp killed the host: it makes system calls that
 * the program itself may not make. */
static void filter_name(const struct run_state *state)
{
	if (!state->why[0] && state->host.reaped && WIFSIGNALED(state->host.wait_status) &&
	    WTERMSIG(state->host.wait_status) == SIGSYS)
		say("a filter of system calls (seccomp) ended the program, perhaps for one "
		    "that "
		    "the shim makes: unflushed(1) lists them in SYSTEM CALLS");
}

static int run(struct run_state *state)
{
	struct report_outcome outcome = {.verdict = VERDICT_BLIND};

	recording_prepare(state);
	if (!host_run(state))
		return SAY_FAILED_OURSELVES;
	if (state->host.exec_error)
		return cannot_run(state->argv[0], state->host.exec_error);
	if (!quiet)
		terminal_line_start(stderr);
	if (!is_mute()) {
		left_name(&state->host.left);
		filter_name(state);
	}
	if (!state->why[0])
		rundir_observe(&state->dir, state->host.pid, state->host.start_ticks,
			       state->host.wait_status, state->host.ended_ns);
	int status = host_report(state, &outcome);
	prove_free(state->host.prove);
	/* Last, because relay_die() does not return. */
	rundir_remove(&state->dir);
	return final_status(state, &outcome, status);
}

int cmd_run(int argc, char **argv)
{
	static struct run_state state;
	int first;
	int status = arguments_take(&table, argc, argv, &first);

	if (status == OPTIONS_PROCEED)
		status = options_check(&state.outputs, &state.guard);
	if (status != OPTIONS_PROCEED)
		return status;
	launch_reserve_streams();
	state.argv = argv + first;
	status = program_find(&state);
	if (status != 0)
		return status;
	if (!shimfile_find(state.shim, sizeof(state.shim))) {
		say("cannot find libunflushed.so: neither beside this program nor "
		    "in " UNFLUSHED_LIBDIR);
		return SAY_FAILED_OURSELVES;
	}
	/* Tried before the host starts: it may run for an hour, and then the report could not
	 * be written. */
	if (!outputs_try(&state.outputs))
		return SAY_FAILED_OURSELVES;
	status = run(&state);
	rundir_remove(&state.dir);
	elffile_clear(&state.elf);
	marks_free(&state.marks);
	guard_end(&state.guard);
	suspect_close();
	return status;
}
