/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prometheus.c - numbers of the run in Prometheus' text format 0.0.4.
 *
 * They are for the textfile collector of node_exporter (-f
 * prometheus:/var/lib/node_exporter/x.prom) or a push to a Pushgateway. They
 * count only this run, and the next run's numbers replace them. Labels are
 * names that are the same in every run, never a pid, a path or a time.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "formats/program.h"
#include "memory/memory.h"
#include "model/number.h"
#include "model/words.h"
#include "render/render.h"

/* clang-format off */
enum metric {
#define METRIC(name, type, unit, merged, help) METRIC_##name,
#include "formats/metrics.def"
#undef METRIC
	METRICS
};
/* clang-format on */

enum unit { COUNT, SECONDS /* the model has nanoseconds */ };
enum merged { SUM, MOST };

static const struct {
	const char *name, *type, *help;
	enum unit unit;
	enum merged merged;
} metrics[] = {
#define METRIC(name, type, unit, merged, help) {"unflushed_" #name, #type, help, unit, merged},
#include "formats/metrics.def"
#undef METRIC
};

struct sample {
	enum metric metric;
	size_t number;	    /* in order of arrival, for a stable sort */
	const char *labels; /* as printed */
	int64_t value;	    /* or UNKNOWN */
};

struct samples {
	struct run *run;
	struct sample *items;
	size_t count, room;
};

/* Escapes \, " and newlines, as the format requires in a label's value. */
static const char *escaped(struct run *run, const char *words)
{
	char *text = model_alloc(run, 2 * strlen(words) + 1), *to = text;

	for (; *words; words++) {
		if (*words == '\\' || *words == '"' || *words == '\n')
			*to++ = '\\';
		*to++ = *words == '\n' ? 'n' : *words;
	}
	return text;
}

struct label {
	const char *name, *value; /* the value may be NULL: unknown, printed as "" */
};

/* The labels of a sample, each in braces. */
#define LABELS(...) ((const struct label[]){__VA_ARGS__, {NULL, NULL}})
#define NO_LABELS ((const struct label[]){{NULL, NULL}})

static void add(struct samples *samples, enum metric metric, int64_t value,
		const struct label *label)
{
	const char *labels = "";

	for (; label->name; label++)
		labels = model_format(samples->run, "%s%s%s=\"%s\"", labels, *labels ? "," : "",
				      label->name,
				      escaped(samples->run, label->value ? label->value : ""));
	if (samples->count == samples->room) {
		samples->room = samples->room ? 2 * samples->room : 256;
		samples->items =
			memory_grown(samples->items, samples->room, sizeof *samples->items);
	}
	samples->items[samples->count] = (struct sample){
		.metric = metric, .number = samples->count, .labels = labels, .value = value};
	samples->count++;
}

/* ---- the model, part by part ---- */

/* A topic as a whole: how many messages were produced for each partition is not known. */
static void add_tally(struct samples *samples, const char *program, const char *client,
		      const char *topic, const struct tally *tally)
{
	for (int i = 0; i < UNSENT; i++) {
		const char *stage = amount_name((enum amount)i);

		add(samples, METRIC_messages_total, tally->messages[i],
		    LABELS({"program", program}, {"client", client}, {"topic", topic},
			   {"stage", stage}));
		add(samples, METRIC_bytes_total, tally->bytes[i],
		    LABELS({"program", program}, {"client", client}, {"topic", topic},
			   {"stage", stage}));
	}
}

static void add_producer(struct samples *samples, const char *program,
			 const struct producer *producer)
{
	const char *client = words_client(producer->client);
	bool any = false;

	for (size_t i = 0; i < producer->topic_count; i++) {
		const struct topic *topic = &producer->topics[i];

		if (topic->partition != UNKNOWN)
			continue;
		add_tally(samples, program, client, topic->name, &topic->tally);
		any = true;
	}
	if (!any)
		add_tally(samples, program, client, NULL, &producer->tally);
	for (int i = UNSENT; i <= IN_FLIGHT; i++)
		add(samples, METRIC_outstanding_messages, producer->tally.messages[i],
		    LABELS({"program", program}, {"client", client},
			   {"where", amount_name((enum amount)i)}));
	add(samples, METRIC_reports_unserved, producer->reports_unserved,
	    LABELS({"program", program}, {"client", client}));
	add(samples, METRIC_delivery_latency_max_seconds, producer->latency_max_ns,
	    LABELS({"program", program}, {"client", client}));
}

static void add_process(struct samples *samples, const struct process *process)
{
	const char *program = process->program;

	add(samples, METRIC_processes, 1,
	    LABELS({"program", program}, {"verdict", verdict_name(process->verdict)}));
	for (size_t i = 0; i < process->producer_count; i++)
		add_producer(samples, program, &process->producers[i]);
	add(samples, METRIC_lost_messages, process->losses.certain,
	    LABELS({"program", program}, {"certainty", "certain"}));
	add(samples, METRIC_lost_messages, process->losses.possible,
	    LABELS({"program", program}, {"certainty", "possible"}));
	for (size_t i = 0; i < process->finding_count; i++)
		add(samples, METRIC_findings, 1,
		    LABELS({"program", program}, {"finding", process->findings[i].id},
			   {"verdict", verdict_name(process->findings[i].verdict)}));
	for (size_t i = 0; i < process->socket_count; i++) {
		add(samples, METRIC_stalls_total, process->sockets[i].stalls,
		    LABELS({"program", program}));
		add(samples, METRIC_stalled_seconds_total, process->sockets[i].stalled_ns,
		    LABELS({"program", program}));
	}
	add(samples, METRIC_end_timestamp_seconds, program_ended_ns(process),
	    LABELS({"program", program}));
}

/* Every verdict has a sample (0 or 1), so that an alert always finds the one that it names. */
static void add_verdict(struct samples *samples, const char *program, enum verdict verdict)
{
	for (int i = VERDICT_CLEAN; i <= VERDICT_LOST; i++) {
		const char *name = verdict_name((enum verdict)i);
		int64_t is = (enum verdict)i == verdict;

		if (program)
			add(samples, METRIC_verdict, is,
			    LABELS({"program", program}, {"verdict", name}));
		else
			add(samples, METRIC_run_verdict, is, LABELS({"verdict", name}));
	}
}

static void add_all(struct samples *samples)
{
	size_t count;
	const struct process **order = program_order(samples->run, &count);

	add_verdict(samples, NULL, samples->run->verdict);
	add(samples, METRIC_exit_code, verdict_exit_code(samples->run->verdict), NO_LABELS);
	for (size_t i = 0; i < count; i++) {
		const char *program = order[i]->program;

		/* The first process of a name has the worst verdict. */
		if (i == 0 || strcmp(program, order[i - 1]->program) != 0)
			add_verdict(samples, program, order[i]->verdict);
		add_process(samples, order[i]);
	}
}

/* ---- merging and printing ---- */

static int by_series(const void *a, const void *b)
{
	const struct sample *one = a, *other = b;

	if (one->metric != other->metric)
		return one->metric < other->metric ? -1 : 1;
	int labels = strcmp(one->labels, other->labels);

	if (labels)
		return labels;
	return one->number < other->number ? -1 : one->number > other->number;
}

static int64_t merged(enum merged how, int64_t a, int64_t b)
{
	if (how == SUM)
		return number_sum(a, b);
	return a == UNKNOWN || b == UNKNOWN ? UNKNOWN : a > b ? a : b;
}

static void print_value(enum unit unit, int64_t value, FILE *out)
{
	lldiv_t split = lldiv(value, 1000000000);

	if (unit == COUNT)
		fprintf(out, "%" PRId64 "\n", value);
	else
		fprintf(out, "%s%lld.%09lld\n", value < 0 ? "-" : "", llabs(split.quot),
			llabs(split.rem));
}

static void print_head(enum metric metric, FILE *out)
{
	fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", metrics[metric].name, metrics[metric].help,
		metrics[metric].name, metrics[metric].type);
}

static void print_sample(const struct sample *sample, FILE *out)
{
	fputs(metrics[sample->metric].name, out);
	if (*sample->labels)
		fprintf(out, "{%s}", sample->labels);
	fputc(' ', out);
	print_value(metrics[sample->metric].unit, sample->value, out);
}

static void print_all(const struct samples *samples, FILE *out)
{
	enum metric headed = METRICS;

	for (size_t i = 0, next; i < samples->count; i = next) {
		struct sample sample = samples->items[i];

		for (next = i + 1; next < samples->count; next++) {
			const struct sample *more = &samples->items[next];

			if (more->metric != sample.metric ||
			    strcmp(more->labels, sample.labels) != 0)
				break;
			sample.value = merged(metrics[sample.metric].merged, sample.value,
					      more->value);
		}
		if (sample.value == UNKNOWN)
			continue;
		if (sample.metric != headed)
			print_head(sample.metric, out);
		headed = sample.metric;
		print_sample(&sample, out);
	}
}

void render_prometheus(struct run *run, const struct render_options *options, FILE *out)
{
	struct samples samples = {.run = run};

	(void)options;
	add_all(&samples);
	qsort(samples.items, samples.count, sizeof *samples.items, by_series);
	print_all(&samples, out);
	free(samples.items);
}
