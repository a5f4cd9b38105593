/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rendered.c - see rendered.h.
 */
#include "rendered.h"

#include <stdio.h>
#include <stdlib.h>

#include "judge/findings.h"
#include "judge/judge.h"
#include "testing.h"

struct rendered rendered;

int rendered_setup(void **state)
{
	(void)state;
	rendered = (struct rendered){.options = {.source_root = "/src"}};
	maker_make(&rendered.maker);
	rendered.maker.process->exe = maker_string(&rendered.maker, "/bin/orders");
	return 0;
}

int rendered_teardown(void **state)
{
	(void)state;
	free(rendered.text);
	free(rendered.read_back);
	rendered.text = rendered.read_back = NULL;
	model_free(&rendered.run);
	maker_free(&rendered.maker);
	return 0;
}

const char *rendered_read(render_function *render, const char *reader)
{
	free(rendered.text);
	free(rendered.read_back);
	rendered.text = printed_by(render, &rendered.run, &rendered.options);
	rendered.read_back = printed_read(reader, rendered.text);
	return rendered.read_back;
}

void rendered_many(int programs, int processes)
{
	struct maker *maker = &rendered.maker;
	struct run *run = &rendered.run;
	trace_string names[50];
	char path[40];

	assert_true(programs <= 50);
	maker_story(maker, 10, 0);
	for (int i = 0; i < programs; i++) {
		snprintf(path, sizeof path, "/bin/program%d", i);
		names[i] = maker_string(maker, path);
	}
	for (int i = 0; i < programs * processes; i++) {
		maker->process->exe = names[i % programs];
		maker->process->pid = i + 1;
		maker->process->start_ticks++;
		if (i == 0)
			maker_run(maker, run);
		else
			maker_run_also(maker, run);
	}
	for (size_t i = 0; i < run->process_count; i++)
		run->processes[i].finding_count = 0;
	judge_run(run);
	findings_raise(run);
}
