/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_connections.c - the stalls of a process's connections, by cause.
 */
#include "html/html.h"

#include <stdlib.h>

#include "model/number.h"
#include "model/words.h"
#include "render/render_text.h"

/* The cause of stalls; not known for a connection that was not sampled during its stalls. */
enum { BY_SEND_BUFFER, BY_RECEIVER, BY_NETWORK, BY_LOWAT, BY_NOBODY, CAUSES };
static const char *const causes[CAUSES] = {
	[BY_SEND_BUFFER] = "the send buffer",
	[BY_RECEIVER] = "the receiver",
	[BY_NETWORK] = "the network",
	[BY_LOWAT] = "TCP_NOTSENT_LOWAT",
	[BY_NOBODY] = "not known",
};

static void causes_add(int64_t sums[CAUSES], const struct socket *socket)
{
	int64_t unexplained = socket->stalled_unexplained_ns;

	if (!socket_stalls_told(socket)) {
		sums[BY_NOBODY] = number_sum(sums[BY_NOBODY], socket->stalled_ns);
		return;
	}
	sums[BY_SEND_BUFFER] += socket->stalled_send_buffer_ns;
	sums[BY_RECEIVER] += socket->stalled_receiver_ns;
	sums[BY_NETWORK] += socket->stalled_network_ns;
	if (socket->stalled_lowat_ns != UNKNOWN)
		sums[BY_LOWAT] += socket->stalled_lowat_ns;
	sums[BY_NOBODY] = number_sum(sums[BY_NOBODY], unexplained);
}

static void causes_put(const struct html *html, const struct process *process)
{
	struct run *run = html->to.run;
	int64_t sums[CAUSES] = {0}, most = 0, stalls = 0;

	for (size_t i = 0; i < process->socket_count; i++) {
		causes_add(sums, &process->sockets[i]);
		stalls = number_sum(stalls, process->sockets[i].stalls);
	}
	for (int i = 0; i < CAUSES; i++)
		most = sums[i] > most ? sums[i] : most;
	if (stalls == 0 && most == 0) {
		markup_put(&html->to, "<p class=\"none\">No connection was stalled.</p>\n");
		return;
	}
	markup_put(&html->to,
		   "<div class=\"wide\"><table class=\"bars\"><caption>Stalls by cause: %s"
		   "</caption>\n<thead><tr><th scope=\"col\">by</th><th scope=\"col\" class="
		   "\"n\">time</th><th scope=\"col\"><span class=\"unseen\">bar</span></th>"
		   "</tr></thead>\n<tbody>\n",
		   words_count(run, stalls, "stall"));
	for (int i = 0; i < CAUSES; i++) {
		markup_put(&html->to,
			   "<tr><th scope=\"row\">%s</th><td class=\"n\">%s</td><td>",
			   causes[i], words_time(run, sums[i]));
		markup_bar(&html->to, sums[i], most);
		markup_put(&html->to, "</td></tr>\n");
	}
	markup_put(&html->to, "</tbody></table></div>\n");
}

/* ---- one by one ---- */

static void number(const struct html *html, int64_t value)
{
	markup_number(&html->to, value, words_number(html->to.run, value));
}

static void duration(const struct html *html, int64_t ns)
{
	markup_number(&html->to, ns, words_time(html->to.run, ns));
}

static void share(const struct html *html, int64_t thousandths)
{
	markup_number(&html->to, thousandths, words_share(html->to.run, thousandths));
}

static void row_put(const struct html *html, const struct socket *socket)
{
	struct run *run = html->to.run;

	markup_put(&html->to, "<tr><td>%s%s</td>", text_socket_peer(socket),
		   socket->flags & SOCKET_TLS ? " (TLS)" : "");
	number(html, socket->accepted_bytes);
	number(html, socket->offered_bytes);
	number(html, socket->writes);
	markup_number(&html->to, socket->buffer_effective,
		      words_size(run, socket->buffer_effective));
	share(html, socket->fill.p50);
	share(html, socket->fill.p99);
	share(html, socket->fill.max);
	number(html, socket->stalls);
	duration(html, socket->stalled_ns);
	duration(html, socket->stall_longest_ns);
	share(html, socket->stalled_share);
	number(html, socket->short_writes);
	number(html, socket->eagain);
	number(html, socket->unsent_bytes);
	markup_put(&html->to, "</tr>\n");
}

/* The connections with the longest stalls first, then those with the most bytes. */
static int by_stalls(const void *a, const void *b)
{
	const struct socket *one = *(const struct socket *const *)a;
	const struct socket *other = *(const struct socket *const *)b;

	if (one->stalled_ns != other->stalled_ns)
		return one->stalled_ns > other->stalled_ns ? -1 : 1;
	if (one->accepted_bytes != other->accepted_bytes)
		return one->accepted_bytes > other->accepted_bytes ? -1 : 1;
	return one < other ? -1 : one > other;
}

/* Collects the connections that were established; returns how many. */
static size_t made_of(const struct process *process, const struct socket **sockets)
{
	size_t count = 0;

	for (size_t i = 0; i < process->socket_count; i++)
		if (!text_is_unmade(process, &process->sockets[i]))
			sockets[count++] = &process->sockets[i];
	qsort(sockets, count, sizeof *sockets, by_stalls);
	return count;
}

static void head(const struct html *html)
{
	static const char *const columns[] = {
		"bytes written", "offered",
		"writes",	 "send buffer",
		"fill p50",	 "p99",
		"max",		 "stalls",
		"in all",	 "longest",
		"of its life",	 "short writes",
		"EAGAIN",	 "unsent at its end",
	};

	markup_put(&html->to, "<div class=\"wide\"><table class=\"sortable\"><caption>"
			      "Connections</caption>\n<thead><tr><th scope=\"col\">to</th>");
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		markup_put(&html->to, "<th scope=\"col\" class=\"n\">%s</th>", columns[i]);
	markup_put(&html->to, "</tr></thead>\n<tbody>\n");
}

static void table(const struct html *html, const struct process *process)
{
	const struct socket **sockets =
		model_alloc(html->to.run, process->socket_count * sizeof *sockets);
	size_t made = made_of(process, sockets);

	if (!made)
		return;
	head(html);
	for (size_t i = 0; i < made && i < HTML_LISTED; i++)
		row_put(html, sockets[i]);
	markup_put(&html->to, "</tbody></table></div>\n");
	if (made > HTML_LISTED)
		markup_put(&html->to, "<p class=\"bound\">%s: see <code>-f json</code>.</p>\n",
			   words_count(html->to.run, (int64_t)(made - HTML_LISTED),
				       "more connection"));
}

void html_connections(const struct html *html, const struct process *process)
{
	markup_put(&html->to, "<h4>Send buffers and stalls</h4>\n");
	if (!process->socket_count) {
		markup_put(&html->to, "<p class=\"none\">No connection was made.</p>\n");
		return;
	}
	causes_put(html, process);
	table(html, process);
}
