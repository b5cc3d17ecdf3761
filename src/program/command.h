/* A command as typed: its words, parted and quoted as a shell reads them (POSIX 2.2), and nothing expanded.
 */
#ifndef FETCHBENCH_PROGRAM_COMMAND_H
#define FETCHBENCH_PROGRAM_COMMAND_H

#include <limits.h>

#include "base/err.h"

struct command {
    char **words;        /* ended by NULL; at least one */
    char path[PATH_MAX]; /* of the program; "" until command_find */
    /* private */
    char *text;
};

/* 0, or -1 with err filled (ERR_USAGE): a quotation that does not end, or no word. End with command_fini in
 * either case. */
int command_split(struct command *c, const char *text, struct err *err);
void command_fini(struct command *c); /* zeroed, it may be ended too */

/* Finds the program that the first word names, along PATH where it has no slash. 0, or -1 with err filled
 * (ERR_USAGE): there is none, or none that may be run. */
int command_find(struct command *c, struct err *err);

#endif
