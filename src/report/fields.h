/* The shape of the report: a row per key, from which writing and reading both follow. Adding a key is one
 * member in report.h, one row in fields.c, runfields.c or hostfields.c and one entry in
 * results/report.schema.json. */
#ifndef FETCHBENCH_REPORT_FIELDS_H
#define FETCHBENCH_REPORT_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include "report/report.h"

enum field_kind {
    FIELD_TEXT,         /* const char * */
    FIELD_INTEGER,      /* int64_t, from 0 */
    FIELD_REAL,         /* double; NaN is null */
    FIELD_REALS,        /* double[count]; NaN in the first is null */
    FIELD_FLAG,         /* bool */
    FIELD_MAYBE_FLAG,   /* int: 1, 0, -1 is null */
    FIELD_OBJECT,       /* the struct itself */
    FIELD_MAYBE_OBJECT, /* a pointer to it; NULL is null */
    FIELD_TEXTS,        /* struct report_list of const char * */
    FIELD_OBJECTS,      /* struct report_list of structs of `shape` */
    FIELD_COUNT_MAP,    /* struct report_list of struct report_count */
    FIELD_TEXT_MAP,     /* struct report_list of struct report_pair */
    FIELD_OBJECT_MAP,   /* struct report_list of structs of `shape` whose first member is the key's text */
};

struct shape;

struct field {
    const char *key; /* NULL ends a table */
    enum field_kind kind;
    bool nullable; /* texts and integers: may be unknown; all other kinds say it themselves */
    size_t offset;
    size_t count;              /* FIELD_REALS */
    const struct shape *shape; /* of objects */
    const char *words; /* FIELD_TEXT: the only ones allowed, each between bars ("|a|b|"); NULL for any */
};

struct shape {
    size_t size;
    const struct field *fields;
};

extern const struct shape report_shape;              /* struct report */
extern const struct shape report_run_shape;          /* struct report_run */
extern const struct shape report_distribution_shape; /* struct report_distribution */
extern const struct shape report_requests_shape;     /* struct report_requests */
extern const struct shape report_trust_shape;        /* struct report_trust */
extern const struct shape report_share_shape;        /* struct report_share */
extern const struct shape report_host_shape;         /* struct report_host */

/* Whether two structs of the field's shape hold the same there; unknown is equal to unknown. */
bool field_is_equal(const struct field *f, const void *a, const void *b);

/* The row with that key, or NULL; of the second, the key's first `length` bytes. */
const struct field *shape_find(const struct shape *shape, const char *key);
const struct field *shape_find_span(const struct shape *shape, const char *key, size_t length);

/* Whether a word, which has no bar in it, is one of "|a|b|". */
bool field_has_word(const char *words, const char *word);

/* Makes every field of the struct unknown; what no row names is left alone. */
void shape_clear(const struct shape *shape, void *object);

#endif
