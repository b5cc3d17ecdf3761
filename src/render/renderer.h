/* The contract of an output format. A format is one file with one `const struct renderer renderer_NAME`, and
 * one line RENDERER(NAME) in renderers.def. It sees nothing but the report, and writes nothing but the
 * buffer: a saved run renders exactly like a live one. */
#ifndef FETCHBENCH_RENDER_RENDERER_H
#define FETCHBENCH_RENDER_RENDERER_H

#include <stdbool.h>

#include "base/buf.h"
#include "report/report.h"

struct render_style {
    int width;        /* columns that may be used; less than 80 counts as 80 in whole reports */
    bool colour;      /* ANSI colours may be used */
    bool utf8;        /* else ASCII only */
    const char *file; /* of several reports in a row, whose this one is; else NULL */
};

struct renderer {
    const char *name;
    const char *summary; /* one line for --help */
    /* Appends the whole report. 0, or -1 when memory or the buffer's limit ran out. */
    int (*render)(const struct report *report, const struct render_style *style, struct buf *out);
    /* Of several reports in a row: appends what tells whose the next one is; NULL where nothing may. */
    void (*name_report)(const char *name, const struct render_style *style, struct buf *out);
    bool has_head; /* the first line names columns, and is written once for several reports */
};

/* "|text|json|...": the words of the table, each after a bar. */
extern const char renderer_words[];

/* The table, in the order of renderers.def; ended by NULL. */
extern const struct renderer *const renderer_table[];

/* The row with that name, or NULL. */
const struct renderer *renderer_find(const char *name);

#endif
