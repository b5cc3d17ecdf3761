/* --verify: whether an answer in httpbin's form says what was sent. Pure functions. */
#ifndef FETCHBENCH_HTTP_ECHO_H
#define FETCHBENCH_HTTP_ECHO_H

#include <stdbool.h>
#include <stddef.h>

/* Whether the body is a JSON object whose "args" are the arguments of the URL's query, decoded as httpbin
 * decodes them: a text each, for a name that repeats the list of its values in their order, and no others.
 * Else why says in a sentence what was expected and what came. The byte behind the body is a NUL. */
bool echo_check(const char *url, const char *body, size_t length, char *why, size_t size);

#endif
