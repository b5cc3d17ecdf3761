/* The keys that must match before reports of two invocations are compared: what was asked, and what it ran
 * on. Not all of the environment: a load average, say, differs always. */
#ifndef FETCHBENCH_COMPARE_KEYS_H
#define FETCHBENCH_COMPARE_KEYS_H

#include <stdbool.h>

#include "report/report.h"

/* A report and what sentences call it. */
struct named_report {
    const struct report *report;
    const char *name;
};

/* Appends a sentence for each key that differs, naming it with both values, to a list of texts, in r's arena.
 * Of strategies, those with a label that both have are looked at. `before_runs`: what is known only once
 * there was an answer is left out. */
void keys_find_differences(struct report *r, struct report_list *differences, const struct named_report *old,
                           const struct named_report *fresh, bool before_runs);

/* The same of what they ran on and against alone: libraries, build, machine, target. */
void keys_find_places_differing(struct report *r, struct report_list *differences,
                                const struct named_report *old, const struct named_report *fresh);

#endif
