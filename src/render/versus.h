/* One comparison of a report as people read it: a factor, its interval and a verdict in words. The report's
 * ratio is of time or cost, strategy over baseline; of wall time its inverse is shown, "times as fast", so
 * the bounds of the interval change places. Pure functions; texts live in the notes' arena. */
#ifndef FETCHBENCH_RENDER_VERSUS_H
#define FETCHBENCH_RENDER_VERSUS_H

#include <stdbool.h>

#include "render/notes.h"

/* The words for one metric. */
struct versus_metric {
    const char *name;       /* as in the report */
    const char *short_name; /* at the head of a column */
    const char *of;         /* "3.10x [as fast as] sequential" */
    const char *verb;       /* "async [was] 3.10 times [as fast as] sequential", with the next */
    const char *of_fully;
    const char *less, *more; /* what the verdicts faster and slower are called */
    bool inverted;
};

/* The row of that metric; that of wall time for NULL and for an unknown one. */
const struct versus_metric *versus_metric(const char *name);

/* Texts of a ratio and its interval. */
struct versus_figures {
    double factor;        /* as shown; NaN where unknown */
    double low, high;     /* likewise */
    const char *text;     /* "57.4"; "-" where unknown */
    const char *interval; /* "55.0 to 60.1", with as many decimals; NULL where unknown */
};
struct versus_figures versus_figures(struct arena *a, bool inverted, double ratio, const double ci95[2]);

bool versus_is(const struct report_comparison *c, const char *verdict);

/* Whether the runs are of two invocations. */
bool versus_is_between(const struct report_comparison *c);

/* What the interval of runs of two invocations leaves out, after `before`; nothing where none was compared.
 */
void versus_say_drift(const struct notes *n, const char *before);

/* The baseline in a sentence: "sequential", "itself in old.json", in at most `columns` columns. */
const char *versus_baseline(const struct notes *n, const struct report_comparison *c, size_t columns);

/* ", within 2 %" of what counts as equivalent; "" where that is unknown. */
const char *versus_margin(struct arena *a, const struct report_comparison *c);

/* "(95 % CI 55.0 to 60.1)", with ", between invocations" where it is so; "" without an interval. */
const char *versus_brackets(const struct notes *n, const struct report_comparison *c,
                            const struct versus_figures *f);

/* One of the list of verdicts. */
struct versus_line {
    const char *text; /* "57.4x as fast as sequential (95 % CI 55.0 to 60.1): " */
    const char *word; /* "faster"; "" where none was given */
    const char *rest; /* ", 40 rounds would settle it", ": its reasons" */
    enum tint tint;   /* of the word */
};
struct versus_line versus_line(const struct notes *n, const struct report_comparison *c);

/* "its reasons; parted by semicolons"; "" without any. */
const char *versus_reasons(const struct notes *n, const struct report_comparison *c);

#endif
