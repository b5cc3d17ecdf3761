/* One row describes one option wholly: how it is spelled, what it takes, its bounds and what it means.
 * Parsing, refusals, --help and --list all follow from rows. The command line has one table of them, and each
 * strategy its own. */
#ifndef FETCHBENCH_PLAN_OPTION_H
#define FETCHBENCH_PLAN_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum option_kind {
    OPTION_FLAG,     /* takes no value; bool */
    OPTION_COUNT,    /* int64_t, as units_read_count */
    OPTION_COUNTS,   /* const char *, as typed: one count or several parted by commas, each in bounds */
    OPTION_DURATION, /* int64_t nanoseconds */
    OPTION_RATE,     /* double above 0, a count or a decimal number */
    OPTION_SHARE,    /* double from 0 to 1; 5% */
    OPTION_TEXT,     /* const char *, borrowed from the command line */
    OPTION_CHOICE,   /* const char *, one of the words of `choices` */
    OPTION_LIST,     /* struct option_list: may be repeated */
    OPTION_HELP,     /* const char *: the word that follows, "" where none does; nothing after it is read */
};

/* What of an option's value must not be shown. Values of every kind have URLs' passwords hidden as well. */
enum option_secret {
    OPTION_PUBLIC,
    OPTION_SECRET,        /* all of it */
    OPTION_SECRET_HEADER, /* what follows "Name:" where the name is one that carries secrets */
    OPTION_SECRET_TAIL,   /* what follows the first colon without a backslash before it */
};

struct option {
    const char *name;     /* the long spelling without dashes, NULL ends a table */
    const char *letters;  /* one-letter spellings, e.g. "mX"; "" for none */
    const char *argument; /* what --help calls the value, e.g. "N"; NULL for a flag */
    const char *group;    /* heading in --help; NULL for options of a strategy */
    const char *help;     /* one line, default included */
    const char *details;  /* for --help NAME and the manual: prose as cli/prose.h says; NULL: help says all */
    const char *choices;  /* OPTION_CHOICE: words separated by '|' */
    const char *mistaken; /* OPTION_DURATION: what a value that is none may have been meant for; or NULL */
    const char *likened;  /* OPTION_CHOICE: words that stand for one of those, "time=wall", by '|'; or NULL */
    int64_t least, most;  /* of a count, each of several, or a duration: bounds; most 0 means none */
    size_t offset;        /* where the value goes in the struct given to option_store */
    enum option_kind kind;
    enum option_secret secret;
    bool unnamed; /* of a strategy: its value is all that follows the strategy's colon, without its name */
    bool takes_file, takes_modes; /* the value is a file's name, or entries of --mode: for completion */
};

struct option_list {
    const char **items;
    size_t count;
};

/* Reads text as the row's kind says and stores it at base + row->offset (OPTION_FLAG: text NULL stores true).
 * `shown` is how the option was spelled, for the message. 0, or -1 with err filled (ERR_USAGE). A list's
 * array is grown with realloc and belongs to the caller. */
int option_store(const struct option *row, const char *shown, const char *text, void *base, struct err *err);

/* The row with that long name, or NULL. */
const struct option *option_find(const struct option *table, const char *name);

/* The row with that one-letter spelling, or NULL. */
const struct option *option_find_letter(const struct option *table, char letter);

#endif
