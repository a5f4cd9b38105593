/* SPDX-License-Identifier: Apache-2.0 */
/*
 * moment.c - see moment.h.
 */
#include "choose/moment.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECOND INT64_C(1000000000)
#define AGES_MOST 1000000 /* of any unit */

/* "2h": a number and one letter. */
static bool age_read(const char *words, int64_t now_ns, int64_t *at_ns)
{
	static const struct {
		char letter;
		int64_t seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
	char *end;

	if (!isdigit((unsigned char)*words))
		return false;
	errno = 0;
	long number = strtol(words, &end, 10);

	if (errno || number > AGES_MOST || !*end || end[1])
		return false;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (units[i].letter == *end) {
			*at_ns = now_ns - number * units[i].seconds * SECOND;
			return true;
		}
	return false;
}

/* Reads the fraction of a second in ".25"; *words is moved behind it. */
static int64_t fraction_read(const char **words)
{
	int64_t ns = 0, unit = SECOND / 10;

	if (**words != '.')
		return 0;
	for ((*words)++; isdigit((unsigned char)**words); (*words)++, unit /= 10)
		ns += (**words - '0') * unit;
	return ns;
}

/* "Z", "+01:00": seconds east of UTC. */
static bool offset_read(const char *words, int64_t *seconds)
{
	struct tm of = {0};
	const char *end;

	*seconds = 0;
	if (!strcmp(words, "Z") || !strcmp(words, "z"))
		return true;
	if (*words != '+' && *words != '-')
		return false;
	end = strptime(words + 1, "%H:%M", &of);
	*seconds = (of.tm_hour * 60 + of.tm_min) * 60 * (*words == '-' ? -1 : 1);
	return end && !*end && strlen(words) == strlen("+01:00");
}

/* strptime() accepts a day that the month does not have, and timegm() turns it into a day of
 * the next month. */
static bool is_a_day(const struct tm *given)
{
	struct tm copy = *given;

	return timegm(&copy) >= 0 && copy.tm_mday == given->tm_mday &&
	       copy.tm_mon == given->tm_mon;
}

bool moment_read(const char *words, int64_t now_ns, int64_t *at_ns)
{
	struct tm utc = {0};
	const char *end = strptime(words, "%Y-%m-%d", &utc);
	int64_t seconds;

	if (!end || end - words != (long)strlen("2026-11-27"))
		return age_read(words, now_ns, at_ns);
	if (!is_a_day(&utc))
		return false;
	if (*end) {
		end = *end == 'T' || *end == 't' || *end == ' '
			      ? strptime(end + 1, "%H:%M:%S", &utc)
			      : NULL;
		if (!end)
			return false;
		int64_t part_ns = fraction_read(&end);

		if (!offset_read(end, &seconds))
			return false;
		*at_ns = ((int64_t)timegm(&utc) - seconds) * SECOND + part_ns;
		return true;
	}
	*at_ns = (int64_t)timegm(&utc) * SECOND;
	return true;
}
