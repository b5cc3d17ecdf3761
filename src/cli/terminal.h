/* The progress line, on a terminal and nowhere else. */
#ifndef FETCHBENCH_CLI_TERMINAL_H
#define FETCHBENCH_CLI_TERMINAL_H

#include <stdbool.h>

#include "base/buf.h"
#include "report/report.h"
#include "run/runner.h"

#define TERMINAL_STANDING 128

struct terminal {
    bool draws;  /* standard error is a terminal */
    bool colour; /* and may be coloured */
    bool utf8;
    bool drawn;     /* a line stands there now */
    unsigned frame; /* drawings so far */
    struct buf line, label;
    char standing[TERMINAL_STANDING]; /* of the comparison, "" for none */
};

/* quiet: never draw. */
void terminal_init(struct terminal *t, bool quiet);
void terminal_fini(struct terminal *t);

/* Takes from the report how the comparison stands, for the drawings that follow. */
void terminal_note(struct terminal *t, const struct report *report);

/* Draws over the line before. */
void terminal_draw(struct terminal *t, const struct run_feed *feed);
/* Leaves the cursor at the start of an empty line. */
void terminal_erase(struct terminal *t);

/* Says a sentence on standard error, after "fetchbench: " and with a line feed; wrapped at words where that
 * is a terminal. */
__attribute__((format(printf, 1, 2))) void terminal_say(const char *format, ...);

/* Whether output to that descriptor may be coloured: a terminal, no NO_COLOR, TERM not "dumb". */
bool terminal_may_colour(int fd);
/* Whether the locale's character set is UTF-8, by the environment. */
bool terminal_is_utf8(void);
/* Columns of the terminal at that descriptor; 80 when it is none. */
int terminal_width(int fd);

#endif
