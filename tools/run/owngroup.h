/* SPDX-License-Identifier: Apache-2.0 */
/*
 * owngroup.h - whether this user is the only member of a group.
 *
 * Debian and similar systems give each user a group of its own (user-private groups) and a
 * umask of 002: the files of such a user are writable for a group without other members.
 */
#ifndef UNFLUSHED_RUN_OWNGROUP_H
#define UNFLUSHED_RUN_OWNGROUP_H

#include <stdbool.h>
#include <sys/types.h>

/* What the user and group databases say. */
struct owngroup_facts {
	const char *user;	    /* the user's name; NULL: the user is not in the database */
	gid_t primary;		    /* the user's group there */
	gid_t group;		    /* the group in question */
	const char *name;	    /* its name; NULL: it is not in the database */
	const char *const *members; /* ends with NULL */
	const char *sharer;	    /* another user whose group there is this one; NULL: none */
};

/* The group has the user's name, is the user's primary one, and has no other member. */
bool owngroup_is(const struct owngroup_facts *facts);

/* The same, by the databases of this machine. */
bool owngroup_of(uid_t user, gid_t group);

#endif
