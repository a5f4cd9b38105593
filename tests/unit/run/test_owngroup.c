/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_owngroup.c - groups of which the user is the only member
 */
#include "run/owngroup.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "testing.h"

static const char *const none[] = {NULL};
static const char *const self[] = {"ann", NULL};
static const char *const more[] = {"ann", "bob", NULL};
static const char *const other[] = {"bob", NULL};

static const struct {
	const char *what;
	struct owngroup_facts facts;
	bool own;
} cases[] = {
	{"as Debian makes it", {"ann", 1000, 1000, "ann", none, NULL}, true},
	{"a member is the user", {"ann", 1000, 1000, "ann", self, NULL}, true},
	{"no list of members", {"ann", 1000, 1000, "ann", NULL, NULL}, true},
	{"root's", {"root", 0, 0, "root", none, NULL}, true},
	{"another member", {"ann", 1000, 1000, "ann", other, NULL}, false},
	{"one more member", {"ann", 1000, 1000, "ann", more, NULL}, false},
	{"a member whose name is longer", {"an", 1000, 1000, "an", self, NULL}, false},
	{"it is another user's primary group", {"ann", 1000, 1000, "ann", none, "bob"}, false},
	{"it is not the user's primary group", {"ann", 100, 1000, "ann", none, NULL}, false},
	{"a primary group of many", {"ann", 100, 100, "users", none, NULL}, false},
	{"another user's", {"ann", 1000, 1001, "bob", none, NULL}, false},
	{"a name that only begins so", {"ann", 1000, 1000, "anna", none, NULL}, false},
	{"no such user", {NULL, 1000, 1000, "ann", none, NULL}, false},
	{"no such group", {"ann", 1000, 1000, NULL, none, NULL}, false},
};

static void a_group_is_the_users_own_if_nobody_else_is_in_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (owngroup_is(&cases[i].facts) != cases[i].own)
			fail_msg("%s", cases[i].what);
}

static void what_the_databases_do_not_know_is_nobodys_own(void **state)
{
	(void)state;
	assert_false(owngroup_of(getuid(), 4000000123u));
	assert_false(owngroup_of(4000000123u, getgid()));
	assert_false(owngroup_of(getuid(), getgid() + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_group_is_the_users_own_if_nobody_else_is_in_it),
		cmocka_unit_test(what_the_databases_do_not_know_is_nobodys_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
