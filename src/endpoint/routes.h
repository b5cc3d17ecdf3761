/* The paths that the endpoint answers: one row each. Adding one is a row in the table and its function. */
#ifndef FETCHBENCH_ENDPOINT_ROUTES_H
#define FETCHBENCH_ENDPOINT_ROUTES_H

#include "endpoint/exchange.h"

#include <stddef.h>

enum method {
    METHOD_GET = 1, /* and HEAD */
    METHOD_POST = 2,
    METHOD_PUT = 4,
    METHOD_DELETE = 8,
    METHOD_PATCH = 16,
    METHOD_TRACE = 32,
};

struct route {
    /* "/get", or "/delay/{seconds}", where each {} stands for a non-empty part without a /, the first of them
     * for all that follows when it is {like this...} */
    const char *pattern;
    unsigned methods; /* enum method, or-ed; every path also answers OPTIONS */
    /* Fills x->reply. parameter is the path, decoded, from the first {} on; "" when the pattern has none. */
    void (*answer)(struct exchange *x, const char *parameter, size_t parameter_bytes);
    const char *help;
};

/* The table, ending with a row whose pattern is NULL. */
extern const struct route routes_table[];

/* Fills x->reply: by its route, or with 404, 405 or the answer to OPTIONS. */
void routes_answer(struct exchange *x);

#endif
