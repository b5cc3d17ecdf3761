/* The runs of one label at one point of a sweep, which are one side of a comparison. */
#ifndef FETCHBENCH_COMPARE_SIDE_H
#define FETCHBENCH_COMPARE_SIDE_H

#include <stdbool.h>
#include <stddef.h>

#include "compare/metric.h"
#include "report/report.h"

struct side {
    const char *label;
    const struct report_run **rounds; /* rounds[i] is the run of round i + 1, NULL where there is none */
    size_t count;                     /* of rounds */
    size_t made;                      /* runs among them */
};

/* Figures that belong together: baseline[i] and strategy[i] are of the same round. */
struct pairs {
    double *baseline, *strategy;
    size_t count;
};

/* The runs of a label at a point (-1 without a sweep) or at every one, with `repeat` the baseline's second
 * ones. A run that the user interrupted, and one of --ceiling, is none of them. Lives in the arena; texts and
 * runs are the report's. */
struct side side_gather(struct arena *a, const struct report *r, const char *label, int64_t point,
                        bool repeat);

/* The rounds in which both have a figure. */
struct pairs side_pair(struct arena *a, const struct metric *metric, const struct side *baseline,
                       const struct side *strategy);

/* The figures of one side, in the order of its rounds, in the arena; their number in *count. */
double *side_figures(struct arena *a, const struct metric *metric, const struct side *side, size_t *count);

/* Points at which the labels of a report are compared, no more than a plan can have: 1 without a sweep.
 * side_point gives the i-th's index, which then is -1. */
size_t side_points(const struct report *r);
int64_t side_point(const struct report *r, size_t i);

/* Whether the report's plan has that label. */
bool side_has_label(const struct report *r, const char *label);

/* The labels of a report's plan, each once, in their order, no more than a plan can have; in the arena. */
const char **side_labels(struct arena *a, const struct report *r, size_t *count);

#endif
