/* Names and values of a request (query, form, headers), gathered, sorted and written as a JSON object. One
 * struct is reused for request after request without allocating anew. All text inside is UTF-8. */
#ifndef FETCHBENCH_ENDPOINT_PAIRS_H
#define FETCHBENCH_ENDPOINT_PAIRS_H

#include "base/buf.h"
#include "endpoint/json_text.h"

#include <stdbool.h>
#include <stddef.h>

struct pair {
    size_t name, name_bytes, value, value_bytes; /* offsets into the text, which may move */
    size_t group;                                /* scratch: where its name came first */
};

struct pairs {
    struct buf text;
    struct buf scratch;
    struct pair *items;
    size_t count;
    size_t capacity;
};

/* The most text that the pairs of one request may hold. */
#define PAIRS_LIMIT_BYTES ((size_t)16 << 20)
/* More than a head can bring: only a form has them, of which 16 MiB may be 8 million. */
#define PAIRS_KEPT ((size_t)8192)

void pairs_init(struct pairs *p);
void pairs_fini(struct pairs *p);
/* Forgets the pairs and keeps their memory, unless there were more than PAIRS_KEPT. */
void pairs_clear(struct pairs *p);

/* Adds a name and a value, UTF-8. */
void pairs_add(struct pairs *p, const char *name, size_t name_bytes, const char *value, size_t value_bytes);
/* Adds what a=1&b=2 says, decoded; a part without = has the value "". */
void pairs_add_encoded(struct pairs *p, const char *text, size_t length);
/* Adds a header: the name in Title-Case with _ as -, the value read as Latin-1, blanks in front left out. */
void pairs_add_header(struct pairs *p, const char *name, size_t name_bytes, const char *value,
                      size_t value_bytes);

struct pair_text {
    const char *name, *value;
    size_t name_bytes, value_bytes;
};
/* The pair of that index. Borrowed until p changes. */
struct pair_text pairs_at(const struct pairs *p, size_t index);
/* Whether a pair before this one has the same name. */
bool pairs_is_repeated(const struct pairs *p, size_t index);

bool pairs_has(const struct pairs *p, const char *name);
/* The value of a name in any case, the first one given, as in httpbin; NULL without. Borrowed until p
 * changes. */
const char *pairs_find(const struct pairs *p, const char *name, size_t *value_bytes);
/* The same of a name in this case, as httpbin looks up what has a default. */
const char *pairs_find_exactly(const struct pairs *p, const char *name, size_t *value_bytes);

/* The value of a name in sorted pairs, those of a name that repeats joined by a comma; NULL without. Borrowed
 * until p changes or this is called again. */
const char *pairs_joined(struct pairs *p, const char *name, size_t *value_bytes);

/* Sorts by name (by code point), equal names in the order they came. */
void pairs_sort(struct pairs *p);
/* Puts equal names together, in the order in which each came first. */
void pairs_group(struct pairs *p);

/* Writes sorted or grouped pairs as an object; a name that repeats has an array. */
void pairs_write_lists(const struct pairs *p, struct json_text *j);
/* Writes sorted or grouped pairs as an object; the values of a name that repeats are joined by a comma. Names
 * for which skip says true are left out; skip may be NULL. */
void pairs_write_joined(struct pairs *p, struct json_text *j,
                        bool (*skip)(const char *name, size_t name_bytes));

#endif
