/* The measured process: one run of one entry of the plan, from its first instruction to its last. */
#ifndef FETCHBENCH_RUN_CHILD_H
#define FETCHBENCH_RUN_CHILD_H

#include <sys/types.h>

#include "plan/plan.h"
#include "record/recording.h"

/* Runs in a freshly forked process whose parent is `launcher`, and never returns. What happened is in the
 * recording; the exit status is 0 unless the process itself is broken (a leak found by a sanitizer). */
_Noreturn void child_main(const struct plan *plan, const struct plan_entry *entry,
                          struct recording *recording, pid_t launcher);

#endif
