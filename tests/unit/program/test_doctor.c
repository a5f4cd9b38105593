/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_doctor.c - what the doctor says of a program before it runs
 */
#include "program/doctor.h"

#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scratch.h"
#include "testing.h"

#define EMPTY_MAIN "int main(void) { return 0; }\n"
#define PAUSING_MAIN                                                                           \
	"#include <unistd.h>\nint main(void) { write(1, \"x\", 1); return pause(); }\n"

static const char *shim; /* an empty library of the shim's name */

static int prepare(void **state)
{
	if (scratch_make(state) != 0)
		return -1;
	scratch_write("shim.c", "");
	scratch_shell("cc -shared -fPIC -o libunflushed.so shim.c");
	shim = strdup(scratch_path("libunflushed.so"));
	return 0;
}

static const char *compile(const char *name, const char *text, const char *flags)
{
	char source[64];

	snprintf(source, sizeof(source), "%s.c", name);
	scratch_write(source, text);
	scratch_shell("cc -o %s %s %s", name, source, flags);
	return scratch_path(name);
}

static struct doctor examined(const char *program)
{
	char *argv[] = {(char *)program, NULL};
	struct doctor doctor;
	char why[512] = "";

	if (!doctor_command(argv, shim, &doctor, why, sizeof(why)))
		fail_msg("%s %s", program, why);
	return doctor;
}

static const char *value_of(const struct doctor *doctor, const char *name)
{
	for (size_t i = 0; i < doctor->count; i++)
		if (strcmp(doctor->facts[i].name, name) == 0)
			return doctor->facts[i].value;
	return "";
}

static void a_program_linked_with_librdkafka_can_be_judged(void **state)
{
	struct doctor doctor = examined(compile(
		"linked",
		"int rd_kafka_version(void); int main(void) { return !rd_kafka_version(); }",
		"-lrdkafka"));

	(void)state;
	assert_int_equal(doctor.verdict, DOCTOR_JUDGED);
	assert_non_null(strstr(value_of(&doctor, "librdkafka"), "librdkafka.so"));
}

static void librdkafka_behind_another_library_is_found(void **state)
{
	struct doctor doctor = examined(
		compile("behind", EMPTY_MAIN, "-Wl,--no-as-needed -l:librdkafka++.so.1"));

	(void)state;
	assert_int_equal(doctor.verdict, DOCTOR_JUDGED);
	assert_non_null(strstr(value_of(&doctor, "librdkafka"), "librdkafka.so"));
}

static void librdkafka_inside_another_library_is_found(void **state)
{
	(void)state;
	scratch_write("addon.c",
		      "int rd_kafka_produce(void); int rd_kafka_produce(void) { return 1; }");
	scratch_shell("cc -shared -fPIC -o libaddon.so addon.c");
	struct doctor doctor = examined(compile(
		"inside", EMPTY_MAIN, "-Wl,--no-as-needed -L. -laddon -Wl,-rpath,'$ORIGIN'"));
	assert_int_equal(doctor.verdict, DOCTOR_JUDGED);
	assert_non_null(strstr(value_of(&doctor, "librdkafka"), "inside"));
}

static void librdkafka_in_the_executable_leaves_the_wire(void **state)
{
	struct doctor doctor =
		examined(compile("hidden",
				 "int rd_kafka_produce(void); int rd_kafka_produce(void) { "
				 "return 1; }\n" EMPTY_MAIN,
				 ""));

	(void)state;
	assert_int_equal(doctor.verdict, DOCTOR_WIRE);
	assert_non_null(strstr(doctor.because, "linked into the executable"));
}

static void a_program_without_librdkafka_leaves_the_wire(void **state)
{
	struct doctor doctor = examined(compile("without", EMPTY_MAIN, ""));

	(void)state;
	assert_int_equal(doctor.verdict, DOCTOR_WIRE);
	assert_string_equal(value_of(&doctor, "librdkafka"), "not found");
}

static void a_static_program_leaves_nothing(void **state)
{
	struct doctor doctor = examined(compile("static", EMPTY_MAIN, "-static"));

	(void)state;
	assert_int_equal(doctor.verdict, DOCTOR_NOTHING);
	assert_non_null(strstr(doctor.because, "statically"));
}

static void python_depends_on_the_client(void **state)
{
	struct doctor doctor = examined("/usr/bin/python3");

	(void)state;
	assert_int_equal(doctor.verdict, DOCTOR_DEPENDS);
	assert_string_equal(value_of(&doctor, "runtime"), "CPython");
	assert_non_null(strstr(doctor.because, "confluent-kafka"));
}

static void a_missing_library_is_named(void **state)
{
	(void)state;
	scratch_write("gone.c", "int gone(void); int gone(void) { return 1; }");
	scratch_shell("cc -shared -fPIC -o libgone.so gone.c");
	const char *program = compile("orphan", EMPTY_MAIN, "-Wl,--no-as-needed -L. -lgone");
	scratch_shell("rm libgone.so");
	struct doctor doctor = examined(program);
	assert_int_equal(doctor.verdict, DOCTOR_NOTHING);
	assert_string_equal(value_of(&doctor, "missing"), "libgone.so");
}

static void the_program_is_not_run(void **state)
{
	(void)state;
	examined(compile(
		"tattle",
		"#include <stdio.h>\n"
		"__attribute__((constructor)) static void born(void) "
		"{ fclose(fopen(\"/tmp/unflushed-doctor-ran-it\", \"w\")); }\n" EMPTY_MAIN,
		""));
	assert_int_not_equal(access("/tmp/unflushed-doctor-ran-it", F_OK), 0);
}

static char said; /* by the last one that was started */

/* Starts it and waits until it says that it has begun. */
static pid_t start(const char *program, const char *preload)
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	pid_t pid = fork();
	if (pid == 0) {
		if (preload)
			setenv("LD_PRELOAD", preload, 1);
		dup2(ends[1], 1);
		execl(program, program, (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], &said, 1), 1);
	close(ends[0]);
	return pid;
}

static struct doctor examined_alive(const char *program, const char *preload)
{
	struct doctor doctor;
	char why[512] = "";
	pid_t pid = start(program, preload);
	bool looked = doctor_process(pid, &doctor, why, sizeof(why));

	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	if (!looked)
		fail_msg("%s", why);
	return doctor;
}

static void a_running_process_shows_whether_the_shim_is_in_it(void **state)
{
	const char *program =
		compile("running", PAUSING_MAIN, "-Wl,--no-as-needed -l:librdkafka.so.1");

	(void)state;
	struct doctor with = examined_alive(program, shim);
	assert_string_equal(value_of(&with, "shim"), "loaded");
	assert_non_null(strstr(value_of(&with, "trace"), "none yet"));
	assert_int_equal(with.verdict, DOCTOR_JUDGED);
	struct doctor without = examined_alive(program, NULL);
	assert_string_equal(value_of(&without, "shim"), "not loaded");
	assert_int_equal(without.verdict, DOCTOR_NOTHING);
}

static void a_running_process_shows_whether_its_calls_are_filtered(void **state)
{
	compile("free", PAUSING_MAIN, "");
	compile("filtered",
		"#include <linux/filter.h>\n#include <linux/seccomp.h>\n"
		"#include <sys/prctl.h>\n#include <unistd.h>\n"
		"int main(void) { struct sock_filter all = "
		"BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);\n"
		"struct sock_fprog program = {1, &all};\n"
		"prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);\n"
		"int no = prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);\n"
		"write(1, no ? \"-\" : \"x\", 1); return pause(); }\n",
		"");

	(void)state;
	struct doctor without = examined_alive(scratch_path("free"), NULL);
	struct doctor with = examined_alive(scratch_path("filtered"), NULL);

	/* An emulator may not know them. */
	if (said == '-')
		skip_because("no process can have a filter here");
	printf("%s; %s\n", value_of(&without, "filter"), value_of(&with, "filter"));
	/* Where this test itself runs under a filter, one more is on. */
	assert_string_not_equal(value_of(&without, "filter"), value_of(&with, "filter"));
	assert_non_null(strstr(value_of(&with, "filter"), "seccomp"));
	assert_non_null(strstr(value_of(&with, "filter"), "SYSTEM CALLS"));
}

static void a_mapped_trace_is_named(void **state)
{
	const char *program = compile(
		"mapping",
		"#include <fcntl.h>\n#include <sys/mman.h>\n#include <unistd.h>\n"
		"int main(void) { int fd = open(\"/proc/self/exe\", O_RDONLY); char *at;\n"
		"mmap(0, 4096, PROT_READ, MAP_SHARED, fd, 0); write(1, \"x\", 1); return "
		"pause(); }\n",
		"-Wno-unused-variable");

	(void)state;
	/* The executable itself, under a trace's name, is what it maps. */
	scratch_shell("cp mapping 4711-63.trace");
	struct doctor doctor = examined_alive(scratch_path("4711-63.trace"), shim);
	(void)program;
	assert_string_equal(value_of(&doctor, "trace"), scratch_path("4711-63.trace"));
}

static struct doctor examined_command(char *const *argv)
{
	struct doctor doctor;
	char why[512] = "";

	if (!doctor_command(argv, shim, &doctor, why, sizeof(why)))
		fail_msg("%s %s", argv[0], why);
	return doctor;
}

/* As /usr/bin/java is: its libraries lie beside the file itself. */
static void libraries_beside_the_file_are_found_through_links(void **state)
{
	(void)state;
	scratch_shell("mkdir -p home/bin home/lib links");
	scratch_write("beside.c", "int beside(void); int beside(void) { return 1; }");
	scratch_shell("cc -shared -fPIC -o home/lib/libbeside.so beside.c");
	compile("home/bin/linked", EMPTY_MAIN,
		"-Wl,--no-as-needed -Lhome/lib -lbeside -Wl,-rpath,'$ORIGIN/../lib'");
	scratch_shell("ln -s ../home/bin/linked links/one && ln -s links/one two");
	struct doctor doctor = examined(scratch_path("two"));
	assert_string_equal(value_of(&doctor, "missing"), "");
	assert_int_equal(doctor.verdict, DOCTOR_WIRE);
}

static void go_shows_nothing_without_librdkafka(void **state)
{
	static const char *const note =
		"__asm__(\".section .note.go.buildid,\\\"a\\\"\\n.long 0\\n.text\");\n";
	char text[400];

	(void)state;
	snprintf(text, sizeof(text), "%s" EMPTY_MAIN, note);
	struct doctor without = examined(compile("go_alone", text, ""));
	assert_int_equal(without.verdict, DOCTOR_NOTHING);
	assert_non_null(strstr(without.because, "makes its system calls itself"));
	struct doctor still = examined(compile("go_static", text, "-static"));
	assert_int_equal(still.verdict, DOCTOR_NOTHING);
	struct doctor with =
		examined(compile("go_shared", text, "-Wl,--no-as-needed -l:librdkafka.so.1"));
	assert_int_equal(with.verdict, DOCTOR_JUDGED);
	snprintf(text, sizeof(text),
		 "%sint rd_kafka_produce(void); int rd_kafka_produce(void) { return 1; "
		 "}\n" EMPTY_MAIN,
		 note);
	struct doctor inside = examined(compile("go_inside", text, ""));
	assert_int_equal(inside.verdict, DOCTOR_WIRE);
}

static void a_consumer_has_no_messages_to_lose(void **state)
{
	(void)state;
	struct doctor consumer =
		examined(compile("consumer",
				 "int rd_kafka_consumer_poll(void); int main(void) { return "
				 "!rd_kafka_consumer_poll(); }",
				 "-lrdkafka"));
	assert_int_equal(consumer.verdict, DOCTOR_JUDGED);
	assert_non_null(strstr(consumer.because, "no message is produced"));
	struct doctor both = examined(compile(
		"both",
		"int rd_kafka_consumer_poll(void); int rd_kafka_producev(void); int main(void) "
		"{ return !rd_kafka_consumer_poll() + rd_kafka_producev(); }",
		"-lrdkafka"));
	assert_null(strstr(both.because, "no message is produced"));
}

static void a_shell_depends_on_what_it_starts(void **state)
{
	char *plain[] = {"sh", NULL};
	char *compound[] = {"sh", "-c", "cd / && true", NULL};
	char *script = (char *)scratch_write("script", "#!/bin/sh\ntrue\n");
	char *text = (char *)scratch_write("text_alone", "true\n");
	char *by_name[] = {script, NULL}, *as_text[] = {text, NULL};
	char *const *all[] = {plain, compound, by_name, as_text};

	(void)state;
	scratch_shell("chmod +x script text_alone");
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct doctor doctor = examined_command(all[i]);

		assert_int_equal(doctor.verdict, DOCTOR_STARTS);
		assert_non_null(strstr(doctor.because, "A shell"));
	}
}

static void what_a_command_line_starts_is_looked_at(void **state)
{
	char *program =
		(char *)compile("started", EMPTY_MAIN, "-Wl,--no-as-needed -l:librdkafka.so.1");
	char words[600], executed[600];
	snprintf(words, sizeof(words), "%s --topic orders", program);
	snprintf(executed, sizeof(executed), " exec %s", program);
	char *const lines[][9] = {
		{program, "-x", "y", NULL},
		{"env", "-u", "B", "A=1", program, NULL},
		{"/usr/bin/env", "-i", program, NULL},
		{"timeout", "-k", "1", "9", program, NULL},
		{"timeout", "--signal=INT", "9", program, NULL},
		{"nice", "-n5", "--", program, "-n", NULL},
		{"nohup", "stdbuf", "-oL", program, NULL},
		{"sh", "-c", words, NULL},
		{"nohup", "bash", "-c", executed, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct doctor doctor = examined_command(lines[i]);

		assert_string_equal(value_of(&doctor, "program"), program);
		assert_int_equal(doctor.verdict, DOCTOR_JUDGED);
		assert_int_equal(value_of(&doctor, "through")[0] == '\0', i == 0);
	}
}

/* An option that is not known may have a word of its own. */
static void an_unknown_option_ends_the_looking(void **state)
{
	char *argv[] = {"timeout", "--what", "9", "python3", NULL};
	struct doctor doctor = examined_command(argv);

	(void)state;
	assert_non_null(strstr(value_of(&doctor, "program"), "timeout"));
}

static void what_cannot_be_run_is_said_as_run_says_it(void **state)
{
	(void)state;
	compile("unmarked", EMPTY_MAIN, "");
	scratch_shell("chmod -x unmarked");
	struct doctor doctor = examined(scratch_path("unmarked"));
	assert_int_equal(doctor.verdict, DOCTOR_NOTHING);
	assert_string_equal(doctor.because, "`run` cannot run it: Permission denied.");
}

static void assert_unexamined(const char *program, const char *expected)
{
	char *argv[] = {(char *)program, NULL};
	struct doctor doctor;
	char why[512] = "";

	assert_false(doctor_command(argv, shim, &doctor, why, sizeof(why)));
	assert_string_equal(why, expected);
}

static void what_does_not_exist_is_said(void **state)
{
	struct doctor doctor;
	char why[512] = "";

	(void)state;
	assert_unexamined("no-such-program", "no such program");
	assert_unexamined(scratch_write("text", "words"), "is not an ELF file");
	assert_false(doctor_process(0x3fffffff, &doctor, why, sizeof(why)));
	assert_string_equal(why, "no such process");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_program_linked_with_librdkafka_can_be_judged),
		cmocka_unit_test(librdkafka_behind_another_library_is_found),
		cmocka_unit_test(librdkafka_inside_another_library_is_found),
		cmocka_unit_test(librdkafka_in_the_executable_leaves_the_wire),
		cmocka_unit_test(a_program_without_librdkafka_leaves_the_wire),
		cmocka_unit_test(a_static_program_leaves_nothing),
		cmocka_unit_test(python_depends_on_the_client),
		cmocka_unit_test(a_missing_library_is_named),
		cmocka_unit_test(the_program_is_not_run),
		cmocka_unit_test(a_running_process_shows_whether_the_shim_is_in_it),
		cmocka_unit_test(a_running_process_shows_whether_its_calls_are_filtered),
		cmocka_unit_test(a_mapped_trace_is_named),
		cmocka_unit_test(libraries_beside_the_file_are_found_through_links),
		cmocka_unit_test(go_shows_nothing_without_librdkafka),
		cmocka_unit_test(a_consumer_has_no_messages_to_lose),
		cmocka_unit_test(a_shell_depends_on_what_it_starts),
		cmocka_unit_test(what_a_command_line_starts_is_looked_at),
		cmocka_unit_test(an_unknown_option_ends_the_looking),
		cmocka_unit_test(what_cannot_be_run_is_said_as_run_says_it),
		cmocka_unit_test(what_does_not_exist_is_said),
	};

	return cmocka_run_group_tests(tests, prepare, scratch_remove);
}
