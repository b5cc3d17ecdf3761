/* What the yardsticks of libcurl share besides: an easy handle that does nothing but fetch. Errors end the
 * program. */
#ifndef FETCHBENCH_BENCH_BARE_HANDLE_H
#define FETCHBENCH_BENCH_BARE_HANDLE_H

#include <curl/curl.h>

#include "bare.h"

/* Initialises libcurl; before any thread. */
void bare_libcurl(void);

/* A handle for the task's URL that discards what it receives. */
CURL *bare_handle(const struct bare_task *task);

#endif
