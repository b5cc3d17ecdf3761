/* The figures that a table shows of each summary, whatever the table is drawn with. */
#ifndef FETCHBENCH_RENDER_COLUMNS_H
#define FETCHBENCH_RENDER_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "render/page.h"
#include "render/summary.h"

#define COLUMN_HEAD_LINES 3

struct column {
    const char *head[COLUMN_HEAD_LINES]; /* the last is never empty */
    const char *(*write)(char out[PAGE_FIGURE], double value);
    double (*value)(const struct summary *s);
    const char *metric; /* that it shows, which is green for the label that is ahead by it; or NULL */
    bool is_fault;      /* red when it is not 0 */
    bool compares;      /* says nothing of one line alone */
    unsigned loads;     /* bits 1 << enum load_kind: under which it is shown */
};

#define COLUMNS_MOST 16

/* Those of a table, in their order. */
struct columns {
    const struct column *items[COLUMNS_MOST];
    size_t count;
};

/* Those that say something of such a load. */
struct columns columns_of(const struct summaries *all);

/* The emphasis of a cell. */
enum tint column_tint(const struct column *c, const struct summary *s);

#endif
