/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_whole_file.c - a file has its old content or all of its new one,
 * whatever happens.
 */
#include "file/whole_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "say/say.h"
#include "testing.h"

static char folder[64];
static char path[128];

static void put(const char *name, const char *words)
{
	FILE *file = fopen(name, "we");

	assert_non_null(file);
	fputs(words, file);
	fclose(file);
}

static void assert_holds(const char *words)
{
	char found[64] = "";
	FILE *file = fopen(path, "re");

	assert_non_null(file);
	found[fread(found, 1, sizeof found - 1, file)] = '\0';
	fclose(file);
	assert_string_equal(found, words);
}

static int files(void)
{
	DIR *directory = opendir(folder);
	int count = -2; /* . and .. */

	while (readdir(directory))
		count++;
	closedir(directory);
	return count;
}

static int setup(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/unflushed-whole-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof path, "%s/report", folder);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

static void a_new_file_appears_when_it_is_whole(void **state)
{
	struct whole_file file;
	FILE *out;

	(void)state;
	assert_true(whole_file_suits(path));
	assert_true(whole_file_open(&file, path, &out));
	fputs("whole", out);
	fflush(out);
	assert_int_equal(access(path, F_OK), -1);
	assert_true(whole_file_keep(&file, out));
	assert_holds("whole");
	assert_int_equal(files(), 1);
}

static void what_was_there_stays_until_then_and_lends_its_mode(void **state)
{
	struct whole_file file;
	struct stat now;
	FILE *out;

	(void)state;
	put(path, "old");
	chmod(path, 0640);
	assert_true(whole_file_open(&file, path, &out));
	fputs("new", out);
	fflush(out);
	assert_holds("old");
	whole_file_drop(&file, out);
	assert_holds("old");
	assert_int_equal(files(), 1);
	assert_true(whole_file_open(&file, path, &out));
	fputs("new", out);
	assert_true(whole_file_keep(&file, out));
	assert_holds("new");
	assert_int_equal(stat(path, &now), 0);
	assert_int_equal(now.st_mode & 0777, 0640);
}

static void a_link_is_followed_and_stays_a_link(void **state)
{
	struct whole_file file;
	struct stat now;
	char link[160];
	FILE *out;

	(void)state;
	snprintf(link, sizeof link, "%s/link", folder);
	put(path, "old");
	assert_int_equal(symlink("report", link), 0);
	assert_true(whole_file_open(&file, link, &out));
	fputs("new", out);
	assert_true(whole_file_keep(&file, out));
	assert_holds("new");
	assert_int_equal(lstat(link, &now), 0);
	assert_true(S_ISLNK(now.st_mode));
	unlink(link);
}

static void what_cannot_be_written_is_not_begun(void **state)
{
	struct whole_file file;
	char other[160];
	FILE *out;

	(void)state;
	snprintf(other, sizeof other, "%s/no/such", folder);
	assert_false(whole_file_open(&file, other, &out));
	assert_int_equal(errno, ENOENT);
	assert_false(whole_file_open(&file, folder, &out));
	assert_int_equal(errno, EISDIR);
	snprintf(other, sizeof other, "%s/new/", folder);
	assert_false(whole_file_open(&file, other, &out));
	assert_int_equal(errno, EISDIR);
	assert_int_equal(files(), 0);
	assert_false(whole_file_suits("/dev/null"));
	assert_false(whole_file_suits(folder));
}

/* In a folder such as /tmp the kernel follows no link of another user (protected_symlinks). */
static void a_link_of_another_in_a_shared_folder_is_not_followed(void **state)
{
	struct whole_file file;
	struct stat now;
	char link[160];
	FILE *out;

	(void)state;
	put(path, "old");
	snprintf(link, sizeof link, "%s/link", folder);
	assert_int_equal(symlink("report", link), 0);
	chmod(folder, 01777);
	if (lchown(link, 65534, 65534) != 0 || stat(link, &now) == 0) {
		unlink(link);
		skip_because("this kernel follows every link");
	}
	bool opened = whole_file_open(&file, link, &out);
	int error = errno;

	unlink(link);
	assert_false(opened);
	assert_int_equal(error, EACCES);
	assert_holds("old");
	assert_int_equal(files(), 1);
}

/* Root may write what is not to be written: only of others is it refused. */
static void a_file_that_may_not_be_written_is_not_replaced(void **state)
{
	struct whole_file file;
	FILE *out;

	(void)state;
	put(path, "old");
	chmod(path, 0400);
	if (geteuid() == 0) {
		chmod(folder, 0777);
		assert_int_equal(seteuid(65534), 0);
	}
	bool opened = whole_file_open(&file, path, &out);
	int error = errno;

	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	assert_false(opened);
	assert_int_equal(error, EACCES);
	assert_int_equal(files(), 1);
}

/* Of two that make one name the later does not take it. */
static void a_new_name_is_taken_from_nobody(void **state)
{
	struct whole_file file;
	FILE *out;

	(void)state;
	unlink(path);
	assert_true(whole_file_open(&file, path, &out));
	fputs("mine", out);
	put(path, "another's");
	assert_false(whole_file_keep_new(&file, out));
	assert_int_equal(errno, EEXIST);
	assert_holds("another's");
	assert_int_equal(files(), 1);
	unlink(path);
	assert_true(whole_file_open(&file, path, &out));
	fputs("mine", out);
	assert_true(whole_file_keep_new(&file, out));
	assert_holds("mine");
	assert_int_equal(files(), 1);
}

/* How a child ended that was writing, and then did this. */
static int ended_by(int number, void (*otherwise)(void))
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		const struct rlimit none = {0, 0};
		struct whole_file file;
		FILE *out;

		setrlimit(RLIMIT_CORE, &none);
		close(STDERR_FILENO);
		if (!whole_file_open(&file, path, &out))
			_exit(1);
		fputs("half", out);
		fflush(out);
		if (otherwise)
			otherwise();
		raise(number);
		_exit(whole_file_keep(&file, out) ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static void an_end_by_a_signal_leaves_what_was_there(void **state)
{
	static const int ends[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGXCPU, SIGXFSZ};

	(void)state;
	put(path, "old");
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		int status = ended_by(ends[i], NULL);

		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), ends[i]);
		assert_holds("old");
		assert_int_equal(files(), 1);
	}
}

/* Under nohup, say: it goes on, and the file is there. */
static void a_signal_that_is_ignored_ends_nothing(void **state)
{
	(void)state;
	signal(SIGHUP, SIG_IGN);
	int status = ended_by(SIGHUP, NULL);

	signal(SIGHUP, SIG_DFL);
	assert_int_equal(status, 0);
	assert_holds("half");
}

static void without_memory_nothing_is_left_half(void **state)
{
	(void)state;
	put(path, "old");
	int status = ended_by(0, say_out_of_memory);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), SAY_FAILED_OURSELVES);
	assert_holds("old");
	assert_int_equal(files(), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_new_file_appears_when_it_is_whole),
		TEST(what_was_there_stays_until_then_and_lends_its_mode),
		TEST(a_link_is_followed_and_stays_a_link),
		TEST(what_cannot_be_written_is_not_begun),
		TEST(a_link_of_another_in_a_shared_folder_is_not_followed),
		TEST(a_file_that_may_not_be_written_is_not_replaced),
		TEST(a_new_name_is_taken_from_nobody),
		TEST(an_end_by_a_signal_leaves_what_was_there),
		TEST(a_signal_that_is_ignored_ends_nothing),
		TEST(without_memory_nothing_is_left_half),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
