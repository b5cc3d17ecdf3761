/* A URL with places in braces that differ per request: {i} is the request's number, from 0. What they become
 * is a function of the number alone, so every strategy sends the same set. Immutable once made; any thread
 * may expand. */
#ifndef FETCHBENCH_PLAN_TEMPLATE_H
#define FETCHBENCH_PLAN_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define TEMPLATE_URL_BYTES 8192 /* the longest URL a template may become, with its NUL */

struct template;

/* 0, or -1 with err filled (ERR_USAGE): an unknown or unclosed place, or too long. Close with template_close.
 */
int template_open(struct template **out, const char *text, struct err *err);
void template_close(struct template *t);

/* Whether every number gives the same URL. */
bool template_is_constant(const struct template *t);

/* Writes the URL of request `number` (>= 0) into out, which has TEMPLATE_URL_BYTES. Returns its length. */
size_t template_expand(const struct template *t, int64_t number, char *out);

#endif
