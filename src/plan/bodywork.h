/* What a client does with the body of each answer once it has it: --work, and every strategy's option `work`.
 */
#ifndef FETCHBENCH_PLAN_BODYWORK_H
#define FETCHBENCH_PLAN_BODYWORK_H

#include <stdint.h>

#include "base/err.h"

enum bodywork_kind {
    BODYWORK_NONE,
    BODYWORK_SHA256, /* digested */
    BODYWORK_JSON,   /* parsed */
};

struct bodywork {
    enum bodywork_kind kind;
    int64_t times; /* for BODYWORK_SHA256: how often the whole body is digested */
};

/* Reads "none", "json", "sha256" or "sha256/K". `shown` is how the option was spelled, for the message. 0, or
 * -1 with err filled (ERR_USAGE). */
int bodywork_read(const char *text, const char *shown, struct bodywork *out, struct err *err);

#define BODYWORK_TEXT 32 /* bytes that any work's words take, with their NUL */

/* Writes it as bodywork_read takes it, with K in figures: "sha256/2000", "json", "none". Returns `out`. */
const char *bodywork_write(const struct bodywork *work, char out[BODYWORK_TEXT]);

#endif
