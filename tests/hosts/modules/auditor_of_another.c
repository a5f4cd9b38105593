/* SPDX-License-Identifier: Apache-2.0 */
/*
 * auditor_of_another.c - for LD_AUDIT: it only makes the loader have an auditor. Built by the
 * test that uses it.
 */
unsigned la_version(unsigned version)
{
	return version;
}
