/* What an outside program is told: variables of its environment, some of which name files. The files have no
 * name of their own, so nothing of them is left behind: they are reached through /proc while they are open
 * here. */
#ifndef FETCHBENCH_PROGRAM_HANDOVER_H
#define FETCHBENCH_PROGRAM_HANDOVER_H

#include "base/buf.h"
#include "base/err.h"
#include "plan/plan.h"

struct handover {
    const struct plan *plan;
    const struct plan_entry *entry;
    int urls, headers, body; /* descriptors; body is -1 where the request has none */
    char *user;              /* with its colon, NULL for none */
};

/* Writes the files. 0, or -1 with err filled and nothing to close. */
int handover_open(struct handover *h, const struct plan *plan, const struct plan_entry *entry,
                  struct err *err);
void handover_close(struct handover *h);

/* In the process that is to become the program, forked from the one that opened it: sets the variables. 0, or
 * -1 with errno. */
int handover_export(const struct handover *h);

/* The variables and what they mean, for --help: a line "name\tmeaning" each. */
void handover_describe(struct buf *prose);

/* Opens a file without a name where temporary files go. Its descriptor, or -1 with err filled. */
int handover_temporary(struct err *err);

#endif
