/* SPDX-License-Identifier: Apache-2.0 */
/*
 * owngroup.c - see owngroup.h.
 *
 * Users with the same primary group are searched among those that the system lists: with a
 * directory service that does not list users, they are not found.
 */
#include "run/owngroup.h"

#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

bool owngroup_is(const struct owngroup_facts *facts)
{
	if (!facts->user || !facts->name || facts->sharer || facts->primary != facts->group ||
	    strcmp(facts->user, facts->name) != 0)
		return false;
	for (const char *const *member = facts->members; member && *member; member++)
		if (strcmp(*member, facts->user) != 0)
			return false;
	return true;
}

static bool shares(const struct passwd *other, uid_t user, gid_t group)
{
	return other->pw_gid == group && other->pw_uid != user;
}

/* The name of such a user, to free(); NULL: none is listed. */
static char *sharer_find(uid_t user, gid_t group)
{
	const struct passwd *other;
	char *name = NULL;

	setpwent();
	while (!name && (other = getpwent()))
		if (shares(other, user, group))
			name = strdup(other->pw_name);
	endpwent();
	return name;
}

bool owngroup_of(uid_t user, gid_t group)
{
	const struct passwd *entry = getpwuid(user);
	const struct group *found = entry ? getgrgid(group) : NULL;

	if (!found)
		return false;
	/* Copied, because the next call of the user database overwrites the entry. */
	const gid_t primary = entry->pw_gid;
	char *own = strdup(entry->pw_name), *sharer = sharer_find(user, group);
	const struct owngroup_facts facts = {
		.user = own,
		.primary = primary,
		.group = group,
		.name = found->gr_name,
		.members = (const char *const *)found->gr_mem,
		.sharer = sharer,
	};
	bool is = owngroup_is(&facts);

	free(own);
	free(sharer);
	return is;
}
