/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_demangle.c - names of C++ and Rust; Rust's are from the RFC of its
 * mangling (2603), from rustc's own tests, and from programs with rdkafka.
 */
#include "demangle/demangle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "testing.h"

static const struct {
	const char *mangled, *plain;
} names[] = {
	/* what is not mangled */
	{"main", "main"},
	{"", ""},
	{"rd_kafka_produce", "rd_kafka_produce"},
	{"_Rest", "_Rest"},
	{"_R", "_R"},
	{"_Z", "_Z"},
	{"github.com/x/kafka.(*Producer).Produce", "github.com/x/kafka.(*Producer).Produce"},
	/* C++ */
	{"_ZN3foo3barE", "foo::bar"},
	{"_Z4sendRKSs", "send(std::string const&)"},
	{"_ZN5Kafka4sendILi3EEEvv", "void Kafka::send<3>()"},
	/* Rust, as it was until 2025: like C++'s, with a hash */
	{"_ZN4core3fmt5write17h0123456789abcdefE", "core::fmt::write"},
	{"_ZN71_$LT$Test$u20$$u2b$$u20$$u27$static$u20$as$u20$foo..Bar$LT$Test$GT$$GT$3bar"
	 "17h930b740aa94f1d3aE",
	 "<Test + 'static as foo::Bar<Test>>::bar"},
	{"_ZN13rdkafka_flush4main17h6b4a2f1d09c8e735E", "rdkafka_flush::main"},
	{"_ZN8producer6orders28_$u7b$$u7b$closure$u7d$$u7d$17h6b4a2f1d09c8e735E",
	 "producer::orders::{{closure}}"},
	{"_ZN3foo17h05af221e174051e9E.llvm.9D1C9369", "foo"},
	/* of C++ all the same: no hash has so few different digits */
	{"_ZN3foo3bar17h0000000000000000E", "foo::bar::h0000000000000000"},
	/* Rust, v0 */
	{"_RNvNtCs1234_7mycrate3foo3bar", "mycrate::foo::bar"},
	{"_RNvC6_123foo3bar", "123foo::bar"},
	{"_RNCNCNgCs6DXkGYLi8lr_2cc5spawn00B5_", "cc::spawn::{closure#0}::{closure#0}"},
	{"_RNvMsr_NtCs3ssYzQotkvD_3std4pathNtB5_7PathBuf3newCs15kBYyAo9fc_7mycrate",
	 "<std::path::PathBuf>::new"},
	{"_RINbNbCskIICzLVDPPb_5alloc5alloc8box_freeDINbNiB4_5boxed5FnBoxuEp6OutputuEL_"
	 "ECs1iopQbuBiw2_3std",
	 "alloc::alloc::box_free::<dyn alloc::boxed::FnBox<(), Output = ()>>"},
	{"_RNqCs4fqI2P2rA04_11utf8_identsu30____7hkackfecea1cbdathfdh9hlq6y",
	 "utf8_idents::\u10e1\u10d0\u10ed\u10db\u10d4\u10da\u10d0\u10d3_"
	 "\u10d2\u10d4\u10db\u10e0\u10d8\u10d4\u10da\u10d8_"
	 "\u10e1\u10d0\u10d3\u10d8\u10da\u10d8"},
	/* damaged: cut off, a part that is itself, a part that comes later */
	{"_RNvNtCs1234_7mycrate3foo3ba", "_RNvNtCs1234_7mycrate3foo3ba"},
	{"_RNvB_1x", "_RNvB_1x"},
	{"_RNvBz_1x", "_RNvBz_1x"},
	{"_ZN4core3fmt5write17h0123456789abcde", "_ZN4core3fmt5write17h0123456789abcde"},
};

static void each_name_reads_as_it_was_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char *plain = demangle(names[i].mangled);

		assert_string_equal(plain, names[i].plain);
		free(plain);
	}
}

/* B and where, counted from behind _R, in Rust's base 62. */
static void reference_add(char *name, size_t at)
{
	static const char digits[] =
		"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	char *end = name + strlen(name);

	assert_true(at > 0 && at <= 62 * 62);
	*end++ = 'B';
	if (at > 62)
		*end++ = digits[(at - 1) / 62];
	*end++ = digits[(at - 1) % 62];
	strcpy(end, "_");
}

/* A tuple, and so many more, of which each is the one before it twice. */
static char *doubled(int times)
{
	static char name[4096];
	size_t last;

	strcpy(name, "_RINvC1a1bT");
	last = strlen(name) - 2;
	strcat(name, "TuuE");
	for (int i = 0; i < times; i++) {
		size_t here = strlen(name) - 2;

		strcat(name, "T");
		reference_add(name, last);
		reference_add(name, last);
		strcat(name, "E");
		last = here;
	}
	return strcat(name, "EE");
}

static void a_name_that_would_not_end_stays_as_it_is(void **state)
{
	char *plain = demangle(doubled(1));

	(void)state;
	assert_string_equal(plain, "a::b::<(((), ()), (((), ()), ((), ())))>");
	free(plain);
	for (int times = 20; times < 300; times += 20) {
		plain = demangle(doubled(times));
		assert_string_equal(plain, doubled(times));
		free(plain);
	}
}

/* "A<int, int>", and so many more, of which each has the one before it twice. */
static char *doubled_cpp(int times)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static char name[4096];
	char *end = stpcpy(name, "_Z1f1AIiiE");

	for (int i = 0; i < times; i++) {
		char number[3] = {digits[i % 36]};

		if (i >= 36)
			snprintf(number, sizeof number, "%c%c", digits[i / 36], digits[i % 36]);
		end += sprintf(end, "S_IS%s_S%s_E", number, number);
	}
	return name;
}

static void a_name_of_cpp_that_would_not_end_stays_as_it_is(void **state)
{
	char *plain = demangle(doubled_cpp(1));

	(void)state;
	assert_string_equal(plain, "f(A<int, int>, A<A<int, int>, A<int, int> >)");
	free(plain);
	for (int times = 20; times < 300; times += 20) {
		plain = demangle(doubled_cpp(times));
		assert_string_equal(plain, doubled_cpp(times));
		free(plain);
	}
}

static void a_name_of_any_depth_or_length_ends(void **state)
{
	static const char parts[] = {'R', 'T', 'S', 'P', 'F', 'D'};
	static char name[1 << 20];

	(void)state;
	for (size_t i = 0; i < sizeof parts; i++)
		for (size_t bytes = 4000; bytes < sizeof name; bytes += 1044000) {
			memset(name, parts[i], bytes);
			name[bytes] = '\0';
			memcpy(name, "_RINvC1a1b", 10);
			char *plain = demangle(name);

			assert_string_equal(plain, name);
			free(plain);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_name_reads_as_it_was_written),
		cmocka_unit_test(a_name_that_would_not_end_stays_as_it_is),
		cmocka_unit_test(a_name_of_cpp_that_would_not_end_stays_as_it_is),
		cmocka_unit_test(a_name_of_any_depth_or_length_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
