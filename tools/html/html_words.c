/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_words.c - texts that several parts of the page share.
 */
#include "html/html.h"

void html_verdict(const struct html *html, enum verdict verdict, bool known)
{
	if (known)
		markup_put(&html->to, "<span class=\"v known\">KNOWN</span>");
	else
		markup_put(&html->to, "<span class=\"v %s\">%s</span>", verdict_name(verdict),
			   page_verdict_word(verdict));
}

const char *html_anchor(const struct html *html, const struct process *process)
{
	return model_format(html->to.run, "p%td", process - html->to.run->processes + 1);
}
