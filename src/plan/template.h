/* Texts with places in braces that differ per request. What a place becomes is a pure function of the seed,
 * the request's number and how many places stand before it in the text, so every strategy, round and thread
 * sends the same set. A template is its text: nothing is made of it, so a million cost no more than their
 * bytes.
 *
 *     {i}           the request's number, from 0
 *     {uuid}        a version-4 UUID (RFC 9562)
 *     {random:A-B}  a whole number from A to B, both included and of at most 18 digits
 *     {line}        the request's line of a file, as it is */
#ifndef FETCHBENCH_PLAN_TEMPLATE_H
#define FETCHBENCH_PLAN_TEMPLATE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define TEMPLATE_URL_BYTES 8192 /* the longest text a template may become, with its NUL */

/* What a text consists of. */
struct template_facts {
    size_t places;     /* of any kind */
    size_t lines;      /* of them, {line} */
    size_t most_bytes; /* that it may become, its {line} left out */
};

/* Which of its possible values a place becomes: the request's own, or one of two that always differ where
 * there are two. */
enum template_choice { TEMPLATE_OWN, TEMPLATE_ONE, TEMPLATE_OTHER };

struct template_values {
    uint64_t seed;
    int64_t number;   /* of the request, from 0 */
    const char *line; /* what {line} becomes; NULL only where there is none */
    size_t line_bytes;
    enum template_choice choice;
};

/* Reads a template. 0, or -1 with err filled (ERR_USAGE): an unknown, bad or unclosed place. */
int template_read(const char *text, struct template_facts *facts, struct err *err);

/* Writes what the template becomes into out, with a NUL, and returns its length. The text must have been
 * found good by template_read, and most_bytes + lines * line_bytes must leave room for the NUL. Any thread.
 */
size_t template_expand(const char *text, const struct template_values *values, char *out);

#endif
