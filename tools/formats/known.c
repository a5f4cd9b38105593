/* SPDX-License-Identifier: Apache-2.0 */
/*
 * known.c - the faults of a run as known cases of a policy: TOML 1.0, to paste
 * into unflushed.toml.
 *
 * The reason is left out, so that the policy is refused until the user has
 * written one. Cases that the policy has already are not printed.
 */
#include <inttypes.h>
#include <stdio.h>

#include "formats/spot.h"
#include "model/number.h"
#include "model/words.h"
#include "render/render.h"

/* TOML's comments and basic strings may not have control characters; model texts have none. */
static void string_put(const char *words, FILE *out)
{
	fputc('"', out);
	for (; *words; words++) {
		if (*words == '"' || *words == '\\')
			fputc('\\', out);
		fputc(*words, out);
	}
	fputc('"', out);
}

static void case_put(struct run *run, const struct render_options *options,
		     const struct group *group, FILE *out)
{
	const struct finding *finding = group->finding;
	int64_t messages = number_sum(group->losses.certain, group->losses.possible);

	fprintf(out, "\n# %s, %s in %s: %s\n[[known]]\nsignature = \"%s\"\nfinding = ",
		verdict_name(group->verdict), finding->id, group->process->program,
		spot_of(run, options, group->process, finding).words, group->signature->digits);
	string_put(finding->id, out);
	fputs("\nprogram = ", out);
	string_put(group->process->program, out);
	if (messages != UNKNOWN && messages > 0)
		fprintf(out, "\nmessages = %" PRId64, messages);
	fputs("\n# until = 2030-12-31\n# reason = \"why this is no fault, or who mends it\"\n",
	      out);
}

void render_known(struct run *run, const struct render_options *options, FILE *out)
{
	size_t cases = 0;

	for (size_t i = 0; i < run->group_count; i++) {
		if (run->groups[i].finding->known)
			continue;
		if (cases++ == 0)
			fputs("# Known cases for unflushed.toml. Each needs its reason.\n",
			      out);
		case_put(run, options, &run->groups[i], out);
	}
	if (cases == 0)
		fputs("# There is no fault that the policy does not know.\n", out);
}
