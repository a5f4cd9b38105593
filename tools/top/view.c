/* SPDX-License-Identifier: Apache-2.0 */
/*
 * view.c - see view.h.
 *
 * The text is UTF-8 whatever the environment's locale is. ncurses counts
 * columns by the locale, so a UTF-8 locale is set for it.
 */
#include "top/view.h"

#include <curses.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "render/terminal.h"

/* Signals that end the program, and can wait until the screen is drawn. */
static const int ending[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGTERM,   SIGPIPE, SIGALRM, SIGUSR1,
			     SIGUSR2, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF, SIGIO,   SIGPWR};
/* Signals that cannot wait. */
static const int crashing[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGTRAP};
#define COUNT(list) (sizeof(list) / sizeof *(list))

static struct {
	SCREEN *screen;	 /* NULL: there is no view */
	int in, out;	 /* descriptors */
	size_t first;	 /* line of the body at the top */
	size_t count;	 /* lines of the body in the last drawing */
	sigset_t before; /* the signal mask outside of the view */
	struct sigaction ending_before[COUNT(ending)], crashing_before[COUNT(crashing)];
	struct sigaction resized_before;
} view;

static volatile sig_atomic_t killed_by, resized;

/* The bytes that restore the terminal, made in advance: a signal handler must not call
 * terminfo. */
static struct {
	volatile sig_atomic_t ready;
	struct termios settings;
	char words[256];
	size_t length;
} back;

static int back_put(int letter)
{
	if (back.length < sizeof back.words)
		back.words[back.length++] = (char)letter;
	return letter;
}

static void back_prepare(void)
{
	char rmkx[] = "rmkx", sgr0[] = "sgr0", cnorm[] = "cnorm", rmcup[] = "rmcup";
	char *const names[] = {rmkx, sgr0, cnorm, rmcup};

	back.length = 0;
	for (size_t i = 0; i < COUNT(names); i++) {
		const char *words = tigetstr(names[i]);

		if (words && words != (const char *)-1)
			tputs(words, 1, back_put);
	}
}

void view_restore(void)
{
	if (!back.ready)
		return;
	back.ready = 0;
	/* If the terminal is gone, there is nothing to do about it. */
	if (write(view.out, back.words, back.length) < 0)
		return;
	tcsetattr(view.in, TCSANOW, &back.settings);
}

static void on_ending(int number)
{
	killed_by = number;
}

static void on_resized(int number)
{
	(void)number;
	resized = 1;
}

static void on_crashing(int number)
{
	view_restore();
	signal(number, SIG_DFL);
	raise(number);
}

/* A signal that is ignored stays ignored. */
static void handle(int number, void (*handler)(int), struct sigaction *before)
{
	struct sigaction action = {.sa_handler = handler};

	sigfillset(&action.sa_mask);
	if (sigaction(number, NULL, before) == 0 && before->sa_handler != SIG_IGN)
		sigaction(number, &action, NULL);
}

static void signals_take(void)
{
	sigset_t held;

	sigemptyset(&held);
	sigaddset(&held, SIGWINCH);
	/* ncurses' own handler did not update COLS (6.4, with ppoll beside getch). */
	handle(SIGWINCH, on_resized, &view.resized_before);
	for (size_t i = 0; i < COUNT(ending); i++) {
		sigaddset(&held, ending[i]);
		handle(ending[i], on_ending, &view.ending_before[i]);
	}
	for (size_t i = 0; i < COUNT(crashing); i++)
		handle(crashing[i], on_crashing, &view.crashing_before[i]);
	sigprocmask(SIG_BLOCK, &held, &view.before);
}

static void signals_give(void)
{
	for (size_t i = 0; i < COUNT(ending); i++)
		sigaction(ending[i], &view.ending_before[i], NULL);
	for (size_t i = 0; i < COUNT(crashing); i++)
		sigaction(crashing[i], &view.crashing_before[i], NULL);
	sigaction(SIGWINCH, &view.resized_before, NULL);
	sigprocmask(SIG_SETMASK, &view.before, NULL);
}

static void colours_begin(FILE *out)
{
	if (!terminal_colour(out) || !has_colors())
		return;
	start_color();
	use_default_colors();
	init_pair(TABLE_STALLED, COLOR_YELLOW, -1);
	init_pair(TABLE_BAD, COLOR_RED, -1);
}

bool view_begin(FILE *out, FILE *in)
{
	view.out = fileno(out);
	view.in = fileno(in);
	view.first = view.count = 0;
	killed_by = resized = 0;
	if (tcgetattr(view.in, &back.settings) < 0)
		return false;
	setlocale(LC_CTYPE, "C.UTF-8");
	/* LINES and COLUMNS of the environment would not follow the window's size. */
	use_env(FALSE);
	use_tioctl(TRUE);
	signals_take();
	view.screen = newterm(NULL, out, in);
	if (!view.screen) {
		signals_give();
		return false;
	}
	back_prepare();
	back.ready = 1;
	cbreak();
	noecho();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	curs_set(0);
	colours_begin(out);
	return true;
}

void view_end(void)
{
	if (!view.screen)
		return;
	endwin();
	back.ready = 0;
	delscreen(view.screen);
	view.screen = NULL;
	signals_give();
}

int view_columns(void)
{
	return COLS;
}

static attr_t attributes(enum table_style style)
{
	if (style == TABLE_TITLE)
		return A_BOLD;
	return style == TABLE_PLAIN || !has_colors() || COLOR_PAIRS <= TABLE_BAD
		       ? A_NORMAL
		       : (attr_t)COLOR_PAIR(style);
}

static void put_line(int at, const struct table_line *line)
{
	attr_t how = attributes(line->style);

	attron(how);
	/* In the last column of the last line there is no place for the cursor behind the
	 * text: ncurses returns an error that has no meaning. */
	mvaddstr(at, 0, line->words);
	attroff(how);
}

static size_t body_lines(void)
{
	return LINES > TABLE_HEAD ? (size_t)(LINES - TABLE_HEAD) : 0;
}

static void stay_within(void)
{
	size_t most = view.count > body_lines() ? view.count - body_lines() : 0;

	if (view.first > most)
		view.first = most;
}

void view_draw(const struct table *table)
{
	view.count = table->count;
	stay_within();
	erase();
	for (int i = 0; i < TABLE_HEAD && i < LINES; i++)
		put_line(i, &table->head[i]);
	for (size_t i = 0; i < body_lines() && view.first + i < table->count; i++)
		put_line(TABLE_HEAD + (int)i, &table->body[view.first + i]);
	refresh();
}

static void scroll_by(ptrdiff_t more)
{
	if (more < 0 && view.first < (size_t)-more)
		view.first = 0;
	else
		view.first += (size_t)more;
	stay_within();
}

static bool take_size(void)
{
	struct winsize size = {0};

	if (!resized)
		return false;
	resized = 0;
	if (ioctl(view.out, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0)
		resizeterm(size.ws_row, size.ws_col);
	return true;
}

static enum view_answer take_keys(void)
{
	enum view_answer answer = take_size() ? VIEW_CHANGED : VIEW_TIME;
	ptrdiff_t page = (ptrdiff_t)body_lines();

	for (int key; (key = getch()) != ERR;) {
		answer = VIEW_CHANGED;
		if (key == 'q' || key == 'Q')
			return VIEW_QUIT;
		if (key == KEY_UP || key == 'k')
			scroll_by(-1);
		else if (key == KEY_DOWN || key == 'j')
			scroll_by(1);
		else if (key == KEY_PPAGE)
			scroll_by(-page);
		else if (key == KEY_NPAGE || key == ' ')
			scroll_by(page);
		else if (key == KEY_HOME)
			view.first = 0;
		else if (key == KEY_END)
			scroll_by((ptrdiff_t)view.count);
	}
	return answer;
}

static int64_t left_ns(int64_t until_ns)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return until_ns - (now.tv_sec * INT64_C(1000000000) + now.tv_nsec);
}

/* False: the terminal is gone. */
static bool await(int64_t ns)
{
	struct pollfd keys = {.fd = view.in, .events = POLLIN};
	const struct timespec time = {ns / 1000000000, ns % 1000000000};

	return ppoll(&keys, 1, &time, &view.before) <= 0 ||
	       !(keys.revents & (POLLHUP | POLLERR | POLLNVAL));
}

enum view_answer view_wait(int64_t until_ns)
{
	for (int64_t ns; (ns = left_ns(until_ns)) > 0;) {
		bool there = await(ns);

		if (killed_by == SIGINT)
			return VIEW_QUIT;
		if (killed_by)
			return VIEW_KILLED;
		if (!there)
			return VIEW_QUIT;
		enum view_answer answer = take_keys();

		if (answer != VIEW_TIME)
			return answer;
	}
	return VIEW_TIME;
}

int view_signal(void)
{
	return killed_by;
}
