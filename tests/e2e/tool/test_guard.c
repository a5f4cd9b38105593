/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_guard.c - another program that may write beside the traces cannot make
 * `check` call a run clean that is not.
 *
 * The attacker is a shell script, run by the host or, if the test runs as root,
 * by another user (`by_nobody`). It uses a clean trace of an earlier run.
 */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOBODY 65534

static struct broker *broker, *far_broker;
static char *keep;  /* the directory of traces */
static char *clean; /* a trace that is clean, readable by everybody */

static struct ended shell(const char *script)
{
	char *name = scratch_name(".sh");
	FILE *file = fopen(name, "we");

	assert_non_null(file);
	fprintf(file, "#!/bin/sh\nKEEP='%s' CLEAN='%s'\n%s\n", keep, clean ? clean : "",
		script);
	fclose(file);
	chmod(name, 0755);
	struct ended ended = program_run(name, broker_address(broker));
	free(name);
	return ended;
}

static void shell_must(const char *script)
{
	struct ended ended = shell(script);

	if (exit_code(&ended) != 0)
		fail_msg("%s: %s", script, ended.err);
	ended_free(&ended);
}

/* The host is a shell script; `before` the run another one. The run's exit status, and what it
 * says must hold `says`. */
static int guarded(const char *before, const char *host, const char *says)
{
	char *script = NULL;

	assert_true(asprintf(&script,
			     "rm -rf \"$KEEP\"; mkdir -m 755 \"$KEEP\"\n%s\n"
			     "export KEEP CLEAN\n" PATH_TOOL
			     " run --check --dir \"$KEEP\" -- sh -c '%s'",
			     before, host) > 0);
	struct ended ended = shell(script);
	int code = exit_code(&ended);

	printf("%s; %s: %d\n", before, host, code);
	if (!strstr(ended.err, says))
		fail_msg("not said: %s\nbut: %s", says, ended.err);
	ended_free(&ended);
	free(script);
	return code;
}

#define FLUSHES PATH_HOSTS "/flushes $BROKER 10"
/* So far away that none gets out, however slow the machine. */
#define FORGETS PATH_HOSTS "/forgets_flush $FAR_BROKER 10"

static int prepare(void **state)
{
	(void)state;
	broker = broker_start();
	setenv("BROKER", broker_address(broker), 1);
	far_broker = broker_start();
	broker_rtt(far_broker, 1000);
	setenv("FAR_BROKER", broker_address(far_broker), 1);
	keep = scratch_name(".traces");
	/* Another user must be able to open it. */
	chmod(scratch_directory(), 0755);
	shell_must("mkdir \"$KEEP\"; " PATH_TOOL " run --check --dir \"$KEEP\" -- " PATH_HOSTS
		   "/flushes $BROKER 10 && cp \"$KEEP\"/*.trace \"$KEEP.clean\" && "
		   "chmod 644 \"$KEEP.clean\"");
	assert_true(asprintf(&clean, "%s.clean", keep) > 0);
	return 0;
}

static int clear_up(void **state)
{
	(void)state;
	broker_stop(broker);
	broker_stop(far_broker);
	free(keep);
	free(clean);
	return 0;
}

static void an_honest_run_is_what_it_is(void **state)
{
	(void)state;
	assert_int_equal(guarded("", FLUSHES, "CLEAN"), 0);
	assert_int_equal(guarded("cp \"$CLEAN\" \"$KEEP/9-9.trace\"", FLUSHES, "CLEAN"), 0);
	assert_int_equal(guarded("", "true", "BLIND"), 83);
}

/* Without a producer of its own the run is blind, whatever lies there. */
static void a_planted_trace_does_not_count(void **state)
{
	static const char *const plants[] = {
		"cp $CLEAN $KEEP/9-9.trace",
		"cp $CLEAN $KEEP/$$-$(cut -d\" \" -f22 /proc/$$/stat).trace",
		"ln $CLEAN $KEEP/9-9.trace",
		"ln -s $CLEAN $KEEP/9-9.trace",
		"cp $CLEAN $KEEP/x; mv $KEEP/x $KEEP/9-9.trace",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(plants) / sizeof(*plants); i++)
		assert_int_equal(guarded("", plants[i], ".trace' is not of this run: "), 83);
	/* An older one under a new name. */
	assert_int_equal(guarded("cp \"$CLEAN\" \"$KEEP/8-8.trace\"",
				 "mv $KEEP/8-8.trace $KEEP/9-9.trace",
				 "9-9.trace' is not of this run: "),
			 83);
	/* That of a run inside the run, which has judged it. */
	assert_int_equal(
		guarded("", PATH_TOOL " run -q --dir $KEEP -- " FLUSHES, "is not of this run"),
		83);
}

static void what_would_hang_or_fail_the_reader_does_not(void **state)
{
	(void)state;
	assert_int_equal(guarded("", "mkfifo $KEEP/9-9.trace; mkdir $KEEP/8-8.trace; " FLUSHES,
				 "9-9.trace' is not of this run: it is no regular file"),
			 0);
	assert_int_equal(guarded("", "echo > $KEEP/9-9.trace; " FLUSHES,
				 "9-9.trace' is not of this run: "),
			 0);
	assert_int_equal(
		guarded("", "for i in 1 2 3 4 5; do echo > $KEEP/$i-9.trace; done; " FLUSHES,
			"2 more are not of this run"),
		0);
}

static void what_is_taken_away_is_missed(void **state)
{
	(void)state;
	assert_int_equal(guarded("", FLUSHES "; " FORGETS "; rm $KEEP/*.trace; " FLUSHES,
				 "is not there any more"),
			 83);
	assert_int_equal(guarded("",
				 FORGETS "; cp $CLEAN $KEEP/x; "
					 "for i in $KEEP/*.trace; do mv $KEEP/x $i; done",
				 "is not there any more"),
			 83);
	assert_int_equal(guarded("", FORGETS "; mv $KEEP $KEEP.aside; mkdir $KEEP; " FLUSHES,
				 "is not the directory that it was"),
			 83);
	/* Losses that were read outweigh what was not. */
	assert_int_equal(guarded("", FLUSHES "; rm $KEEP/*.trace; " FORGETS, "LOST"), 80);
}

static void a_directory_open_to_others_is_never_clean(void **state)
{
	(void)state;
	assert_int_equal(guarded("chmod 777 \"$KEEP\"", FLUSHES, "others may write to"), 83);
	assert_int_equal(guarded("chmod 772 \"$KEEP\"", FLUSHES, "traces-in-doubt"), 83);
	assert_int_equal(guarded("chmod 1777 \"$KEEP\"", FLUSHES, "CLEAN"), 0);
	assert_int_equal(guarded("", "chmod 777 $KEEP; " FLUSHES, "others may write to"), 83);
	/* The mark file's directory, too. */
	assert_int_equal(
		guarded("mkdir -m 777 $KEEP.tmp; chmod 777 $KEEP.tmp; export TMPDIR=$KEEP.tmp",
			FLUSHES, "others may write to"),
		83);
}

/* What a umask of 002 makes, unless the group has anybody else in it. */
static void a_group_that_is_nobody_else_may_write_there(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip_because("only root can give a directory to another group");
	assert_int_equal(guarded("chgrp 65534 \"$KEEP\"; chmod 775 \"$KEEP\"", FLUSHES,
				 "others may write to"),
			 83);
	if (system("[ $(id -gn) = root ] && ! getent passwd | grep -qE "
		   "'^[^:]*:[^:]*:[1-9][0-9]*:0:' && "
		   "[ -z \"$(getent group 0 | cut -d: -f4 | sed s/^root$//)\" ]") != 0)
		skip_because("root's group has other members here");
	assert_int_equal(guarded("chmod 775 \"$KEEP\"", FLUSHES, "CLEAN"), 0);
}

/* Standard error is the host's alone, but where a guard fails for it. */
static void with_quiet_only_a_guard_speaks(void **state)
{
	struct ended ended =
		shell("rm -rf $KEEP; mkdir -m 777 $KEEP; chmod 777 $KEEP\n" PATH_TOOL
		      " run -q --dir $KEEP -- true");

	(void)state;
	assert_string_equal(ended.err, "");
	assert_int_equal(exit_code(&ended), 0);
	ended_free(&ended);
	ended = shell("rm -rf $KEEP; mkdir -m 777 $KEEP; chmod 777 $KEEP\n" PATH_TOOL
		      " run -q --check --dir $KEEP -- true");
	assert_non_null(strstr(ended.err, "others may write to"));
	assert_int_equal(exit_code(&ended), 83);
	ended_free(&ended);
}

#define AS_NOBODY "setpriv --reuid 65534 --regid 65534 --clear-groups sh -c "

static void by_another_user(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip_because("only root can be another user");
	assert_int_equal(guarded("chown 65534 \"$KEEP\"", FLUSHES, "belongs to user 65534"),
			 83);
	assert_int_equal(guarded("chown 65534 \"$KEEP\"; chmod 1777 \"$KEEP\"", FLUSHES,
				 "belongs to user 65534"),
			 83);
	assert_int_equal(guarded("chmod 1777 \"$KEEP\"",
				 AS_NOBODY "\"cp $CLEAN $KEEP/9-9.trace\"",
				 "9-9.trace' is not of this run: "),
			 83);
	/* It can neither read nor take away those of the run. */
	assert_int_equal(guarded("chmod 1777 \"$KEEP\"",
				 FORGETS
				 "; " AS_NOBODY "\"rm -f $KEEP/*.trace; cat $KEEP/*.trace "
				 ">$KEEP/9-9.trace; ln $KEEP/*.trace $KEEP/8-8.trace; true\"",
				 "LOST"),
			 80);
	/* Nor does it find the mark file, in a directory that only those find who know its
	 * name. */
	assert_int_equal(guarded("",
				 FORGETS "; " AS_NOBODY
					 "\"for i in ${TMPDIR:-/tmp}/unflushed-*/*/loaded; do "
					 "echo 1 =9-9.trace >>\\$i; done; true\"",
				 "LOST"),
			 80);
}

/* A daemon of root's that becomes another user before it produces is its run's all the same. */
static void who_the_host_becomes_is_no_stranger(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip_because("only root can become another user");
	assert_int_equal(guarded("chmod 1777 \"$KEEP\"",
				 AS_NOBODY "\"" PATH_HOSTS "/flushes $BROKER 10\"", "CLEAN"),
			 0);
	assert_int_equal(guarded("chmod 1777 \"$KEEP\"", AS_NOBODY "\"" FORGETS "\"", "LOST"),
			 80);
}

/* And of a run that is not root's, a trace of root's is none. */
static void a_trace_of_another_owner_is_a_strangers(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip_because("only root can be another user");
	shell_must(
		"rm -rf \"$KEEP\"; mkdir \"$KEEP\"; chmod 1777 \"$KEEP\"; rm -f $KEEP.end\n"
		"setpriv --reuid 65534 --regid 65534 --clear-groups " PATH_TOOL
		" run --check --dir \"$KEEP\" -- sh -c 'while [ ! -e $0 ]; do sleep 0.1; done' "
		"$KEEP.end 2>$KEEP.said &\n"
		"sleep 0.5; cp \"$CLEAN\" $KEEP/9-9.trace; >$KEEP.end; wait $!\n"
		"[ $? = 83 ] && grep -q 'it belongs to user 0; it does not count' $KEEP.said");
}

/* There /tmp belongs to a uid that no user has. */
static void in_a_user_namespace_the_systems_directories_are_trusted(void **state)
{
	static const char as[] = "setpriv --reuid 65534 --regid 65534 --clear-groups "
				 "unshare --user --map-root-user ";
	char *command;

	(void)state;
	if (geteuid() != 0)
		skip_because("only root can be another user");
	assert_true(asprintf(&command, "%strue 2>/dev/null", as) > 0);
	if (system(command) != 0)
		skip_because("no user namespace can be made here (unshare --user)");
	free(command);
	assert_true(asprintf(&command,
			     "[ $(%sstat -c %%u /tmp) != 0 ] || exit 0; "
			     "%s" PATH_TOOL " run --check -- " FLUSHES,
			     as, as) > 0);
	shell_must(command);
	free(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_honest_run_is_what_it_is),
		cmocka_unit_test(a_planted_trace_does_not_count),
		cmocka_unit_test(what_would_hang_or_fail_the_reader_does_not),
		cmocka_unit_test(what_is_taken_away_is_missed),
		cmocka_unit_test(a_directory_open_to_others_is_never_clean),
		cmocka_unit_test(a_group_that_is_nobody_else_may_write_there),
		cmocka_unit_test(with_quiet_only_a_guard_speaks),
		cmocka_unit_test(by_another_user),
		cmocka_unit_test(who_the_host_becomes_is_no_stranger),
		cmocka_unit_test(a_trace_of_another_owner_is_a_strangers),
		cmocka_unit_test(in_a_user_namespace_the_systems_directories_are_trusted),
	};

	return cmocka_run_group_tests(tests, prepare, clear_up);
}
