/* How a row of a shape is written. Each macro checks that the member has the type its kind stores. Only for
 * the files that hold rows. */
#ifndef FETCHBENCH_REPORT_ROWS_H
#define FETCHBENCH_REPORT_ROWS_H

#include "report/fields.h"

/* NOLINTBEGIN(bugprone-macro-parentheses): a type cannot stand in parentheses */
#define AT(tag, member, type)                                                                                \
    (offsetof(struct tag, member) + 0 * sizeof(_Generic(((struct tag *)0)->member, type : 0)))

#define TEXT(tag, member)                                                                                    \
    { .key = #member, .kind = FIELD_TEXT, .offset = AT(tag, member, const char *) }
#define TEXT_OR_NULL(tag, member)                                                                            \
    { .key = #member, .kind = FIELD_TEXT, .nullable = true, .offset = AT(tag, member, const char *) }
#define WORD(tag, member, allowed)                                                                           \
    { .key = #member, .kind = FIELD_TEXT, .offset = AT(tag, member, const char *), .words = allowed }
#define WORD_OR_NULL(tag, member, allowed)                                                                   \
    {                                                                                                        \
        .key = #member, .kind = FIELD_TEXT, .nullable = true, .offset = AT(tag, member, const char *),       \
        .words = allowed                                                                                     \
    }
#define INTEGER(tag, member)                                                                                 \
    { .key = #member, .kind = FIELD_INTEGER, .offset = AT(tag, member, int64_t) }
#define INTEGER_OR_NULL(tag, member)                                                                         \
    { .key = #member, .kind = FIELD_INTEGER, .nullable = true, .offset = AT(tag, member, int64_t) }
#define REAL_AS(tag, name, member)                                                                           \
    { .key = name, .kind = FIELD_REAL, .offset = AT(tag, member, double) }
#define REAL(tag, member) REAL_AS(tag, #member, member)
#define REALS_AS(tag, name, member)                                                                          \
    {                                                                                                        \
        .key = name, .kind = FIELD_REALS, .offset = AT(tag, member, double *),                               \
        .count = sizeof(((struct tag *)0)->member) / sizeof(double)                                          \
    }
#define REALS(tag, member) REALS_AS(tag, #member, member)
#define FLAG(tag, member)                                                                                    \
    { .key = #member, .kind = FIELD_FLAG, .offset = AT(tag, member, bool) }
#define FLAG_OR_NULL(tag, member)                                                                            \
    { .key = #member, .kind = FIELD_MAYBE_FLAG, .offset = AT(tag, member, int) }
#define OBJECT(tag, member, type)                                                                            \
    { .key = #member, .kind = FIELD_OBJECT, .offset = AT(tag, member, struct type), .shape = &type##_shape }
#define OBJECT_OR_NULL(tag, member, type)                                                                    \
    {                                                                                                        \
        .key = #member, .kind = FIELD_MAYBE_OBJECT, .offset = AT(tag, member, struct type *),                \
        .shape = &type##_shape                                                                               \
    }
#define LIST(tag, member, list_kind)                                                                         \
    { .key = #member, .kind = list_kind, .offset = AT(tag, member, struct report_list) }
#define LIST_OF(tag, member, list_kind, type)                                                                \
    {                                                                                                        \
        .key = #member, .kind = list_kind, .offset = AT(tag, member, struct report_list),                    \
        .shape = &type##_shape                                                                               \
    }
#define END                                                                                                  \
    { .key = NULL }

/* That a run can be limited by. */
#define LIMITS "|client|server|network|ports|noise|"

#define SHAPE(type) static const struct shape type##_shape = {sizeof(struct type), type##_fields}
/* NOLINTEND(bugprone-macro-parentheses) */

#endif
