/* Where a URL leads: its scheme, host and port. */
#ifndef FETCHBENCH_HTTP_TARGET_H
#define FETCHBENCH_HTTP_TARGET_H

#include <stdbool.h>

#include "base/err.h"

struct target {
    char scheme[8]; /* "http" or "https" */
    char host[256]; /* without brackets */
    char port[8];   /* always filled, the scheme's own if the URL has none */
    bool literal;   /* the host is an IP address: nothing to resolve */
};

/* Reads a URL. 0, or -1 with err filled (ERR_USAGE) when it is none or its scheme is not http or https. */
int target_parse(const char *url, struct target *out, struct err *err);

#endif
