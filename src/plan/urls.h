/* Which URL each request goes to: what was typed, a list's lines in turn, or what was typed with the list's
 * lines in its {line}. Constant once the run begins; any thread may ask. */
#ifndef FETCHBENCH_PLAN_URLS_H
#define FETCHBENCH_PLAN_URLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "plan/lines.h"
#include "plan/template.h"

struct urls {
    const char *text;   /* the template, borrowed; NULL where each line is one */
    struct lines lines; /* count 0 without a list */
    uint64_t seed;
    bool constant; /* every request goes to the same URL */
    size_t target; /* where it leads, without a list */
};

/* `text` is NULL or a template, `file` NULL or a list (see lines.h), one of them at least there. 0, or -1
 * with err filled (ERR_USAGE): something bad in either, or one that has no use for the other. End with
 * urls_fini in either case. */
int urls_init(struct urls *u, const char *text, const char *file, uint64_t seed, struct err *err);
void urls_fini(struct urls *u); /* zeroed, it may be ended too */

/* How many URLs or templates there are in turn: request i has the one of i modulo this. */
size_t urls_count(const struct urls *u);

/* Writes request number's URL into out, which has TEMPLATE_URL_BYTES, and returns its length. urls_choose
 * writes it with another choice of its places' values. */
size_t urls_expand(const struct urls *u, int64_t number, char *out);
size_t urls_choose(const struct urls *u, int64_t number, enum template_choice choice, char *out);

/* Where request number leads, an index into the plan's targets: what was set for its turn, from 0 to
 * urls_count - 1. */
size_t urls_target(const struct urls *u, int64_t number);
void urls_set_target(struct urls *u, size_t turn, size_t target);

/* Puts the list's name and the number of the turn's line in front of a message; nothing without a list.
 * Returns -1. */
int urls_prefix(const struct urls *u, size_t turn, struct err *err);

#endif
