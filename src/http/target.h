/* Where one URL leads: its scheme, host and port. */
#ifndef FETCHBENCH_HTTP_TARGET_H
#define FETCHBENCH_HTTP_TARGET_H

#include "base/err.h"
#include "plan/plan.h"

/* Reads a URL. 0, or -1 with err filled (ERR_USAGE) when it is none or its scheme is not http or https. */
int target_parse(const char *url, struct target *out, struct err *err);

/* Reads a proxy's URL, whose scheme may be any of at most seven letters, http where there is none, and whose
 * port stays empty if it has none. 0, or -1 when it is no URL. */
int target_parse_proxy(const char *url, struct target *out);

/* Whether a host is an IPv4 or IPv6 address, without brackets. */
bool target_is_address(const char *host);

#endif
